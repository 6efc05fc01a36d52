"""Shows the draft as a grid to fill in like a spreadsheet, and saves what was typed."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
from forecourt.console.policy.forms.form_fields import Fields
from forecourt.console.policy.forms.local_dates import date_locale
from forecourt.console.policy.grid.cell_texts import CellTexts
from forecourt.console.policy.grid.cell_writer import CellWriter
from forecourt.console.policy.grid.grid_columns import CHOICES, COLUMNS, COLUMNS_BY_NAME, GridColumn
from forecourt.console.policy.grid.grid_rows import GridCell, GridLayout, GridRow, find_remaining_notes
from forecourt.errors import Malformed, PolicyMoved, Unavailable
from forecourt.fault_sentence import fault_sentence
from forecourt.policy.stated_facts import count_facts

_NEXT_PAGES = ("preview", "publish")


@dataclass(frozen=True)
class _Entry:
    """Holds what a form sent: the cells' texts, the versions of the rows, and the rows that were looked at.

    `accepted` are the suggestions that were ticked, each as its cell's name and its number there.
    """

    cells: dict[str, str]
    versions: dict[str, str]
    looked_at: tuple[str, ...]
    accepted: tuple[str, ...] = ()

    @classmethod
    def from_fields(cls, fields: Fields) -> "_Entry":
        """Raises `Malformed` where a field is none of the grid's."""
        cells = {name: form_fields.first_value(fields, name) for name in fields if name.startswith("cell.")}
        if any(len(parts := name.split(".")) != 3 or parts[2] not in COLUMNS_BY_NAME for name in cells):
            raise Malformed("no cell of the grid")
        prefix = "version."
        row_names = [name for name in fields if name.startswith(prefix)]
        versions = {name.removeprefix(prefix): form_fields.first_value(fields, name) for name in row_names}
        return cls(cells, versions, tuple(fields.get("looked_at", ())), tuple(fields.get("accept", ())))


@dataclass(eq=False)
class _EntryRefusal(Exception):
    """Says why nothing was saved: sentences by cell, or the cells that somebody else filled in meanwhile."""

    state: DraftState
    status: int
    errors: Mapping[str, str] = field(default_factory=dict)
    conflicts: Sequence[tuple[str, str, str, str]] = ()


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
        fields = await form_fields.read_fields(request)
        entry = _Entry.from_fields(fields)
        try:
            state = await self._save(request, agent, entry)
        except _EntryRefusal as refusal:
            return self._render(request, agent, refusal.state, entry, refusal)
        next_page = form_fields.first_value(fields, "next")
        if next_page in _NEXT_PAGES:
            return responses.redirect(f"{state.base}{next_page}")
        query = "&".join(["done=saved", *(f"{name}={value}" for name, value in _view(request).items())])
        return responses.redirect(f"{state.base}grid?{query}")

    async def _save(self, request: Request, agent: Agent, entry: _Entry) -> DraftState:
        """Saves the cells, on the newest version of the draft. Raises `_EntryRefusal`, and `Unavailable`."""
        for _ in range(SAVE_ATTEMPTS):
            state = await self._session.read_state(request)
            writer = CellWriter(state.policy, responses.language(request), _dates(request))
            changes = _write(writer, _cells_to_write(request, state, entry))
            if writer.faults:
                words = responses.words(request)
                raise _EntryRefusal(state, 422, {fault.path: fault_sentence(fault, words) for fault in writer.faults})
            old_notes = state.draft.notes if state.draft else ()
            notes = find_remaining_notes(old_notes, entry.looked_at, changes)
            if writer.policy == state.policy and notes == old_notes:
                return state
            with contextlib.suppress(PolicyMoved):  # another part was saved meanwhile
                await self._session.save_draft(state, agent, writer.policy, notes=notes)
                return state
        raise Unavailable("too many save at once")

    def _render(
        self,
        request: Request,
        agent: Agent,
        state: DraftState,
        entry: _Entry | None = None,
        refusal: _EntryRefusal | None = None,
    ) -> Response:
        view = _view(request)
        typed = _without_blanks_over(state, request, entry, refusal) if entry else None
        layout = GridLayout(state, _texts(request, state), view.get("all") == "1", typed)
        page: NumberedPage[GridRow] = numbered_page(request, [*layout.rows()])
        count, locale = count_facts(state.policy.facts), responses.language(request)
        context = {
            "page": page,
            "is_conflict": refusal is not None and refusal.status == 409,
            "columns": _shown_columns(page.rows),
            "view": view,
            "count": count,
            "errors": refusal.errors if refusal else {},
            "conflicts": refusal.conflicts if refusal else (),
            "options": _options(layout.texts, locale),
            "notes": [note for note in state.draft.notes if not note.engagement] if state.draft else [],
        }
        return render_page(request, "grid", agent, state, "grid", refusal.status if refusal else 200, **context)


