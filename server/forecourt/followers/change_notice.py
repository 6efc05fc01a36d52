"""What one release says to its followers: made once for all who read the same language and are concerned by the same.

The text is kept by its hash, so that what somebody was told can be shown years later; a webhook gets the same text.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forecourt import clock, i18n
from forecourt.policy.actions import canonical
from forecourt.policy.change import PolicyChange
from forecourt.policy.difference import Difference
from forecourt.policy.edition import Edition
from forecourt.policy.localization.change_sentences import MAX_CHANGES, ChangeSentence, describe_change
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience

_KINDS_AT_MOST = 400  # kinds of reader remembered at once


@dataclass(frozen=True, slots=True)
class FollowerGroup:
    """Whoever has these in common is told the same. `region` None and no `products`: all of them."""

    locale: str
    region: Audience | None
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """`text`: canonical JSON, of which `sha256` is. `more`: how many changes the release's page tells beyond these."""

    text: bytes
    sha256: str
    changes: list[ChangeSentence]
    more: int
    url: str


@dataclass(frozen=True)
class ChangeNoticeWriter:
    """`after` is announced to who knew `before`. `pages`: where the site's hosted pages are, below its language."""

    before: Edition
    after: Edition
    difference: Difference
    pages: str
    _made: dict[FollowerGroup, ChangeNotice | None] = field(default_factory=dict)

    def notice(self, kind: FollowerGroup) -> ChangeNotice | None:
        """None where nothing that calls for notice concerns them."""
        if kind not in self._made:
            if len(self._made) >= _KINDS_AT_MOST:
                self._made.clear()
            self._made[kind] = self._notice(kind)
        return self._made[kind]

    def _notice(self, kind: FollowerGroup) -> ChangeNotice | None:
        concerned = [each for each in self.difference.material_changes if each.concerns(kind.region, kind.products)]
        if not concerned:
            return None
        told = self._told(kind, concerned[:MAX_CHANGES])
        more, url = len(concerned) - len(told), f"{self.pages}/{kind.locale}/releases/{self.after.release.number}"
        text = canonical(self._plain(kind, told, more, url))
        return ChangeNotice(text, hashlib.sha256(text).hexdigest(), told, more, url)

    def _told(self, kind: FollowerGroup, changes: list[PolicyChange]) -> list[ChangeSentence]:
        before, after = (LocalizedEdition(each, kind.locale, kind.region) for each in (self.before, self.after))
        return [describe_change(each, before, after) for each in changes]

    def _plain(self, kind: FollowerGroup, told: list[ChangeSentence], more: int, url: str) -> dict[str, Any]:
        release = self.after.release
        return {
            "type": "policy.changed",
            "site": release.site,
            "release": release.number,
            "sha256": release.sha256,
            "published_at": clock.iso(release.published_at),
            "locale": kind.locale,
            "region": kind.region,
            "products": kind.products,
            "url": url,
            "emergency": release.emergency,
            "changes": [_change(each) for each in told],
            "more": more,
        }


def _change(told: ChangeSentence) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "engagement": told.engagement,
        "title": str(told.title),
        "text": str(told.sentence),
        "regions": told.regions,
        "effective": _day(told.effective),
        "objection_until": _day(told.deadline),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def spoken(locale: str, offered: tuple[str, ...], own: str) -> str:
    """The follower's language; the site's own where it is not offered any more."""
    return i18n.match_language(locale, offered) or own
