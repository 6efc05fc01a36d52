"""What can be done with consent: choose, withdraw, and the one way to a grant."""

import secrets
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent import idempotency, model, notice_changes, store
from forecourt.consent.commitment import committed
from forecourt.consent.model import (
    ChoiceRequest,
    ChoiceResult,
    ConsentOffer,
    ConsentRecord,
    CurrentConsent,
    DecidedPurposes,
    Feature,
    Grant,
    Notice,
    RequestMetadata,
    Visitor,
)
from forecourt.db.notify import announce
from forecourt.digest import sha256_hex
from forecourt.errors import ConsentChange, ConsentRequired, ConsentStale
from forecourt.identifiers import new_identifier
from forecourt.link_secret import dated_digest, new_dated_secret

F = TypeVar("F", bound=Feature)
_of_record = itemgetter(*(each.name for each in fields(ConsentRecord)))


def require(connection: Connection, visitor: Visitor, feature: type[F]) -> Grant[F]:
    """The one maker of a grant, read in the transaction that uses it, so a withdrawal counts at once everywhere.

    Raises `ConsentRequired` or `ConsentStale`.
    """
    store.lock_shared(connection, visitor.id)
    latest = store.latest(connection, visitor.id)
    try:
        record = model.unlocks(latest, visitor.offer, feature.name, clock.now())
    except ConsentStale as error:
        raise _told(connection, visitor, latest, error) from None
    return Grant(visitor.id, visitor.offer.site, record.id)


def stands(connection: Connection, visitor: Visitor, feature: type[Feature]) -> bool:
    """Whether `require` would give a grant, asked by what is already open and only reads."""
    try:
        model.unlocks(store.latest(connection, visitor.id), visitor.offer, feature.name, clock.now())
    except (ConsentRequired, ConsentStale):
        return False
    return True


def choose(
    connection: Connection, offer: ConsentOffer, visitor: str | None, choice: ChoiceRequest, met: RequestMetadata
) -> ChoiceResult:
    """Appends the choice to the visitor's records; without one, makes a visitor. Sent again, it is only told.

    Raises `KeyConflict` for one key with two choices.
    """
    if choice.key and (again := store.by_key(connection, offer.site, sha256_hex(choice.key))):
        return idempotency.told(again, store.latest(connection, again.visitor), offer, visitor, choice, met)
    now, known = clock.now(), visitor or new_identifier()
    before = _entered(connection, offer, visitor, known, now)
    if before and before.record.action == "erase":  # what is chosen anew does not lead back to it
        return choose(connection, offer, None, choice, met)
    decision = model.decided(choice, offer, before)
    salt = secrets.token_hex(16)
    receipt = idempotency.receipt(now, salt, choice.key) if choice.key else new_dated_secret(now)
    row = _row(offer, known, decision, choice, now)
    details = _details(row["id"], salt, met, receipt)
    row["commitment"] = committed(salt, met.origin, met.address, met.browser, met.path, details["receipt_hash"])
    store.append(connection, row, details)
    if choice.privacy_policy and not (visitor and store.is_acknowledged(connection, known, offer.privacy_policy)):
        _acknowledge(connection, row)
    return ChoiceResult(known, receipt, model.standing(_record(row), offer, now))


def _entered(
    connection: Connection, offer: ConsentOffer, visitor: str | None, known: str, now: datetime
) -> CurrentConsent | None:
    """What stands of who comes back; who comes for the first time is added.

    So is who has a token of before the database was set back: a withdrawal is locked by the visitor's row.
    """
    if visitor:
        store.lock_alone(connection, visitor)
        announce(connection, topic(visitor))
    latest = store.latest(connection, visitor) if visitor else None
    if latest is None:
        store.add_visitor(connection, {"id": known, "site": offer.site, "at": now})
    return model.standing(latest, offer, now) if latest else None


def _acknowledge(connection: Connection, chosen: dict[str, Any]) -> None:
    """That the privacy policy was read is a record of its own, beside what was `chosen`: reading it is no consent."""
    nothing: dict[str, Any] = {
        "offered": [],
        "given": {},
        "terms": {},
        "signals": {},
        "kept": {},
        "key": None,
        "commitment": "",
    }
    row = chosen | nothing | {"id": new_identifier(), "kind": "acknowledgement", "action": "acknowledge"}
    store.append(connection, row, None)


def withdraw(connection: Connection, visitor: Visitor, source: str = "preferences") -> CurrentConsent | None:
    """Appends the withdrawal and wakes what is open. None where there was never a choice; twice appends once."""
    store.lock_alone(connection, visitor.id)
    now, last = clock.now(), store.latest(connection, visitor.id)
    if last is None:
        return None
    if last.action not in model.TAKEN_BACK:
        last = _withdrawal(connection, visitor, last, source, now)
        announce(connection, topic(visitor.id))
    return model.standing(last, visitor.offer, now)


