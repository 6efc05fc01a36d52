"""Words: each text of the source language beside one of another language, found by state or by what it says."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from forecourt.characters import POLICY_TEXT, describe_character
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy import form_fields, lenses, translation_progress
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, page
from forecourt.console.policy.lenses import EditedText
from forecourt.console.policy.pagination import listed, matches
from forecourt.console.policy.translation_progress import TranslationStatus
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import drafts
from forecourt.policy.check import Remedy, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.localization.placeholders import available_placeholders, placeholder_values
from forecourt.policy.localization.word_keys import required_word_keys, source_hash
from forecourt.policy.model import Policy, Translation, TranslationState

LONGEST = 10_000  # characters of one text
FILTERS = ("", "todo", *(each for each in TranslationStatus if each is not TranslationStatus.WRITTEN))
_TO_DO = (TranslationStatus.MISSING, TranslationStatus.STALE, TranslationStatus.MACHINE)


@dataclass(frozen=True)
class TranslationRow:
    key: str
    source: str
    text: str
    standing: TranslationStatus


class TranslationsPage:
    def __init__(self, bench: DraftSession):
        self._bench = bench

    async def listed(self, request: Request, agent: Agent) -> Response:
        work = await self._bench.work(request)
        language, only = _language(request, work), request.query_params.get("only", "")
        rows = _rows(work, language)
        found = [each for each in rows if _is_asked_for(request, each, only)]
        counted = Counter(str(each.standing) for each in rows)
        counted["todo"] = sum(counted[each] for each in _TO_DO)
        return page(
            request,
            "texts",
            agent,
            work,
            "words",
            language=language,
            only=only,
            filters=FILTERS,
            counted=counted,
            **listed(request, found),
        )

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._page(request, agent, await self._bench.work(request))

    async def save(self, request: Request, agent: Agent) -> Response:
        work, sent = await self._bench.work(request), await form_fields.read(request)
        language, key = self._place(request, work)
        text = form_fields.first(sent, "text")
        try:
            value = _given(work, language, key, sent)
            await self._bench.put(work.name, agent, lenses.word(language, key), form_fields.first(sent, "seen"), value)
        except Invalid as error:
            return await self._page(request, agent, work, text, error.status, responses.error_text(request, error))
        except DraftOvertaken as error:
            return await self._page(request, agent, error.work, text, 409, theirs=True)
        return responses.redirect(self._next(request, await self._bench.work(request), language, key, "next" in sent))

    def _next(self, request: Request, work: DraftState, language: str, key: str, onward: bool) -> str:
        """The next text that wants work, where that was asked for; the list otherwise."""
        kept = {name: request.query_params[name] for name in ("only", "q") if request.query_params.get(name)}
        asked = urlencode(kept | {"done": "saved"})
        following = _following(request, work, language, key) if onward else None
        return f"{work.base}words/{language}{f'/{following}' if following else ''}?{asked}"

    def _place(self, request: Request, work: DraftState) -> tuple[str, str]:
        """Raises `NotFound` where neither the facts ask for such a text nor a language has it."""
        key = request.path_params["key"]
        if key not in required_word_keys(work.policy.facts) and not any(
            key in texts for texts in work.policy.words.values()
        ):
            raise NotFound(key)
        return _language(request, work), key

    async def _page(
        self,
        request: Request,
        agent: Agent,
        work: DraftState,
        typed: str | None = None,
        status: int = 200,
        said: str = "",
        theirs: bool = False,
    ) -> Response:
        language, key = self._place(request, work)
        now = lenses.word(language, key).of(work.policy)
        source = work.policy.words.get(work.source, {}).get(key, "")
        found = await asyncio.to_thread(_flaws, work.policy, language, key) if typed is None else []
        return page(
            request,
            "text",
            agent,
            work,
            "words",
            status,
            language=language,
            key=key,
            source=source,
            source_hash=source_hash(source),
            now=now,
            text=typed if typed is not None else (now.text if now else ""),
            standing=translation_progress.standing(work.policy, language, key, required_word_keys(work.policy.facts)),
            prose=translation_progress.is_prose(key),
            named=_named(work.policy, language),
            flaws=found,
            seen=drafts.fingerprint(now),
            said=said,
            theirs=theirs,
            only=request.query_params.get("only", ""),
            following=_following(request, work, language, key),
            terms=sorted(work.policy.glossary.get(language, {}).items()),
            query=f"?{request.url.query}" if request.url.query else "",
        )


def _language(request: Request, work: DraftState) -> str:
    """Raises `NotFound` where it is none of the site's and none of the policy's."""
    language = str(request.path_params.get("language") or work.source)
    if language not in work.languages:
        raise NotFound(language)
    return language


def _rows(work: DraftState, language: str) -> list[TranslationRow]:
    policy, wanted = work.policy, required_word_keys(work.policy.facts)
    source, texts = policy.words.get(work.source, {}), policy.words.get(language, {})
    return [
        TranslationRow(
            key, source.get(key, ""), texts.get(key, ""), translation_progress.standing(policy, language, key, wanted)
        )
        for key in translation_progress.keys(policy)
        if key in wanted or key in texts
    ]


def _is_asked_for(request: Request, row: TranslationRow, only: str) -> bool:
    if only == "todo" and row.standing not in _TO_DO:
        return False
    if only in list(TranslationStatus) and row.standing != only:
        return False
    return matches(request, row.key, row.source, row.text)


def _following(request: Request, work: DraftState, language: str, key: str) -> str | None:
    """The next text of the same list, after `key` in the page's order."""
    only = request.query_params.get("only", "")
    rows = _rows(work, language)
    at = next((at for at, row in enumerate(rows) if row.key == key), -1)
    return next((row.key for row in rows[at + 1 :] if _is_asked_for(request, row, only)), None)


