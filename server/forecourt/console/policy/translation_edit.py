"""Edits one text of the policy in one language, beside the text of the source language."""

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.characters import POLICY_TEXT
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy.draft_session import DraftOvertaken, DraftSession, DraftState, render_page
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.forms.lenses import EditedText, text_lens
from forecourt.console.policy.text_labels import named_text_label
from forecourt.console.policy.translation_list import is_asked_for, list_rows, parse_language
from forecourt.console.policy.translation_progress import is_prose, translation_status
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.policy import drafts
from forecourt.policy.check import Remedy, check_policy
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.localization.placeholders import available_placeholders, placeholder_values
from forecourt.policy.model import Policy, Translation, TranslationState
from forecourt.policy.word_keys import may_lack, required_word_keys, source_hash

MAX_TEXT_LENGTH = 10_000  # characters


class TranslationPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes("words/{language}/{key}", self.show, self.save)

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._render(request, agent, await self._session.read_state(request))

    async def save(self, request: Request, agent: Agent) -> Response:
        state, posted_fields = await self._session.read_state(request), await form_fields.read_fields(request)
        language, key = _parse_path(request, state)
        typed, version = (
            form_fields.first_value(posted_fields, "text"),
            form_fields.first_value(posted_fields, "version"),
        )
        try:
            value = _decode(state, language, key, posted_fields)
            await self._session.save_part(state.name, agent, text_lens(language, key), version, value)
        except Invalid as invalid:
            error = responses.error_text(request, invalid)
            return await self._render(request, agent, state, typed, invalid.status, error)
        except DraftOvertaken as overtaken:
            return await self._render(request, agent, overtaken.state, typed, 409, has_conflict=True)
        newer = await self._session.read_state(request)
        next_key = _next_key(request, newer, language, key) if "next" in posted_fields else None
        return responses.redirect(_address_after_save(request, newer, language, next_key))

    async def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        typed_text: str | None = None,
        status: int = 200,
        error: str = "",
        has_conflict: bool = False,
    ) -> Response:
        """Renders the form. `typed_text`: what was sent and not saved. `has_conflict`: somebody else saved first."""
        language, key = _parse_path(request, state)
        policy, edited = state.policy, text_lens(language, key).get(state.policy)
        source = policy.words.get(state.source, {}).get(key, "")
        remedies = await asyncio.to_thread(_find_remedies, policy, language, key) if typed_text is None else []
        context = {
            "language": language,
            "key": key,
            "label": named_text_label(state, key, responses.words(request)),
            "source": source,
            "source_hash": source_hash(source),
            "edited": edited,
            "text": typed_text if typed_text is not None else (edited.text if edited else ""),
            "text_status": translation_status(policy, language, key, required_word_keys(policy.facts)),
            "is_prose": is_prose(key),
            "placeholders": _placeholder_values(policy, language),
            "remedies": remedies,
            "version": drafts.fingerprint(edited),
            "error": error,
            "has_conflict": has_conflict,
            "next_key": _next_key(request, state, language, key),
            "terms": sorted(policy.glossary.get(language, {}).items()),
            "query": f"?{request.url.query}" if request.url.query else "",
        }
        return render_page(request, "translation_edit", agent, state, "words", status, **context)


def _parse_path(request: Request, state: DraftState) -> tuple[str, str]:
    """Returns language and key. Raises `NotFound` where neither the facts ask for such a text nor a language has it."""
    key = request.path_params["key"]
    is_written = any(key in texts for texts in state.policy.words.values())
    if not is_written and key not in required_word_keys(state.policy.facts):
        raise NotFound(key)
    return parse_language(request, state), key


def _next_key(request: Request, state: DraftState, language: str, key: str) -> str | None:
    """Returns the key after `key` in the list that the agent came from."""
    rows = list_rows(state, language, responses.words(request))
    index = next((index for index, row in enumerate(rows) if row.key == key), -1)
    return next((row.key for row in rows[index + 1 :] if is_asked_for(request, row)), None)


def _address_after_save(request: Request, state: DraftState, language: str, next_key: str | None) -> str:
    """Returns the address of the next text, or of the list, with its filter and search kept."""
    query = {name: request.query_params[name] for name in ("only", "q") if request.query_params.get(name)}
    path = f"words/{language}/{next_key}" if next_key else f"words/{language}"
    return f"{state.base}{path}?{urlencode(query | {'done': 'saved'})}"


def _decode(state: DraftState, language: str, key: str, posted_fields: Fields) -> EditedText | None:
    """Returns the text that was sent, or None for an empty translation: readers get the source's text, marked so.

    Raises `Invalid`.
    """
    text = form_fields.first_value(posted_fields, "text")
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid([Fault.too_long("text", text, MAX_TEXT_LENGTH)])
    if params := POLICY_TEXT.describe_first(text):
        raise Invalid([Fault("text", "characters", params)])
    if not text.strip():
        facts = state.policy.facts
        if language == state.source and key in required_word_keys(facts) and not may_lack(facts, key):
            raise Invalid([Fault("text", "required")])
        return None
    if language == state.source:
        return EditedText(text)
    translation_state = TranslationState.REVIEWED if "reviewed" in posted_fields else TranslationState.MACHINE
    return EditedText(text, Translation(translation_state, _translated_from(state, key, posted_fields)))


def _translated_from(state: DraftState, key: str, posted_fields: Fields) -> str:
    """Returns the hash of the source text that the translator saw; the text may have changed since."""
    sent_hash = form_fields.first_value(posted_fields, "source")
    current_hash = source_hash(state.policy.words.get(state.source, {}).get(key, ""))
    return sent_hash if re.fullmatch("[0-9a-f]{16}", sent_hash) else current_hash


def _placeholder_values(policy: Policy, language: str) -> list[tuple[str, str]]:
    """Returns what a text may name in braces, and what readers see there at present."""
    current = placeholder_values(policy, language)
    return [
        (name, re.sub(r"\\(.)", r"\1", current.get(name, ""))) for name in sorted(available_placeholders(policy.facts))
    ]


def _find_remedies(policy: Policy, language: str, key: str) -> list[Remedy]:
    """Returns what `forecourt check` says of this text."""
    source = policy.facts.source_language
    words = {name: policy.words[name] for name in (source, language) if name in policy.words}
    small_policy = Policy(policy.facts, words, policy.translations, policy.glossary)
    findings = check_policy(small_policy, country_codes())
    return [finding.remedy for finding in findings if finding.file == f"words/{language}.toml" and finding.key == key]
