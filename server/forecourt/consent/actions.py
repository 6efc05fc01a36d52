"""Holds what can be done with consent: choose, withdraw, and obtain a grant."""

import secrets
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from forecourt import clock
from forecourt.consent import idempotency, staleness, store
from forecourt.consent.choice import ChoiceRequest, ChoiceResult
from forecourt.consent.choice_rules import DecidedPurposes, decide
from forecourt.consent.commitment import commit
from forecourt.consent.grant import Feature, Grant, Visitor, require_unlocked
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import (
    REVOKING_ACTIONS,
    Action,
    ConsentRecord,
    Gesture,
    RequestMetadata,
    Source,
    StoredConsent,
)
from forecourt.consent.status import CurrentConsent, judge
from forecourt.consent.store import ConsentDetails
from forecourt.db.notify import announce
from forecourt.digest import sha256_hex
from forecourt.errors import ConsentRequired, ConsentStale, Unavailable
from forecourt.identifiers import new_identifier
from forecourt.link_secret import dated_digest, new_dated_secret

FeatureT = TypeVar("FeatureT", bound=Feature)


def require(connection: Connection, visitor: Visitor, feature: type[FeatureT]) -> Grant[FeatureT]:
    """Makes the grant that opens `feature`. Nothing else makes one.

    Call it in the transaction that uses the grant, so that a withdrawal counts at once in every process. Raises
    `ConsentRequired`, `ConsentStale`, or `Unavailable`.
    """
    store.lock_shared(connection, visitor.id)
    newest = store.find_newest(connection, visitor.id)
    try:
        record = require_unlocked(newest, visitor.offer, feature.name, clock.now())
    except ConsentStale as error:
        raise staleness.explain_refusal(connection, visitor, newest, error) from None
    return Grant(visitor.id, visitor.offer.site, record.id)


def is_unlocked(connection: Connection, visitor: Visitor, feature: type[Feature]) -> bool:
    """Returns whether `require` would make a grant, without a lock: for what is already open and only reads."""
    try:
        require_unlocked(store.find_newest(connection, visitor.id), visitor.offer, feature.name, clock.now())
    except (ConsentRequired, ConsentStale, Unavailable):
        return False
    return True


def choose(
    connection: Connection,
    offer: ConsentOffer,
    visitor: str | None,
    choice: ChoiceRequest,
    metadata: RequestMetadata,
) -> ChoiceResult:
    """Appends the choice to the records of `visitor`, or of a new visitor where it is None.

    A choice that was stored before with the same key is answered again and not stored again. Raises `KeyConflict` for
    one key with two choices.
    """
    if choice.key and (stored := store.find_by_key(connection, offer.site, sha256_hex(choice.key))):
        newest = store.find_newest(connection, stored.record.visitor)
        return idempotency.answer_again(stored, newest, offer, visitor, choice, metadata)
    now, identity = clock.now(), visitor or new_identifier()
    before = _enter_visitor(connection, offer, visitor, identity, now)
    if before and before.record.action == Action.ERASE:  # a new choice must not lead back to who erased everything
        return choose(connection, offer, None, choice, metadata)
    salt = secrets.token_hex(16)
    receipt = idempotency.receipt_secret(now, salt, choice.key) if choice.key else new_dated_secret(now)
    receipt_hash = dated_digest(receipt)
    record = _new_record(
        offer, identity, decide(choice, offer, before), choice, now, commit(salt, metadata, receipt_hash)
    )
    store.append(connection, record, ConsentDetails(record.id, salt, metadata, receipt_hash))
    if choice.privacy_policy and not (visitor and store.is_acknowledged(connection, identity, offer.privacy_policy)):
        store.append_acknowledgement(connection, new_identifier(), record)
    return ChoiceResult(identity, receipt, judge(record, offer, now))


def _enter_visitor(
    connection: Connection, offer: ConsentOffer, visitor: str | None, identity: str, now: datetime
) -> CurrentConsent | None:
    """Returns what the visitor's newest record comes to. Without a record, adds the visitor and returns None.

    A visitor with a token but no record came before the database was restored from an older backup. They are added
    too, since the visitor's row is what a withdrawal locks.
    """
    if visitor:
        store.lock_exclusive(connection, visitor)
        announce(connection, visitor_topic(visitor))
    newest = store.find_newest(connection, visitor) if visitor else None
    if newest is None:
        store.add_visitor(connection, identity, offer.site, now)
    return judge(newest, offer, now) if newest else None


def withdraw(connection: Connection, visitor: Visitor, source: Source = Source.PREFERENCES) -> CurrentConsent | None:
    """Appends a withdrawal and wakes the visitor's open streams. Withdrawing twice appends once.

    Returns what is left, or None where there was never a choice.
    """
    store.lock_exclusive(connection, visitor.id)
    now, newest = clock.now(), store.find_newest(connection, visitor.id)
    if newest is None:
        return None
    if newest.action not in REVOKING_ACTIONS:
        newest = _append_withdrawal(connection, visitor, newest, source, now)
        announce(connection, visitor_topic(visitor.id))
    return judge(newest, visitor.offer, now)


def find_current(connection: Connection, visitor: Visitor) -> CurrentConsent | None:
    """Returns what the visitor's newest record comes to now."""
    newest = store.find_newest(connection, visitor.id)
    return judge(newest, visitor.offer, clock.now()) if newest else None


def has_withdrawn(connection: Connection, visitor: str) -> bool:
    """Returns whether the visitor's newest record takes everything back."""
    newest = store.find_newest(connection, visitor)
    return newest is not None and newest.action in REVOKING_ACTIONS


def visitor_topic(visitor: str) -> str:
    """Returns the topic that is announced when a visitor's choice changes."""
    return f"visitor:{visitor}"


def _append_withdrawal(
    connection: Connection, visitor: Visitor, last: ConsentRecord, source: Source, now: datetime
) -> ConsentRecord:
    required = {name: name in visitor.offer.required for name in last.purposes}
    record = StoredConsent(
        id=new_identifier(),
        action=Action.WITHDRAW,
        purposes=required,
        privacy_policy=None,
        notice_hash=last.notice_hash,
        terms=last.terms,
        locale=last.locale,
        created_at=now,
        carried_over={},
        visitor=visitor.id,
        site=visitor.offer.site,
        offered=sorted(visitor.offer.required | visitor.offer.optional),
        release=visitor.offer.release,
        source=source,
        gesture=Gesture.TRUSTED,
        signals={},
        idempotency_key=None,
        commitment="",
    )
    store.append(connection, record)
    return record


def _new_record(
    offer: ConsentOffer,
    visitor: str,
    decision: DecidedPurposes,
    choice: ChoiceRequest,
    now: datetime,
    commitment: str,
) -> StoredConsent:
    return StoredConsent(
        id=new_identifier(),
        action=decision.action,
        purposes=decision.purposes,
        privacy_policy=decision.privacy_policy,
        notice_hash=choice.notice.hash,
        terms=dict(decision.terms),
        locale=choice.notice.locale,
        created_at=now,
        carried_over=decision.carried_over,
        visitor=visitor,
        site=offer.site,
        offered=sorted(offer.required | offer.optional),
        release=offer.release,
        source=choice.source,
        gesture=choice.gesture,
        signals=dict(choice.signals),
        idempotency_key=sha256_hex(choice.key) if choice.key else None,
        commitment=commitment,
    )
