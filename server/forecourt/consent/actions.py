"""What can be done with consent: choose, withdraw, and the one way to a grant."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from forecourt import clock, tokens
from forecourt.consent import model, store
from forecourt.consent.model import Choice, Feature, Grant, Notice, Offer, Record, Standing, Visitor
from forecourt.db.signals import announce
from forecourt.errors import ConsentRequired, ConsentStale

F = TypeVar("F", bound=Feature)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the request a choice came with: personal, so kept apart and only committed to."""

    origin: str
    address: str  # cut to /24 or /48
    browser: str  # family only


@dataclass(frozen=True, slots=True)
class Chosen:
    """`receipt` is the receipt's secret: told once, kept as a digest."""

    visitor: str
    receipt: str
    standing: Standing


def require(connection: Connection, visitor: Visitor, feature: type[F]) -> Grant[F]:
    """The one maker of a grant, read in the transaction that uses it, so a withdrawal counts at once everywhere.

    Raises `ConsentRequired` or `ConsentStale`.
    """
    store.lock_shared(connection, visitor.id)
    record = model.unlocks(store.latest(connection, visitor.id), visitor.offer, feature.name, clock.now())
    return Grant(visitor.id, visitor.offer.site, record.id)


def stands(connection: Connection, visitor: Visitor, feature: type[Feature]) -> bool:
    """Whether `require` would give a grant, asked by what is already open and only reads."""
    try:
        model.unlocks(store.latest(connection, visitor.id), visitor.offer, feature.name, clock.now())
    except (ConsentRequired, ConsentStale):
        return False
    return True


def choose(connection: Connection, offer: Offer, visitor: str | None, choice: Choice, met: Circumstances) -> Chosen:
    """Appends the choice to the visitor's records; without one, makes a visitor."""
    now, known = clock.now(), visitor or tokens.identifier()
    if visitor:
        store.lock_alone(connection, visitor)
        announce(connection, topic(visitor))
    else:
        store.add_visitor(connection, {"id": known, "site": offer.site, "at": now})
    given = model.decided(choice, offer)
    action = model.action(given, offer, store.latest(connection, known) if visitor else None)
    receipt = tokens.secret()
    row = _row(offer, known, action, given, choice, now)
    row["commitment"], details = _details(row["id"], met, receipt)
    store.append(connection, row, details)
    return Chosen(known, receipt, model.standing(_record(row), offer, now))


def withdraw(connection: Connection, visitor: Visitor) -> Standing | None:
    """Appends the withdrawal and wakes what is open. None where there was never a choice; twice appends once."""
    store.lock_alone(connection, visitor.id)
    now, last = clock.now(), store.latest(connection, visitor.id)
    if last is None:
        return None
    if last.action != "withdraw":
        last = _withdrawal(connection, visitor, last, now)
        announce(connection, topic(visitor.id))
    return model.standing(last, visitor.offer, now)


def current(connection: Connection, visitor: Visitor) -> Standing | None:
    record = store.latest(connection, visitor.id)
    return model.standing(record, visitor.offer, clock.now()) if record else None


def withdrawn(connection: Connection, visitor: str) -> bool:
    """Whether the visitor's last word was to take everything back."""
    record = store.latest(connection, visitor)
    return record is not None and record.action == "withdraw"


def refuse_stale(connection: Connection, offer: Offer, notice_hash: str) -> ConsentStale:
    """What to tell one who answered a notice that no longer stands: the features whose terms differ from today's."""
    kept = store.notice(connection, notice_hash)
    terms = msgspec.json.decode(kept.content)["terms"] if kept else {}
    now: Mapping[str, str] = offer.notices[kept.locale].terms if kept and kept.locale in offer.notices else {}
    changed = [name for name in offer.needs if not terms or terms.get(name) != now.get(name)]
    return ConsentStale(changed or list(offer.needs))


def topic(visitor: str) -> str:
    """What is announced when a visitor's choice changes."""
    return f"visitor:{visitor}"


def _row(
    offer: Offer, visitor: str, action: str, given: dict[str, bool], choice: Choice, now: datetime
) -> dict[str, Any]:
    return {
        "id": tokens.identifier(),
        "visitor": visitor,
        "site": offer.site,
        "action": action,
        "offered": sorted(offer.required | offer.optional),
        "given": given,
        "privacy_policy": offer.privacy_policy if choice.privacy_policy else None,
        "notice_hash": choice.notice.hash,
        "terms": dict(choice.notice.terms),
        "locale": choice.notice.locale,
        "release": offer.release,
        "source": choice.source,
        "gesture": choice.gesture,
        "commitment": "",
        "at": now,
    }


def _withdrawal(connection: Connection, visitor: Visitor, last: Record, now: datetime) -> Record:
    notice = Notice(last.notice_hash, visitor.offer.site, last.locale, "", last.terms)
    choice = Choice(notice, {}, False, "preferences", "trusted")
    given = {name: name in visitor.offer.required for name in last.given}
    row = _row(visitor.offer, visitor.id, "withdraw", given, choice, now)
    store.append(connection, row, None)
    return _record(row)


def _record(row: dict[str, Any]) -> Record:
    columns = ("id", "action", "given", "privacy_policy", "notice_hash", "terms", "locale", "at")
    return Record(*(row[name] for name in columns))


def _details(consent: str, met: Circumstances, receipt: str) -> tuple[str, dict[str, Any]]:
    """The deletable row, and the commitment that binds the appended one to it without holding its values."""
    salt = secrets.token_hex(16)
    values = {"origin": met.origin, "address": met.address, "browser": met.browser}
    commitment = hmac.new(salt.encode(), msgspec.json.encode(values, order="sorted"), hashlib.sha256).hexdigest()
    return commitment, {"consent": consent, "salt": salt, "receipt_hash": tokens.digest(receipt), **values}
