"""Answers a choice that was sent twice because its answer was lost: it is stored once and answered twice.

A visitor without a token is known by the key alone. So the token is handed out again only within an hour, and only to
the same network, page origin and browser: a key that is easily guessed does not open somebody else's record.
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from forecourt import clock
from forecourt.consent.choice import ChoiceRequest, ChoiceResult
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import ConsentRecord, RequestMetadata
from forecourt.consent.status import judge
from forecourt.consent.store import KeyedConsent
from forecourt.errors import KeyConflict
from forecourt.link_secret import new_dated_secret

WITHOUT_TOKEN_FOR = timedelta(hours=1)


def answer_again(
    earlier: KeyedConsent,
    newest: ConsentRecord | None,
    offer: ConsentOffer,
    visitor: str | None,
    choice: ChoiceRequest,
    metadata: RequestMetadata,
) -> ChoiceResult:
    """Returns the answer to a choice that was `earlier` with the same key. `newest` is its visitor's newest record.

    What is unlocked is judged by the newest record, since a later choice may have taken it back. Raises `KeyConflict`
    where the key came with another choice, or from another visitor.
    """
    record, salt = earlier.record, earlier.salt
    is_same_visitor = record.visitor == visitor if visitor else _is_same_browser(earlier, metadata)
    if not is_same_visitor or salt is None or not _is_same_choice(earlier, offer, choice):
        raise KeyConflict(choice.key)
    now = clock.now()
    current = judge(record, offer, now)
    if newest and newest.id != record.id:
        current = replace(current, unlocked=judge(newest, offer, now).unlocked)
    return ChoiceResult(record.visitor, receipt_secret(record.created_at, salt, choice.key), current, is_new=False)


def receipt_secret(created_at: datetime, salt: str, key: str) -> str:
    """Computes the receipt's secret from the client's key and our salt, so that it can be computed again.

    Only a digest of the key is stored, so the secret cannot be computed from the database alone.
    """
    return new_dated_secret(created_at, hmac.digest(salt.encode(), key.encode(), hashlib.sha256))


def _is_same_browser(earlier: KeyedConsent, metadata: RequestMetadata) -> bool:
    first = (earlier.origin, earlier.address, earlier.browser)
    is_recent = clock.now() - earlier.record.created_at < WITHOUT_TOKEN_FOR
    return first == (metadata.origin, metadata.address, metadata.browser) and is_recent


def _is_same_choice(earlier: KeyedConsent, offer: ConsentOffer, choice: ChoiceRequest) -> bool:
    record = earlier.record
    refused = offer.refused_by_gpc if choice.signals.get("gpc") else frozenset[str]()
    optional = [name for name in {*record.purposes, *choice.purposes} if name not in offer.required]
    answers = {name: choice.purposes.get(name, False) and name not in refused for name in optional}
    # What a partial choice does not name was carried over; what a whole choice does not name was refused.
    unasked = record.carried_over.keys() - choice.purposes.keys()
    has_same_answers = all(
        record.purposes.get(name) == answer for name, answer in answers.items() if name not in unasked
    )
    is_acknowledged = record.privacy_policy is not None
    has_same_policy = is_acknowledged == choice.privacy_policy or bool(record.carried_over)
    first = (record.notice_hash, record.source, record.gesture, record.signals)
    repeated = (choice.notice.hash, choice.source, choice.gesture, dict(choice.signals))
    return has_same_answers and has_same_policy and first == repeated