def _given(work: DraftState, language: str, key: str, sent: form_fields.Fields) -> EditedText | None:
    """Raises `Invalid`. A translation left empty is none: its readers get the source language's text, marked so."""
    text = form_fields.first(sent, "text")
    if len(text) > LONGEST:
        raise Invalid([Fault("text", "too_long", {"limit": LONGEST})])
    if character := POLICY_TEXT.find_in(text):
        raise Invalid([Fault("text", "characters", {"character": describe_character(character)})])
    if not text.strip():
        if language == work.source and key in required_word_keys(work.policy.facts):
            raise Invalid([Fault("text", "required")])
        return None
    if language == work.source:
        return EditedText(text)
    state = TranslationState.REVIEWED if "reviewed" in sent else TranslationState.MACHINE
    return EditedText(text, Translation(state, _made_from(work, key, form_fields.first(sent, "source"))))


def _made_from(work: DraftState, key: str, seen: str) -> str:
    """The hash of the source text that the translator had before them: it may have changed since."""
    now = source_hash(work.policy.words.get(work.source, {}).get(key, ""))
    return seen if re.fullmatch("[0-9a-f]{16}", seen) else now


def _named(policy: Policy, language: str) -> list[tuple[str, str]]:
    """What a text may name in braces, and what stands there at present."""
    now = placeholder_values(policy, language)
    return [(name, re.sub(r"\\(.)", r"\1", now.get(name, ""))) for name in sorted(available_placeholders(policy.facts))]


def _flaws(policy: Policy, language: str, key: str) -> list[Remedy]:
    """What `forecourt check` says of this text."""
    source = policy.facts.source_language
    shown = {name: policy.words[name] for name in (source, language) if name in policy.words}
    small = Policy(policy.facts, shown, policy.translations, policy.glossary)
    return [
        each.remedy
        for each in check_policy(small, country_codes())
        if each.file == f"words/{language}.toml" and each.key == key
    ]
