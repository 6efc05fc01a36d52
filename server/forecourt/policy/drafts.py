"""Drafts: what editors have made of a policy since a release, one a site, kept until it is published or discarded."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from forecourt.db.tables import policy_drafts
from forecourt.errors import PolicyMoved, TooLarge
from forecourt.policy.model import Policy, Release

AT_MOST = 16 * 1024 * 1024  # bytes of JSON; 2,000 engagements in 29 languages take some seven

_OF_SITE = policy_drafts.c.site == bindparam("of")
_AS_READ = policy_drafts.c.edited_at == bindparam("known")
_READ = select(policy_drafts).where(_OF_SITE)
_EXISTS = select(policy_drafts.c.base).where(_OF_SITE)
_ADD = insert(policy_drafts)
_SAVE = (
    update(policy_drafts)
    .where(_OF_SITE, _AS_READ)
    .values({name: bindparam(f"new_{name}") for name in ("base", "content", "edited_by", "edited_at")})
)
_DISCARD = delete(policy_drafts).where(_OF_SITE, _AS_READ)


@dataclass(frozen=True)
class PolicyDraft:
    """`base`: the number of the release it was made from. `edited_by`: the agent's id."""

    site: str
    base: int
    policy: Policy
    edited_by: str
    edited_at: datetime

    def edited(self, policy: Policy, by: str, now: datetime, base: int | None = None) -> "PolicyDraft":
        """The next version. No two versions have the same time: it tells whether another save came between."""
        later = max(now, self.edited_at + timedelta.resolution)
        return replace(self, base=base or self.base, policy=policy, edited_by=by, edited_at=later)


def made_from(release: Release, by: str, now: datetime) -> PolicyDraft:
    """A draft that differs from `release` in nothing yet."""
    return PolicyDraft(release.site, release.number, release.policy, by, now)


def read(connection: Connection, site: str) -> PolicyDraft | None:
    row = connection.execute(_READ, {"of": site}).one_or_none()
    if row is None:
        return None
    return PolicyDraft(row.site, row.base, msgspec.json.decode(row.content, type=Policy), row.edited_by, row.edited_at)


def exists(connection: Connection, site: str) -> bool:
    """Without reading it."""
    return connection.execute(_EXISTS, {"of": site}).first() is not None


def start(connection: Connection, draft: PolicyDraft) -> None:
    """Raises `PolicyMoved` where the site has a draft by now, `TooLarge`."""
    try:
        connection.execute(_ADD, _row(draft))
    except IntegrityError as error:
        raise PolicyMoved(f"somebody else has begun a draft of {draft.site}") from error


def save(connection: Connection, draft: PolicyDraft, known: datetime) -> None:
    """Replaces the version of `known`. Raises `PolicyMoved` where that is no longer the one kept, `TooLarge`.

    The version is compared as it is replaced, so that neither engine has to hold a lock while a draft is worked out.
    """
    values = {f"new_{name}": value for name, value in _row(draft).items() if name != "site"}
    if not connection.execute(_SAVE, values | {"of": draft.site, "known": known}).rowcount:
        raise PolicyMoved(f"the draft of {draft.site} was saved by somebody else meanwhile")


def discard(connection: Connection, draft: PolicyDraft) -> None:
    """Raises `PolicyMoved` where another version is kept by now."""
    if not connection.execute(_DISCARD, {"of": draft.site, "known": draft.edited_at}).rowcount:
        raise PolicyMoved(f"the draft of {draft.site} was saved or discarded by somebody else meanwhile")


def mark(value: object) -> str:
    """Tells whether two versions of a policy, or of a part of one, are the same."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:32]


def _row(draft: PolicyDraft) -> dict[str, Any]:
    content = msgspec.json.encode(draft.policy)
    if len(content) > AT_MOST:
        raise TooLarge(str(len(content)))
    row = {name: getattr(draft, name) for name in ("site", "base", "edited_by", "edited_at")}
    return row | {"content": content.decode()}
