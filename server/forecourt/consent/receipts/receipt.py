"""What a receipt says: one record, the words it answered, what became of it since, and where it is sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from forecourt import clock
from forecourt.consent import lifetime, store
from forecourt.consent.log import store as log
from forecourt.consent.notices import listed
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import ConsentRecord
from forecourt.consent.status import ConsentStatus, CurrentConsent, judge
from forecourt.db.tables import consent_details, consents, notices
from forecourt.digest import sha256_hex
from forecourt.errors import Gone
from forecourt.link_secret import dated_digest

_FOUND = (
    select(consents, notices.c.content)
    .join(consent_details, consent_details.c.consent == consents.c.id)
    .outerjoin(notices, notices.c.hash == consents.c.notice_hash)
    .where(
        consent_details.c.receipt_hash.in_((bindparam("digest"), bindparam("undated"))),
        consents.c.site == bindparam("site"),
    )
)


@dataclass(frozen=True, slots=True)
class LogSeal:
    """Number `position` of the log, under the signed checkpoint `note` over `size` records."""

    position: int
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`record`: the row of consents it is for; `standing`: of the visitor's newest; `notice`: what was shown."""

    secret: str
    record: Row[Any]
    standing: CurrentConsent
    notice: dict[str, Any]
    sealed: LogSeal | None
    now: datetime

    @property
    def expires_at(self) -> datetime:
        return lifetime.expires_at(self.record.created_at)

    @property
    def latest(self) -> ConsentRecord:
        return self.standing.record

    @property
    def state(self) -> str:
        """granted, refused, stale, withdrawn or expired, as it stands; changed, where a later choice counts."""
        status = self.standing.status
        has_ended = status in (ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED)
        return status if has_ended or self.latest.id == self.record.id else "changed"

    @property
    def can_withdraw(self) -> bool:
        return self.standing.status.is_agreed

    @property
    def purposes(self) -> list[dict[str, Any]]:
        """As the notice named them and in its order, each with what was answered."""
        given = self.record.purposes
        named = {each["name"]: each for each in self.notice.get("purposes", []) if each["name"] in given}
        plain = {"required": False, "text": "", "lifetime": "", "recipients": []}
        return [
            {**plain, "title": name, **named.get(name, {}), "name": name, "given": given[name]}
            for name in dict.fromkeys([*named, *given])
        ]

    @property
    def question(self) -> list[str]:
        """The notice's own title and text, with what stood in their gaps."""
        words, optional = self.notice.get("words", {}), [each for each in self.purposes if not each["required"]]
        asked = [each["title"] for each in optional if not each.get("separate")]
        filled = {"{controller}": self.notice.get("controller", ""), "{purposes}": listed(asked, words)}
        return [_filled(words[key], filled) for key in ("banner.title", "banner.text") if key in words]

    @property
    def ended(self) -> list[str]:
        """The titles of what was given here and is given no more."""
        return [each["title"] for each in self.purposes if each["given"] and not self.latest.purposes.get(each["name"])]


def find(connection: Connection, offer: ConsentOffer, secret: str) -> Receipt:
    """Raises `Gone` where the code is none of this site's, or its record's details were deleted since."""
    code = secret[:200]
    kept = {"digest": dated_digest(code), "undated": sha256_hex(code)}  # of 0.2.0 and before
    found: Row[Any] | None = connection.execute(_FOUND, kept | {"site": offer.site}).first()
    if found is None:
        raise Gone("receipt")
    latest, now = store.find_newest(connection, found.visitor), clock.now()
    if latest is None:
        raise Gone("receipt")
    content = msgspec.json.decode(found.content, type=dict[str, Any]) if found.content else {}
    standing = judge(latest, offer, now)
    return Receipt(secret, found, standing, content, _sealed(connection, found.id), now)


def _filled(text: str, values: dict[str, str]) -> str:
    for gap, value in values.items():
        text = text.replace(gap, value)
    return text


def _sealed(connection: Connection, consent: str) -> LogSeal | None:
    position, head = log.find_position(connection, consent), log.read_head(connection)
    return None if position is None else LogSeal(position, head.size, head.note)
