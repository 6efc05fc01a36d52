"""Shows the draft as a grid to fill in like a spreadsheet, and saves what was typed."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import i18n
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.pagination import NumberedPage, numbered_page
from forecourt.console.policy.draft_session import SAVE_ATTEMPTS, DraftSession, DraftState, render_page
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.edit_form import country_options
from forecourt.console.policy.forms.local_dates import date_locale
from forecourt.console.policy.grid.cell_merge import MergedEntry, RemovedRow, find_removed_rows, merge_entry
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.console.policy.grid.cell_writer import CellWriter
from forecourt.console.policy.grid.grid_columns import CHOICES, COLUMNS, COLUMNS_BY_NAME, OWNER_ROW, GridColumn
from forecourt.console.policy.grid.grid_entry import MINE, GridEntry, split_name
from forecourt.console.policy.grid.grid_rows import GridLayout, GridRow, find_remaining_notes
from forecourt.errors import Fault, PolicyMoved, Unavailable
from forecourt.fault_sentence import fault_sentence
from forecourt.policy.model import Policy
from forecourt.policy.stated_facts import count_facts

MAX_BYTES = 1024 * 1024  # of a form: each cell is in it twice, as it was opened and as it is typed
_NEXT_PAGES = ("preview", "publish")


@dataclass(eq=False)
class _EntryRefusal(Exception):
    """Says why nothing was saved: sentences by cell, and what others did meanwhile in the same cells and rows."""

    state: DraftState
    errors: Mapping[str, str]
    merged: MergedEntry
    removed_rows: Sequence[RemovedRow]

    @property
    def open_count(self) -> int:
        """Returns for how many cells and rows somebody has to choose."""
        choices = [each.choice for each in self.merged.conflicts.values()] + [row.choice for row in self.removed_rows]
        return choices.count("")

    @property
    def first_choice(self) -> str:
        """Returns where the page asks for the first of them, as the anchor of its row or cell."""
        names = [row.id for row in self.removed_rows if not row.choice]
        names += [name for name, each in self.merged.conflicts.items() if not each.choice]
        return f"c-{names[0]}" if names else ""

    @property
    def status(self) -> int:
        return 409 if self.open_count else 422


class GridPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes("grid", self.show, self.save)

    async def show(self, request: Request, agent: Agent) -> Response:
        state = await self._session.read_state(request)
        if not state.policy.facts.engagements:
            return responses.redirect(f"{state.base}import")
        return self._render(request, agent, state)

    async def save(self, request: Request, agent: Agent) -> Response:
        fields = await form_fields.read_fields(request, MAX_BYTES)
        entry = GridEntry.from_fields(fields)
        try:
            state = await self._save(request, agent, entry)
        except _EntryRefusal as refusal:
            return self._render(request, agent, refusal.state, entry, refusal)
        next_page = form_fields.first_value(fields, "next")
        if next_page in _NEXT_PAGES:
            return responses.redirect(f"{state.base}{next_page}")
        query = "&".join(["done=saved", *(f"{name}={value}" for name, value in _view(request).items())])
        return responses.redirect(f"{state.base}grid?{query}")

    async def _save(self, request: Request, agent: Agent, entry: GridEntry) -> DraftState:
        """Saves the cells, on the newest version of the draft. Raises `_EntryRefusal`, and `Unavailable`."""
        for _ in range(SAVE_ATTEMPTS):
            state = await self._session.read_state(request)
            policy, changes = self._merge(request, state, entry)
            old_notes = state.draft.notes if state.draft else ()
            notes = find_remaining_notes(old_notes, entry.looked_at, changes)
            if policy == state.policy and notes == old_notes:
                return state
            with contextlib.suppress(PolicyMoved):  # another part was saved meanwhile
                await self._session.save_draft(state, agent, policy, notes=notes)
                return state
        raise Unavailable("too many save at once")

    def _merge(self, request: Request, state: DraftState, entry: GridEntry) -> tuple[Policy, dict[str, list[str]]]:
        """Returns the policy with what was typed, and the columns that this changes, by row. Raises `_EntryRefusal`."""
        writer = CellWriter(state.policy, responses.language(request), _dates(request))
        removed_rows = find_removed_rows(entry, state.policy)
        for row in removed_rows:
            if row.choice == MINE:
                writer.restore_row(row.id, row.opened, state.release.policy)
        merged = merge_entry(entry, CellTexts(writer.policy, writer.locale, writer.dates))
        faults = _find_outdated_offers(entry, merged, GridLayout(state, _texts(request, state)))
        changes = _write(writer, merged.texts)
        words = responses.words(request)
        errors = {fault.path: fault_sentence(fault, words) for fault in (*faults, *writer.faults)}
        refusal = _EntryRefusal(state, errors, merged, removed_rows)
        if errors or refusal.open_count:
            raise refusal
        return writer.policy, changes

    def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        entry: GridEntry | None = None,
        refusal: _EntryRefusal | None = None,
    ) -> Response:
        view, texts = _view(request), _texts(request, state)
        layout = GridLayout(state, texts, view.get("all") == "1")
        if entry and refusal:
            layout = replace(layout, typed=entry.changed_cells, conflicts=refusal.merged.conflicts, entry=entry)
        page: NumberedPage[GridRow] = numbered_page(request, [*layout.rows()])
        has_owner = page.number == 1
        if entry and refusal:
            has_owner, page = OWNER_ROW in entry.opened_rows, _as_opened(page, layout, entry, refusal)
        context = {
            "page": page,
            "owner": layout.owner() if has_owner else None,
            "open_count": refusal.open_count if refusal else 0,
            "first_choice": refusal.first_choice if refusal else "",
            "columns": _shown_columns(page.rows),
            "view": view,
            "count": count_facts(state.policy.facts),
            "errors": refusal.errors if refusal else {},
            "looked_at": entry.looked_at if entry else (),
            "options": _options(texts, responses.language(request)),
            "notes": [note for note in state.draft.notes if not note.engagement] if state.draft else [],
        }
        return render_page(request, "grid", agent, state, "grid", refusal.status if refusal else 200, **context)


def _as_opened(
    page: NumberedPage[GridRow], layout: GridLayout, entry: GridEntry, refusal: _EntryRefusal
) -> NumberedPage[GridRow]:
    """Returns the page with the rows that the form had, wherever they are by now, and with those that are gone."""
    rows = [row for row in layout.rows() if row.id in entry.opened_rows]
    return replace(page, rows=[*map(layout.removed_row, refusal.removed_rows), *rows])


def _view(request: Request) -> dict[str, str]:
    """Returns what of the grid is shown: `all`: each cell has a field; `page`."""
    parameters = {name: request.query_params.get(name, "") for name in ("all", "page")}
    return {name: value for name, value in parameters.items() if value.isascii() and value.isdigit() and len(value) < 6}


def _dates(request: Request) -> str:
    return date_locale(request, responses.language(request))


def _texts(request: Request, state: DraftState) -> CellTexts:
    return CellTexts(state.policy, responses.language(request), _dates(request))


def _find_outdated_offers(entry: GridEntry, merge: MergedEntry, layout: GridLayout) -> list[Fault]:
    """Returns a fault for each ticked suggestion that is none any more: nobody vouches for it."""
    accepted = {name: text for name, text in entry.accepted.items() if merge.texts.get(name) == text}
    offers = {
        (cell.name, offer.text) for row in layout.rows() if accepted for cell in row.cells for offer in cell.suggestions
    }
    return [Fault(name, "not_offered") for name, text in accepted.items() if (name, text) not in offers]


def _write(writer: CellWriter, cells: Mapping[str, str]) -> dict[str, list[str]]:
    """Writes every cell, and returns the columns that this changes, by row."""
    changes: dict[str, list[str]] = {}
    for name, text in cells.items():
        row, column = split_name(name)
        before = writer.policy
        writer.write(row, COLUMNS_BY_NAME[column], text)
        if writer.policy != before:
            changes.setdefault(row, []).append(column)
    return changes


def _shown_columns(rows: Iterable[GridRow]) -> Sequence[GridColumn]:
    """Returns the columns without extra ones that have nothing to show."""
    used_columns = {cell.column for row in rows for cell in row.cells if not cell.is_empty}
    return [column for column in COLUMNS if column in used_columns or not column.is_extra]


def _options(texts: CellTexts, locale: str) -> dict[str, Sequence[str]]:
    """Returns what the cells of a column offer, by its name."""
    choices = {name: [texts.choice(name, each) for each in kinds] for name, (_, kinds) in CHOICES.items()}
    countries = [label for _, label in country_options(locale)]
    not_stated = i18n.words(locale)("console.grid.not_stated")
    return {**choices, "country": countries, "locations": [not_stated, *countries]}
