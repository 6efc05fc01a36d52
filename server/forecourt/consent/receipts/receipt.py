"""Gathers what a receipt shows: one record, the words it answered, what became of it since, and where it is sealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent import lifetime, store
from forecourt.consent.log import store as log
from forecourt.consent.notice_content import NoticeContent, NoticePurpose, read_content
from forecourt.consent.notices import join_names
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import SERVER_SOURCE, ConsentRecord, StoredConsent
from forecourt.consent.status import ConsentStatus, CurrentConsent, judge
from forecourt.digest import sha256_hex
from forecourt.errors import LinkExpired
from forecourt.link_secret import dated_digest

CODE_LENGTH = 200  # characters of a code that are looked at


@dataclass(frozen=True, slots=True)
class LogSeal:
    """Says where a record is sealed: it is number `position` of the log whose first `size` records `note` signs."""

    position: int
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class ReceiptPurpose:
    """Describes a purpose as the notice did, with its answer. Of a purpose unknown to the notice, the name is shown."""

    name: str
    is_agreed: bool
    title: str
    text: str = ""
    lifetime: str = ""
    recipients: tuple[str, ...] = ()
    required: bool = False
    separate: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Holds what a receipt shows.

    `record` is the record it is for, `current` what the visitor's newest record comes to at `now`, `notice` what was
    shown, or None where that is not stored. `seal` is None until the record is sealed.
    """

    secret: str
    record: StoredConsent
    current: CurrentConsent
    notice: NoticeContent | None
    seal: LogSeal | None
    now: datetime

    @property
    def expires_at(self) -> datetime:
        return lifetime.expires_at(self.record.created_at)

    @property
    def newest(self) -> ConsentRecord:
        """Returns the visitor's newest record."""
        return self.current.record

    @property
    def status(self) -> str:
        """Returns the status of the visitor's consent, or `changed` where a later choice replaced this record."""
        status = self.current.status
        has_ended = status in (ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED)
        return status if has_ended or self.newest.id == self.record.id else "changed"

    @property
    def source(self) -> str | None:
        """Returns the `Source` where the visitor chose, or None for a record that the server appended by itself."""
        return None if self.record.source == SERVER_SOURCE else self.record.source

    @property
    def can_withdraw(self) -> bool:
        return self.current.status.is_agreed

    @property
    def purposes(self) -> list[ReceiptPurpose]:
        """Returns the purposes that were answered, in the notice's order, then those it does not know."""
        answers = self.record.purposes
        described = {purpose.name: purpose for purpose in (self.notice.purposes if self.notice else [])}
        names = dict.fromkeys([*(name for name in described if name in answers), *answers])
        return [_receipt_purpose(name, answers[name], described.get(name)) for name in names]

    @property
    def question(self) -> list[str]:
        """Returns the notice's own title and text, with its placeholders filled in."""
        if self.notice is None:
            return []
        questions = [purpose for purpose in self.purposes if not purpose.required and not purpose.separate]
        titles = join_names([purpose.title for purpose in questions], self.notice.words)
        texts = [self.notice.words[key] for key in ("banner.title", "banner.text") if key in self.notice.words]
        values = {"{controller}": self.notice.controller or "", "{purposes}": titles}
        return [_fill_placeholders(text, values) for text in texts]

    @property
    def ended_purposes(self) -> list[str]:
        """Returns the titles of what was agreed to here and is agreed to no longer."""
        purposes = self.newest.purposes
        return [purpose.title for purpose in self.purposes if purpose.is_agreed and not purposes.get(purpose.name)]


def find(connection: Connection, offer: ConsentOffer, secret: str) -> Receipt:
    """Returns the receipt with a code.

    Raises `LinkExpired` where this site has none, or the details of its record were erased.
    """
    code = secret[:CODE_LENGTH]
    digests = (dated_digest(code), sha256_hex(code))  # the second is what versions up to 0.2.0 stored
    receipted = store.find_by_receipt(connection, offer.site, digests)
    if receipted is None:
        raise LinkExpired("receipt")
    record, now = receipted.record, clock.now()
    newest = store.find_newest(connection, record.visitor)
    if newest is None:
        raise LinkExpired("receipt")
    notice = read_content(receipted.notice_content) if receipted.notice_content else None
    return Receipt(secret, record, judge(newest, offer, now), notice, _find_seal(connection, record.id), now)


def _receipt_purpose(name: str, is_agreed: bool, purpose: NoticePurpose | None) -> ReceiptPurpose:
    if purpose is None:
        return ReceiptPurpose(name, is_agreed, title=name)
    return ReceiptPurpose(
        name=name,
        is_agreed=is_agreed,
        title=purpose.title or name,
        text=purpose.text,
        lifetime=purpose.lifetime,
        recipients=tuple(purpose.recipients),
        required=purpose.required,
        separate=purpose.separate,
    )


def _fill_placeholders(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def _find_seal(connection: Connection, consent: str) -> LogSeal | None:
    position, head = log.find_position(connection, consent), log.read_head(connection)
    return None if position is None else LogSeal(position, head.size, head.note)
