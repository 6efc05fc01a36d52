"""Writes what one release says to its followers, once for all who read the same language and get the same changes.

The text is stored under its hash, so that what somebody was told can be shown years later. A webhook
gets the same text.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from forecourt import clock
from forecourt.canonical_json import encode_canonical
from forecourt.policy.change_kinds import PolicyChange
from forecourt.policy.comparison import Difference
from forecourt.policy.edition import Edition
from forecourt.policy.localization.change_sentences import MAX_CHANGES, ChangeSentence, describe_change
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience
from forecourt.web.language import match_language

_GROUPS_AT_MOST = 400  # whose notices are remembered at once


@dataclass(frozen=True, slots=True)
class FollowerGroup:
    """Holds what followers have in common who get the same notice.

    `region` None stands for all regions, and no `products` for all products.
    """

    locale: str
    region: Audience | None
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """Holds a notice: its `text` is canonical JSON, and `sha256` the hash of that.

    `more` counts the changes that are only on the release's page.
    """

    text: bytes
    sha256: str
    changes: list[ChangeSentence]
    more: int
    url: str


@dataclass(frozen=True)
class ChangeNoticeWriter:
    """Writes the notices of release `after`, as compared with `before`.

    `site_url` is where the site's hosted pages are, without the language.
    """

    before: Edition
    after: Edition
    difference: Difference
    site_url: str
    _notices: dict[FollowerGroup, ChangeNotice | None] = field(default_factory=dict)

    def notice_for(self, group: FollowerGroup) -> ChangeNotice | None:
        """Returns the group's notice, or None where no change that calls for notice concerns them."""
        if group not in self._notices:
            if len(self._notices) >= _GROUPS_AT_MOST:
                self._notices.clear()
            self._notices[group] = self._write(group)
        return self._notices[group]

    def _write(self, group: FollowerGroup) -> ChangeNotice | None:
        changes = [
            change for change in self.difference.material_changes if change.concerns(group.region, group.products)
        ]
        if not changes:
            return None
        sentences = self._sentences(group, changes[:MAX_CHANGES])
        more = len(changes) - len(sentences)
        url = f"{self.site_url}/{group.locale}/releases/{self.after.release.number}"
        text = encode_canonical(self._to_json(group, sentences, more, url))
        return ChangeNotice(text, hashlib.sha256(text).hexdigest(), sentences, more, url)

    def _sentences(self, group: FollowerGroup, changes: list[PolicyChange]) -> list[ChangeSentence]:
        before, after = (LocalizedEdition(edition, group.locale, group.region) for edition in (self.before, self.after))
        return [describe_change(change, before, after) for change in changes]

    def _to_json(self, group: FollowerGroup, sentences: list[ChangeSentence], more: int, url: str) -> dict[str, object]:
        release = self.after.release
        return {
            "type": "policy.changed",
            "site": release.site,
            "release": release.number,
            "sha256": release.sha256,
            "published_at": clock.iso(release.published_at),
            "locale": group.locale,
            "region": group.region,
            "products": group.products,
            "url": url,
            "emergency": release.emergency,
            "changes": [_change_to_json(sentence) for sentence in sentences],
            "more": more,
        }


def _change_to_json(change: ChangeSentence) -> dict[str, object]:
    return {
        "kind": change.kind,
        "engagement": change.engagement,
        "title": str(change.title),
        "text": str(change.sentence),
        "regions": change.regions,
        "effective": _to_iso(change.effective),
        "objection_until": _to_iso(change.deadline),
    }


def _to_iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def follower_locale(locale: str, available: tuple[str, ...], default: str) -> str:
    """Returns the language a follower is written to: the site's `default` once theirs is not offered any more."""
    return match_language(locale, available) or default
