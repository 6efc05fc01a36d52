"""Lists the policy's texts in one language beside the source language, by status or by what they say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.pagination import matches_search, numbered_page
from forecourt.console.policy.draft_session import DraftSession, DraftState, render_page
from forecourt.console.policy.text_labels import text_label
from forecourt.console.policy.translation_progress import TranslationStatus, sorted_text_keys, translation_status
from forecourt.errors import NotFound
from forecourt.i18n import Words
from forecourt.policy.word_keys import expected_word_keys

FILTERS = ("", "todo", *(status for status in TranslationStatus if status is not TranslationStatus.WRITTEN))
_TO_DO = (TranslationStatus.MISSING, TranslationStatus.STALE, TranslationStatus.MACHINE)


@dataclass(frozen=True)
class TranslationRow:
    """Holds one text. `label` says what it is for, in the agent's language."""

    key: str
    label: str
    source: str
    text: str
    status: TranslationStatus


class TranslationListPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return [
            self._session.route("GET", "words", self.show),
            self._session.route("GET", "words/{language}", self.show),
        ]

    async def show(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        language, only = parse_language(request, state), request.query_params.get("only", "")
        all_rows = list_rows(state, language, responses.words(request))
        rows = [row for row in all_rows if is_asked_for(request, row)]
        counts = Counter(str(row.status) for row in all_rows)
        counts["todo"] = sum(counts[status] for status in _TO_DO)
        return render_page(
            request,
            "translation_list",
            agent,
            state,
            "words",
            page=numbered_page(request, rows),
            language=language,
            only=only,
            filters=FILTERS,
            counts=counts,
        )


def parse_language(request: Request, state: DraftState) -> str:
    """Returns the path's language, or the source's. Raises `NotFound` where neither site nor policy has it."""
    language = str(request.path_params.get("language") or state.source)
    if language not in state.languages:
        raise NotFound(language)
    return language


def list_rows(state: DraftState, language: str, labels: Words) -> list[TranslationRow]:
    """Returns the texts that the facts ask for or the language has, in the order of the policy's page."""
    policy, required = state.policy, expected_word_keys(state.policy)
    source, texts = policy.words.get(state.source, {}), policy.words.get(language, {})
    return [
        TranslationRow(
            key,
            text_label(state, key, labels),
            source.get(key, ""),
            texts.get(key, ""),
            translation_status(policy, language, key, required),
        )
        for key in sorted_text_keys(policy)
        if key in required or key in texts
    ]


def is_asked_for(request: Request, row: TranslationRow) -> bool:
    """Checks whether the filter `?only=` and the search `?q=` let the row through."""
    only = request.query_params.get("only", "")
    if only == "todo" and row.status not in _TO_DO:
        return False
    if only in list(TranslationStatus) and row.status != only:
        return False
    return matches_search(request, row.key, row.label, row.source, row.text)
