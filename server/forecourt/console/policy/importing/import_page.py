"""Imports an owner's own page into the draft: uploaded, pasted, or fetched from its address."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.policy.draft_session import DraftSession, DraftState, render_page
from forecourt.console.policy.first_release import empty_policy
from forecourt.console.policy.importing.import_form import ImportForm, ImportRefused, import_languages, read_form
from forecourt.console.policy.own_pages import may_be_private
from forecourt.errors import FetchRefused, PolicyMoved, TooLarge
from forecourt.policy.importing.page import BYTES_AT_MOST
from forecourt.policy.importing.page_refusal import PageRefused

if TYPE_CHECKING:
    from forecourt.policy.importing.draft.outline import Outline
    from forecourt.policy.importing.imported_policy import ImportedPolicy
    from forecourt.policy.importing.page_source import PageSource
    from forecourt.policy.importing.tables.purpose_column import PurposeQuestion

MEGABYTES_AT_MOST = BYTES_AT_MOST // 1024**2
FETCH_DETAIL_AT_MOST = 300  # characters
_REASONS_AT_MOST = 10  # why a page could not be read


class ImportPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes("import", self.show, self.read)

    async def show(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        return self._render(request, agent, state, ImportForm(state.source))

    async def read(self, request: Request, agent: Agent) -> Response:
        """Reads the page into the draft. What could not be read is said, and what was typed stays in the form."""
        state = await self._session.read_state(request)
        form = ImportForm(state.source)
        words = responses.words(request)
        try:
            form = await read_form(request, state)
            settings = self._session.context.settings
            source = await form.read_source(may_be_private(form.address, settings, state.site))
            page = await asyncio.to_thread(_read_page, state, source, form)
            if page.purpose_question:
                return self._render(request, agent, state, form, question=page.purpose_question)
            imported = await asyncio.to_thread(_import, state, page)
            if imported.policy == state.policy and not imported.notes:
                return responses.redirect_form(request, f"{state.base}?done=nothing_new")
            await self._session.save_draft(state, agent, imported.policy, notes=imported.notes)
        except TooLarge as error:
            sentence = words("console.import.too_large", size=MEGABYTES_AT_MOST)
            return self._render(request, agent, state, form, error.status, sentence)
        except ImportRefused as error:
            return self._render(request, agent, state, form, 422, words(f"console.import.refused.{error.code}"))
        except FetchRefused as error:
            sentence = words(f"console.fetch.{error.code}", detail=error.detail[:FETCH_DETAIL_AT_MOST])
            return self._render(request, agent, state, form, 422, sentence)
        except PageRefused as error:
            reasons = [reason.sentence(words) for reason in error.reasons[:_REASONS_AT_MOST]]
            return self._render(request, agent, state, form, 422, words("console.import.unreadable"), reasons)
        except PolicyMoved as error:
            return self._render(request, agent, state, form, error.status, words("error.policy_moved"))
        next_page = _next_page(state, form.language, bool(imported.notes))
        return responses.redirect_form(request, f"{state.base}{next_page}")

    def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        form: ImportForm,
        status: int = 200,
        error: str = "",
        reasons: Sequence[str] = (),
        question: "PurposeQuestion | None" = None,
    ) -> Response:
        context: Mapping[str, object] = {
            "form": form,
            "error": error,
            "reasons": reasons,
            "question": question,
            "is_file_lost": bool(form.file) and not responses.is_fragment(request),
            "languages": import_languages(state),
            "size": MEGABYTES_AT_MOST,
            "is_begun": bool(state.policy.facts.engagements),
            "notes": state.draft.notes if state.draft else (),
        }
        return render_page(request, "import", agent, state, "import", status, **context)


def _next_page(state: DraftState, language: str, has_notes: bool) -> str:
    """Returns where an import leads: to what is missing, to what changes, or to the texts of a language.

    What of a language could not be placed is shown first.
    """
    if not state.policy.facts.engagements:
        return "grid?done=imported"
    if language == state.source:
        return "?done=imported"
    return "import?done=imported" if has_notes else f"words/{language}?only=todo&done=imported"


def _read_page(state: DraftState, source: "PageSource", form: ImportForm) -> "Outline":
    """Returns what the page says. Takes up to seconds, so call it in a thread. Raises `PageRefused`."""
    from forecourt.policy.importing.page_source import read_source  # the readers of pages are slow to import

    names = [entity.legal_name for entity in state.policy.facts.entities]
    return read_source(source, form.language, names, form.purpose_column)


def _import(state: DraftState, page: "Outline") -> "ImportedPolicy":
    """Returns the draft that the page makes: the first, one with another language, or one with what is newer.

    Takes up to seconds, so call it in a thread.
    """
    from forecourt.console.policy.importing.newer_page import take_newer_page
    from forecourt.console.policy.importing.next_language import add_language
    from forecourt.policy.importing.imported_policy import make_policy

    facts = state.policy.facts
    if not facts.engagements:
        return make_policy(page, empty_policy(state.site, state.edition.day))
    return take_newer_page(page, state) if page.language == facts.source_language else add_language(page, state.policy)
