"""Holds what a site asks its visitors just now, and the notices that ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Notice:
    """Holds the exact words that are shown when asking, in one language.

    `content` is canonical JSON and `hash` its SHA-256. `terms` maps each term to the hash of what agreeing to it is
    bound to: its facts, its words and the privacy policy. A term is the name of a feature, or `purpose.NAME` for a
    purpose that no feature needs.
    """

    hash: str
    site: str
    locale: str
    content: str
    terms: Mapping[str, str]


@dataclass(frozen=True)
class ConsentOffer:
    """Holds what one site asks, and what agreeing unlocks.

    `needs` maps each feature to the purposes it needs, and `notices` each language to its notice. `privacy_policy` is
    a version, `release` the number of the policy's release. `refused_by_gpc` are the purposes that the browser's
    Global Privacy Control refuses without asking.
    """

    site: str
    origins: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str]
    needs: Mapping[str, tuple[str, ...]]
    notices: Mapping[str, Notice]
    privacy_policy: str
    release: int | None
    refused_by_gpc: frozenset[str] = frozenset()

    @cached_property
    def standalone_purposes(self) -> tuple[str, ...]:
        """Returns the optional purposes that no feature needs. Each is a term by itself."""
        return tuple(sorted(self.optional.difference(*self.needs.values())))

    @cached_property
    def purposes_by_term(self) -> dict[str, tuple[str, ...]]:
        """Returns for each term the purposes that agree to it."""
        return dict(self.needs) | {f"purpose.{name}": (name,) for name in self.standalone_purposes}

    def find_notice(self, notice_hash: str) -> Notice | None:
        return next((notice for notice in self.notices.values() if notice.hash == notice_hash), None)
