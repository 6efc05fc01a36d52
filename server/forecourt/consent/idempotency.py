"""The same choice sent twice, because its answer was lost on the way: kept once, answered twice.

Who comes without a token is known by the key alone, so the token is told again only to one who comes within the hour
from the same network, page and browser: keys that are easily guessed open nobody else's record.
"""

import hashlib
import hmac
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from forecourt import clock
from forecourt.consent import model
from forecourt.consent.model import ChoiceRequest, ChoiceResult, ConsentOffer, ConsentRecord, RequestMetadata
from forecourt.errors import KeyConflict
from forecourt.link_secret import new_dated_secret

WITHIN = timedelta(hours=1)


def told(
    row: Any,
    latest: ConsentRecord | None,
    offer: ConsentOffer,
    visitor: str | None,
    choice: ChoiceRequest,
    met: RequestMetadata,
) -> ChoiceResult:
    """`row`: as `store.by_key` answers; `latest`: what stands of its visitor by now, and says what is unlocked.

    Raises `KeyConflict` for another choice, or another visitor's.
    """
    known = row.visitor == visitor if visitor else _is_the_same_browser(row, met)
    if not known or row.salt is None or not _is_the_same(row, offer, choice):
        raise KeyConflict(choice.key)
    now, record = clock.now(), ConsentRecord(*(getattr(row, each.name) for each in fields(ConsentRecord)))
    standing = model.standing(record, offer, now)
    if latest and latest.id != record.id:
        standing = replace(standing, unlocked=model.standing(latest, offer, now).unlocked)
    return ChoiceResult(row.visitor, receipt(row.at, row.salt, choice.key), standing, is_new=False)


def receipt(at: datetime, salt: str, key: str) -> str:
    """A secret that the key makes anew: the salt is ours, the key is kept as a digest only."""
    return new_dated_secret(at, hmac.digest(salt.encode(), key.encode(), hashlib.sha256))


def _is_the_same_browser(row: Any, met: RequestMetadata) -> bool:
    then = (row.origin, row.address, row.browser)
    return then == (met.origin, met.address, met.browser) and clock.now() - row.at < WITHIN


def _is_the_same(row: Any, offer: ConsentOffer, choice: ChoiceRequest) -> bool:
    refused = offer.gpc if choice.signals.get("gpc") else frozenset[str]()
    asked = [name for name in {*row.given, *choice.purposes} if name not in offer.required]
    said = {name: choice.purposes.get(name, False) and name not in refused for name in asked}
    stayed = row.kept.keys() - choice.purposes.keys()  # what a part does not name is as it was; else it is refused
    given = all(row.given.get(name) == answer for name, answer in said.items() if name not in stayed)
    read = (row.privacy_policy is not None) == choice.privacy_policy or bool(row.kept)
    about = (row.notice_hash, row.source, row.gesture, row.signals)
    return given and read and about == (choice.notice.hash, choice.source, choice.gesture, dict(choice.signals))