def current(connection: Connection, visitor: Visitor) -> CurrentConsent | None:
    record = store.latest(connection, visitor.id)
    return model.standing(record, visitor.offer, clock.now()) if record else None


def withdrawn(connection: Connection, visitor: str) -> bool:
    """Whether the visitor's last word was to take everything back."""
    record = store.latest(connection, visitor)
    return record is not None and record.action in model.TAKEN_BACK


def stale(connection: Connection, offer: ConsentOffer, notice_hash: str, locale: str | None) -> ConsentStale:
    """What to tell one who answered a notice that no longer stands: the features whose terms differ from today's."""
    found = since(connection, offer, notice_hash, locale)
    changed = [name for name in offer.needs if any(each.feature == name for each in found)]
    return ConsentStale(changed or list(offer.needs), found)


def since(connection: Connection, offer: ConsentOffer, notice_hash: str, locale: str | None) -> list[ConsentChange]:
    """All that became other since a notice, in `locale`; of a notice that nobody knows, that its text did."""
    kept = store.notice(connection, notice_hash)
    if kept is None or kept.site != offer.site:
        return notice_changes.changes(notice_changes.compared(offer, "", locale), offer.bound)
    found = notice_changes.compared(offer, kept.content, locale)
    return notice_changes.changes(found, {term: needs for term, needs in offer.bound.items() if not found.agrees(term)})


def explained(
    connection: Connection, standing: CurrentConsent, offer: ConsentOffer, locale: str
) -> list[ConsentChange]:
    """Why a standing choice is asked about anew."""
    if not standing.asks:
        return []
    terms = {
        term: needs
        for term, needs in offer.bound.items()
        if term in standing.terms or set(needs) & set(standing.lapsed)
    }
    kept = store.notice(connection, standing.record.notice_hash)
    last = notice_changes.compared(offer, kept.content if kept else "", locale)
    before = [
        notice_changes.compared(offer, content, locale) for content in store.answered(connection, standing.record.id)
    ]

    def told(term: str) -> list[ConsentChange]:
        # What was left out of an answer stands as an earlier notice said it.
        agreed = standing.record.terms.get(term)
        found = next((each for each in (last, *before) if each.bound_by(term) == agreed), last)
        return notice_changes.changes(found, {term: terms[term]}, standing.lapsed)

    return [change for term in terms for change in told(term)]


def _told(connection: Connection, visitor: Visitor, record: ConsentRecord | None, error: ConsentStale) -> ConsentStale:
    """With what changed, in words."""
    if record is None:
        return error
    offer, locale = visitor.offer, visitor.locale or record.locale
    found = explained(connection, model.standing(record, offer, clock.now()), offer, locale)
    return ConsentStale(error.changed, [each for each in found if each.feature in error.changed])


def topic(visitor: str) -> str:
    """What is announced when a visitor's choice changes."""
    return f"visitor:{visitor}"


def _row(
    offer: ConsentOffer, visitor: str, decision: DecidedPurposes, choice: ChoiceRequest, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_identifier(),
        "visitor": visitor,
        "site": offer.site,
        "action": decision.action,
        "offered": sorted(offer.required | offer.optional),
        "given": decision.given,
        "privacy_policy": decision.privacy_policy,
        "notice_hash": choice.notice.hash,
        "terms": dict(decision.terms),
        "locale": choice.notice.locale,
        "release": offer.release,
        "source": choice.source,
        "gesture": choice.gesture,
        "commitment": "",
        "at": now,
        "kind": "consent",
        "signals": dict(choice.signals),
        "key": sha256_hex(choice.key) if choice.key else None,
        "kept": decision.kept,
    }


def _withdrawal(
    connection: Connection, visitor: Visitor, last: ConsentRecord, source: str, now: datetime
) -> ConsentRecord:
    notice = Notice(last.notice_hash, visitor.offer.site, last.locale, "", last.terms)
    choice = ChoiceRequest(notice, {}, False, source, "trusted")
    given = {name: name in visitor.offer.required for name in last.given}
    row = _row(visitor.offer, visitor.id, DecidedPurposes("withdraw", given, last.terms, {}, None), choice, now)
    store.append(connection, row, None)
    return _record(row)


def _record(row: dict[str, Any]) -> ConsentRecord:
    return ConsentRecord(*_of_record(row))


def _details(consent: str, salt: str, met: RequestMetadata, receipt: str) -> dict[str, Any]:
    about = {"origin": met.origin, "address": met.address, "browser": met.browser, "path": met.path}
    return about | {"consent": consent, "salt": salt, "receipt_hash": dated_digest(receipt)}