def _view(request: Request) -> dict[str, str]:
    """Returns what of the grid is shown: `all`: each cell has a field; `page`."""
    parameters = {name: request.query_params.get(name, "") for name in ("all", "page")}
    return {name: value for name, value in parameters.items() if value.isascii() and value.isdigit() and len(value) < 6}


def _dates(request: Request) -> str:
    return date_locale(request, responses.language(request))


def _texts(request: Request, state: DraftState) -> CellTexts:
    return CellTexts(state.policy, responses.language(request), _dates(request))


def _current_cells(request: Request, state: DraftState) -> dict[str, tuple[GridRow, GridCell]]:
    """Returns each cell with its row, by its name."""
    rows = GridLayout(state, _texts(request, state)).rows()
    return {cell.name: (row, cell) for row in rows for cell in row.cells}


def _cells_to_write(request: Request, state: DraftState, entry: _Entry) -> dict[str, str]:
    """Returns what was typed. A cell that was left blank is none where somebody else has saved the row meanwhile.

    Raises `_EntryRefusal` where they saved something else in a cell that was typed in, or removed the row.
    """
    current = _current_cells(request, state)
    if entry.cells.keys() - current.keys():
        raise _EntryRefusal(state, 409, conflicts=[])
    moved = {name for name, (row, _) in current.items() if entry.versions.get(row.id) != row.version}
    conflicts = [
        (row.title, cell.column.name, cell.text, entry.cells[name])
        for name, (row, cell) in current.items()
        if name in moved and entry.cells.get(name, "") not in ("", cell.text)
    ]
    if any(theirs for _, __, theirs, ___ in conflicts):
        raise _EntryRefusal(state, 409, conflicts=conflicts)
    texts = {name: text for name, text in entry.cells.items() if text or name not in moved}
    return texts | _accepted_texts(current, entry)


def _accepted_texts(current: Mapping[str, tuple[GridRow, GridCell]], entry: _Entry) -> dict[str, str]:
    """Returns the texts of the suggestions that were ticked: ours, never what the form says they are."""
    texts: dict[str, str] = {}
    for value in entry.accepted:
        name, _, number = value.rpartition(".")
        row, cell = current.get(name, (None, None))
        offers = {str(index): offer.text for index, offer in enumerate(cell.suggestions)} if cell else {}
        if row and number in offers and entry.versions.get(row.id) == row.version:
            texts[name] = offers[number]
    return texts


def _write(writer: CellWriter, cells: Mapping[str, str]) -> dict[str, list[str]]:
    """Writes every cell, and returns the columns that this changes, by row."""
    changes: dict[str, list[str]] = {}
    for name, text in cells.items():
        _, row, column = name.split(".")
        before = writer.policy
        writer.write(row, COLUMNS_BY_NAME[column], text)
        if writer.policy != before:
            changes.setdefault(row, []).append(column)
    return changes


def _without_blanks_over(
    state: DraftState, request: Request, entry: _Entry, refusal: _EntryRefusal | None
) -> dict[str, str]:
    """Returns what was typed. In a conflict, what was left blank does not stand over what somebody else filled in."""
    current = _current_cells(request, state)
    is_conflict = refusal is not None and refusal.status == 409
    return {name: text for name, text in entry.cells.items() if name in current and (text or not is_conflict)}


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
