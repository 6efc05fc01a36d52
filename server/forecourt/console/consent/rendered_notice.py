"""Lays out a stored notice as the widget laid it out for a record, from the words that the notice itself holds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecourt import i18n
from forecourt.consent.notice_content import NoticeContent, NoticeFeature, NoticePurpose, read_content
from forecourt.consent.notices import join_names
from forecourt.consent.record import Source


@dataclass(frozen=True, slots=True)
class AnsweredNotice:
    """Holds a stored notice and what decided how the widget laid it out for a record. `content` is JSON."""

    hash: str
    content: str
    source: str
    signals: Mapping[str, bool]
    carried_over: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RenderedPurpose:
    """Holds a purpose's row: its label, whether it was ticked (required ones were), and the lines below it."""

    label: str
    is_ticked: bool
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class RenderedLock:
    """Holds what stood in place of a locked feature. `facts`: what it would store and who would see that.

    `last_step` and its button stood there where its purposes were granted already, and only the policy was left.
    """

    text: str
    facts: Sequence[tuple[str, str]]
    button: str
    last_step: str
    last_button: str


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """Holds the whole notice. `banner`: title, then text by text. `titles`: of the purposes, by name.

    `is_unchanged`: the stored content still has the hash that it is stored under.
    """

    hash: str
    is_unchanged: bool
    locale: str
    dir: str
    banner: Sequence[str]
    links: Sequence[str]
    buttons: Sequence[str]
    purposes: Sequence[RenderedPurpose]
    policy_checkbox: str
    choices_buttons: Sequence[str]
    locks: Sequence[RenderedLock]
    titles: dict[str, str]


def render_notice(record: AnsweredNotice) -> RenderedNotice:
    content = read_content(record.content)
    purposes, words = content.purposes, _NoticeWords(content)
    refused_by_gpc = [purpose for purpose in purposes if purpose.gpc and record.signals.get("gpc")]
    buttons = [words(f"banner.{name}") for name in ("accept", "reject", "choose")]
    choices_buttons = [words(f"banner.{name}") for name in ("save", "reject_all", "accept_all")]
    return RenderedNotice(
        hash=record.hash,
        is_unchanged=hashlib.sha256(record.content.encode()).hexdigest() == record.hash,
        locale=words.locale,
        dir=i18n.direction(words.locale),
        banner=_banner(record, content, words, refused_by_gpc),
        links=[text for text in (words("privacy.link"), content.email) if text],
        buttons=[text for text in buttons if text],
        purposes=[_purpose(purpose, words, purpose in refused_by_gpc) for purpose in purposes],
        policy_checkbox=words("privacy.read", policy=words("privacy.policy")),
        choices_buttons=[text for text in choices_buttons if text],
        locks=[_lock(name, feature, purposes, words) for name, feature in content.features.items()],
        titles={purpose.name: purpose.title for purpose in purposes},
    )


class _NoticeWords:
    """Holds the notice's own words. Earlier versions have fewer: a word that is not there is an empty text."""

    def __init__(self, content: NoticeContent):
        self.locale = content.locale
        self._texts = content.words
        self._words = i18n.Words(self.locale, self._texts)

    def __call__(self, key: str, **params: object) -> str:
        return self._words(key, **params) if key in self._texts else ""

    def join_titles(self, purposes: Sequence[NoticePurpose]) -> str:
        return self.join([purpose.title for purpose in purposes])

    def join(self, names: Sequence[str]) -> str:
        return join_names(names, self._texts)


def _asked_purposes(
    record: AnsweredNotice, purposes: Sequence[NoticePurpose], refused_by_gpc: Sequence[NoticePurpose]
) -> list[NoticePurpose]:
    """Returns what the banner asked for; where only a part was asked again, that part."""
    optional = [purpose for purpose in purposes if not purpose.required and purpose not in refused_by_gpc]
    if record.carried_over:
        return [purpose for purpose in optional if purpose.name not in record.carried_over]
    return [purpose for purpose in optional if not purpose.separate]


def _banner(
    record: AnsweredNotice, content: NoticeContent, words: _NoticeWords, refused_by_gpc: Sequence[NoticePurpose]
) -> list[str]:
    asked_titles = words.join_titles(_asked_purposes(record, content.purposes, refused_by_gpc))
    is_asked_again = record.carried_over and record.source != Source.GPC
    texts = [words("banner.title")]
    # Where the browser's signal refused all, nothing was asked.
    if asked_titles:
        key = "banner.changed" if is_asked_again else "banner.text"
        texts.append(words(key, controller=content.controller or "", purposes=asked_titles))
    if refused_by_gpc:
        texts.append(words("banner.gpc", purposes=words.join_titles(refused_by_gpc)))
    return [text for text in texts if text]


def _purpose(purpose: NoticePurpose, words: _NoticeWords, is_refused_by_gpc: bool) -> RenderedPurpose:
    title, recipients = purpose.title, purpose.recipients
    lines = [purpose.text, purpose.lifetime]
    lines += [words("banner.separate")] if purpose.separate else []
    lines += [words("banner.seen_by", names=words.join(recipients))] if recipients else []
    lines += [words("banner.gpc", purposes=title)] if is_refused_by_gpc else []
    label = words("banner.required", title=title) if purpose.required else title
    return RenderedPurpose(label or title, purpose.required, [line for line in lines if line])


def _lock(name: str, feature: NoticeFeature, purposes: Sequence[NoticePurpose], words: _NoticeWords) -> RenderedLock:
    seen_by = words.join(feature.seen_by)
    facts = [(words("lock.stores"), feature.stores), (words("lock.seen_by"), seen_by)]
    titles = words.join_titles([purpose for purpose in purposes if purpose.name in feature.purposes])
    last_step = words("lock.one_step", purposes=titles)
    return RenderedLock(words(f"{name}.locked"), facts, words("lock.accept"), last_step, words("lock.open"))
