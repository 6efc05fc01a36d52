"""A notice as it looked: the words that are kept by hash, laid out as the widget laid them out for this record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from forecourt import i18n
from forecourt.consent.notices import join_names


@dataclass(frozen=True, slots=True)
class RenderedPurpose:
    """A purpose's row: its label, whether it was ticked (what is always on was), and what was told below it."""

    label: str
    ticked: bool
    told: Sequence[str]


@dataclass(frozen=True, slots=True)
class RenderedLock:
    """Where a feature is locked: what was said, what it would store and who would see that, and the button."""

    text: str
    facts: Sequence[tuple[str, str]]
    button: str


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """`banner`: title, then text by text; `is_whole`: the kept words still have the hash they are kept by;
    `titles`: of the purposes."""

    hash: str
    is_whole: bool
    locale: str
    dir: str
    banner: Sequence[str]
    links: Sequence[str]
    buttons: Sequence[str]
    rows: Sequence[RenderedPurpose]
    read: str
    save: str
    locks: Sequence[RenderedLock]
    titles: dict[str, str]


def shown(record: Any) -> RenderedNotice | None:
    """`record`: as `finding.one` answers. None where its words are not kept."""
    if record.content is None:
        return None
    content = msgspec.json.decode(record.content, type=dict[str, Any])
    purposes, say = content.get("purposes", []), _Words(content)
    refused = [each for each in purposes if each.get("gpc") and record.signals.get("gpc")]
    return RenderedNotice(
        record.notice_hash,
        hashlib.sha256(record.content.encode()).hexdigest() == record.notice_hash,
        say.locale,
        i18n.direction(say.locale),
        _banner(record, content, say, refused),
        [each for each in (say("privacy.link"), content.get("email", "")) if each],
        [each for name in ("accept", "reject", "choose") if (each := say(f"banner.{name}"))],
        [_row(each, say, each in refused) for each in purposes],
        say("privacy.read", policy=say("privacy.policy")),
        say("banner.save"),
        [_lock(name, each, say) for name, each in content.get("features", {}).items()],
        {each["name"]: each["title"] for each in purposes},
    )


class _Words:
    """Of the notice itself; empty where it has none, as those of earlier versions have not."""

    def __init__(self, content: dict[str, Any]):
        self.locale = content["locale"]
        self._texts = content.get("words", {})
        self._words = i18n.Words(self.locale, self._texts)

    def __call__(self, key: str, **params: object) -> str:
        return self._words(key, **params) if key in self._texts else ""

    def list(self, purposes: Sequence[dict[str, Any]]) -> str:
        return self.listed([each["title"] for each in purposes])

    def listed(self, names: Sequence[str]) -> str:
        return join_names(names, self._texts)


def _asked(record: Any, purposes: Sequence[dict[str, Any]], refused: Sequence[object]) -> list[dict[str, Any]]:
    """What the first layer asks for: where only a part was asked anew, that part."""
    free = [each for each in purposes if not each["required"] and each not in refused]
    if record.carried_over:
        return [each for each in free if each["name"] not in record.carried_over]
    return [each for each in free if not each.get("separate")]


def _banner(record: Any, content: dict[str, Any], say: _Words, refused: Sequence[dict[str, Any]]) -> list[str]:
    asked = say.list(_asked(record, content.get("purposes", []), refused))
    text = "banner.changed" if record.carried_over and record.source != "gpc" else "banner.text"
    told = [say("banner.title")]
    # A signal alone was answered without a question.
    told += [say(text, controller=content.get("controller", ""), purposes=asked)] if asked else []
    told += [say("banner.gpc", purposes=say.list(refused))] if refused else []
    return [each for each in told if each]


def _row(purpose: dict[str, Any], say: _Words, refused: bool) -> RenderedPurpose:
    title, recipients = purpose["title"], purpose.get("recipients", [])
    told = [purpose.get("text", ""), purpose.get("lifetime", "")]
    told += [say("banner.seen_by", names=say.listed(recipients))] if recipients else []
    told += [say("banner.gpc", purposes=title)] if refused else []
    label = say("banner.required", title=title) if purpose["required"] else title
    return RenderedPurpose(label or title, purpose["required"], [text for text in told if text])


def _lock(name: str, feature: dict[str, Any], say: _Words) -> RenderedLock:
    seen_by = say.listed(feature.get("seen_by", []))
    facts = [(say("lock.stores"), feature.get("stores", "")), (say("lock.seen_by"), seen_by)]
    return RenderedLock(say(f"{name}.locked"), facts, say("lock.accept"))
