"""This module stores drafts: what editors have changed in a policy since a release, one draft a site.

A draft is kept until it is published or discarded.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from forecourt import i18n
from forecourt.db.tables import policy_drafts
from forecourt.errors import PolicyMoved, TooLarge
from forecourt.policy.importing.page_place import PagePlace
from forecourt.policy.importing.remark import Remark, place_remark
from forecourt.policy.model import Policy, Release

MAX_BYTES = 16 * 1024 * 1024  # of JSON; 2,000 engagements in 29 languages take some seven

_COLUMNS = ("base_release", "content", "edited_by", "edited_at")
_OF_SITE = policy_drafts.c.site == bindparam("of_site")
_OF_VERSION = policy_drafts.c.edited_at == bindparam("of_version")
_FIND = select(policy_drafts).where(_OF_SITE)
_HAS = select(policy_drafts.c.base_release).where(_OF_SITE)
_INSERT = insert(policy_drafts)
_SAVE = update(policy_drafts).where(_OF_SITE, _OF_VERSION).values({name: bindparam(f"new_{name}") for name in _COLUMNS})
_DISCARD = delete(policy_drafts).where(_OF_SITE, _OF_VERSION)


@dataclass(frozen=True, slots=True)
class ImportNote:
    """Holds what import says of a page, until somebody has looked at it.

    `engagement` is the id of the row that it is about; empty where it is about the page, and `place` says where.
    `is_doubt`: the row was taken, and import is not sure of it. `fact` is the one that it is about, as far as that is
    known. A note that an earlier version stored has a `text` in English, and no remark.
    """

    remark: Remark | None = None
    engagement: str = ""
    is_doubt: bool = False
    fact: str = ""
    place: PagePlace | None = None
    text: str = ""

    def sentence(self, words: i18n.Words) -> str:
        if self.remark is None:
            return self.text
        if self.place is None or self.engagement:
            return self.remark.sentence(words)
        return place_remark(self.place, self.remark, words)


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """Holds one version of a draft. It was made from release number `base_release`; `edited_by` is an agent's id.

    `edited_at` identifies the version: no two versions of a draft have the same time. A draft of a site that has
    published nothing is based on release 0.
    """

    site: str
    base_release: int
    policy: Policy
    edited_by: str
    edited_at: datetime
    notes: tuple[ImportNote, ...] = ()

    @classmethod
    def from_release(cls, release: Release, agent: str, now: datetime) -> "PolicyDraft":
        """Returns a draft that differs from `release` in nothing yet."""
        return cls(release.site, release.number, release.policy, agent, now)

    def with_policy(self, policy: Policy, agent: str, now: datetime, base_release: int | None = None) -> "PolicyDraft":
        """Returns the next version, on the same release where no `base_release` is given."""
        later = max(now, self.edited_at + timedelta.resolution)
        number = base_release or self.base_release
        return replace(self, base_release=number, policy=policy, edited_by=agent, edited_at=later)


class _Content(msgspec.Struct):
    """Is what the column `content` holds beside the policy, whose fields stand in the same object."""

    notes: tuple[ImportNote, ...] = ()


def find_draft(connection: Connection, site: str) -> PolicyDraft | None:
    row = connection.execute(_FIND, {"of_site": site}).one_or_none()
    if row is None:
        return None
    policy = msgspec.json.decode(row.content, type=Policy)
    notes = msgspec.json.decode(row.content, type=_Content).notes
    return PolicyDraft(row.site, row.base_release, policy, row.edited_by, row.edited_at, notes)


def has_draft(connection: Connection, site: str) -> bool:
    """Checks without reading the draft, which may be large."""
    return connection.execute(_HAS, {"of_site": site}).first() is not None


def start_draft(connection: Connection, draft: PolicyDraft) -> None:
    """Raises `PolicyMoved` where the site has a draft already, `TooLarge`."""
    try:
        connection.execute(_INSERT, {"site": draft.site} | _values(draft))
    except IntegrityError as error:
        raise PolicyMoved(f"somebody else has begun a draft of {draft.site}") from error


def save_draft(connection: Connection, draft: PolicyDraft, version: datetime) -> None:
    """Replaces the version of that time. Raises `PolicyMoved` where another one was saved since, `TooLarge`.

    One statement compares and replaces, so that neither engine holds a lock while an editor works.
    """
    values = {f"new_{name}": value for name, value in _values(draft).items()}
    if not connection.execute(_SAVE, values | {"of_site": draft.site, "of_version": version}).rowcount:
        raise PolicyMoved(f"the draft of {draft.site} was saved by somebody else meanwhile")


def discard_draft(connection: Connection, draft: PolicyDraft) -> None:
    """Raises `PolicyMoved` where another version was saved since."""
    if not connection.execute(_DISCARD, {"of_site": draft.site, "of_version": draft.edited_at}).rowcount:
        raise PolicyMoved(f"the draft of {draft.site} was saved or discarded by somebody else meanwhile")


def fingerprint(value: object) -> str:
    """Returns a text that is the same for equal policies, or equal parts of policies, and for no others."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:32]


def _values(draft: PolicyDraft) -> dict[str, object]:
    content = msgspec.json.encode(msgspec.to_builtins(draft.policy) | {"notes": draft.notes})
    if len(content) > MAX_BYTES:
        raise TooLarge(str(len(content)))
    return {
        "base_release": draft.base_release,
        "content": content.decode(),
        "edited_by": draft.edited_by,
        "edited_at": draft.edited_at,
    }
