"""What differs between two versions of a sheet: columns, rows and cells, in words and marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.workbooks.planning.difference import CellChange, RowPair, SheetDifference
from backend.workbooks.views import DifferenceSummary, RowView, SheetView, VersionView
from dashboard import format as fmt
from dashboard.components.form_field import field_error, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.workbooks import ids
from dashboard.pages.workbooks.address import Address
from dashboard.pages.workbooks.list_panels import scrolling

MOST_ROWS = 200
"""Rows that are drawn of each kind; what is more is said, not drawn."""
GUESSED = " "
"""The choice that leaves the key to the comparison; no heading is a blank."""
_ADDED, _REMOVED, _CHANGED = "Added", "Removed", "Changed"
Side = tuple[VersionView, SheetView]


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, and by their places the rows of both sheets that are drawn."""

    found: SheetDifference
    befores: Mapping[int, RowView]
    afters: Mapping[int, RowView]

    @property
    def changed(self) -> list[RowPair]:
        """The rows of both versions with a cell that differs."""
        return changed_in_both(self.found)


def difference(
    old: Side, new: Side, told: Compared | str, address: Address, others: Sequence[Side]
) -> html.Section:
    """Draw the comparison; a text instead of one says why there is none.

    ``others`` are the sheets that the shown one can be compared with.
    """
    title = f"From version {old[0].number} to version {new[0].number}"
    close = replace(address, against=None, key="").href()
    body: list[Component]
    if isinstance(told, str):
        body = [html.Div(field_error(told), role="alert")]
    else:
        body = [_counts(told), *columns(told.found), *_rows(told, old[1])]
    return panel(
        "What changed",
        choices(old[1], new[1], address, others),
        *body,
        meta=title,
        aside=html.A("Close the comparison", href=close, className="wb-a"),
        class_name="wb-diff",
    )


def drawn_places(found: SheetDifference) -> tuple[list[int], list[int]]:
    """Return the places of the rows that are drawn, of the old sheet and of the new one."""
    befores = [place for place, _ in found.removed_rows[:MOST_ROWS]]
    afters = [pair.after for pair in changed_in_both(found)[:MOST_ROWS]]
    return befores, [*afters, *(place for place, _ in found.added_rows[:MOST_ROWS])]


def choices(old: SheetView, new: SheetView, address: Address, others: Sequence[Side]) -> html.Div:
    """Draw what is compared with, and by which column rows are the same."""
    sheets = [
        {"value": str(sheet.id), "label": f"Version {version.number} · {sheet.name}"}
        for version, sheet in others
    ]
    shared = [heading for heading in new.headings if heading in old.headings]
    keys = [{"value": GUESSED, "label": "The column with most values in common"}] + [
        {"value": heading, "label": heading} for heading in shared
    ]
    chosen = address.key if address.key in shared else GUESSED
    return html.Div(
        [
            form_field(
                "Compared with",
                dbc.Select(
                    id=ids.AGAINST, options=sheets, value=str(address.against), className="sm"
                ),
            ),
            form_field(
                "Rows are the same by",
                dbc.Select(id=ids.KEY, options=keys, value=chosen, className="sm"),
            ),
        ],
        className="wb-choices",
    )


def changed_in_both(found: SheetDifference) -> list[RowPair]:
    """Return the rows with the cells that differ in a column of both versions.

    Of a column that only one of them has, every cell would differ: its heading says it at once.
    """
    kept = [
        replace(
            pair,
            cells=tuple(
                cell for cell in pair.cells if cell.before is not None and cell.after is not None
            ),
        )
        for pair in found.changed
    ]
    return [pair for pair in kept if pair.cells]


def _counts(told: Compared) -> html.Div:
    found, changed = told.found, told.changed
    return counted(
        found,
        cells=sum(len(pair.cells) for pair in changed),
        changed=len(changed),
        added=len(found.added_rows),
        removed=len(found.removed_rows),
    )


def counted(
    found: SheetDifference | DifferenceSummary,
    *,
    cells: int,
    changed: int,
    added: int,
    removed: int,
) -> html.Div:
    """Say how much differs, and how rows were matched."""
    said = [
        marking(_ADDED, fmt.plural(len(found.added_columns), "column", "columns")),
        marking(_REMOVED, fmt.plural(len(found.removed_columns), "column", "columns")),
        marking(_ADDED, fmt.plural(added, "row", "rows")),
        marking(_REMOVED, fmt.plural(removed, "row", "rows")),
        marking(
            _CHANGED,
            f"{fmt.plural(cells, 'cell', 'cells')} in {fmt.plural(changed, 'row', 'rows')}",
        ),
    ]
    return html.Div(
        [html.Ul([html.Li(each) for each in said], className="wb-counts"), matched(found)]
    )


def matched(found: SheetDifference | DifferenceSummary) -> html.P:
    """Say by what rows are the same."""
    if found.key is None:
        words = (
            "Rows are matched by their order: no column is filled and unique in both versions, "
            "with values in common."
        )
    else:
        words = f"Rows are the same when their {found.key} is."
    return html.P(words, className="t2")


def columns(found: SheetDifference | DifferenceSummary) -> list[Component]:
    """Draw the columns that one version lacks, nothing without any."""
    items = [
        *(html.Li([marking(_ADDED, ""), heading]) for heading in found.added_columns),
        *(html.Li([marking(_REMOVED, ""), heading]) for heading in found.removed_columns),
    ]
    if not items:
        return []
    return [html.Div([html.H3("Columns"), html.Ul(items, className="wb-list")])]


def _rows(told: Compared, old: SheetView) -> list[Component]:
    drawn: list[Component] = []
    found, changed = told.found, told.changed
    if changed:
        drawn.append(_part("Changed cells", _changed(changed[:MOST_ROWS], told), changed))
    if found.added_rows:
        places = [place for place, _ in found.added_rows[:MOST_ROWS]]
        table = _whole_rows(places, found.headings, told.afters, _ADDED)
        drawn.append(_part("Added rows", table, found.added_rows))
    if found.removed_rows:
        places = [place for place, _ in found.removed_rows[:MOST_ROWS]]
        table = _whole_rows(places, old.headings, told.befores, _REMOVED)
        drawn.append(_part("Removed rows", table, found.removed_rows))
    if not drawn:
        drawn.append(html.P("Every row is the same in both.", className="t2"))
    return drawn


def _part(title: str, table: html.Table, rows: Sequence[object]) -> html.Div:
    parts: list[Component] = [html.H3(title), scrolling(table, title, "wb-rowsx")]
    if len(rows) > MOST_ROWS:
        words = f"The first {fmt.count(MOST_ROWS)} of {fmt.count(len(rows))} rows are shown."
        parts.append(html.P(words, className="t2"))
    return html.Div(parts)


def _changed(pairs: Sequence[RowPair], told: Compared) -> html.Table:
    key = told.found.key
    heads = ("Line", *([key] if key else []), "Mark", "Column", "Before", "After")
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody([_cell(pair, cell, told) for pair in pairs for cell in pair.cells]),
        ],
        className="tbl flush plain",
    )


def _cell(pair: RowPair, cell: CellChange, told: Compared) -> html.Tr:
    row, key = told.afters[pair.after], told.found.key
    place = told.found.headings.index(key) if key else 0
    named = [html.Td("".join(row.cells[place : place + 1]), className="wb-cell")] if key else []
    return html.Tr(
        [
            html.Td(fmt.count(row.number), className="num"),
            *named,
            html.Td(marking(_CHANGED, "")),
            html.Th(cell.heading, scope="row", className="wb-th"),
            html.Td(cell_text(cell.before, html.Del), className="wb-value"),
            html.Td(["→ ", cell_text(cell.after, html.Ins)], className="wb-value"),
        ]
    )


def _whole_rows(
    places: Sequence[int], headings: Sequence[str], rows: Mapping[int, RowView], mark: str
) -> html.Table:
    heads = [html.Th(word, scope="col") for word in ("Line", "Mark", *headings)]
    body = [
        html.Tr(
            [
                html.Td(fmt.count(rows[place].number), className="num"),
                html.Td(marking(mark, "")),
                *(html.Td(cell, title=cell, className="wb-cell") for cell in rows[place].cells),
            ]
        )
        for place in places
    ]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="tbl flush plain")


def cell_text(text: str | None, element: type[html.Del | html.Ins]) -> Component:
    """Draw a cell as it was or is; an empty one and one without a column are said."""
    if text is None:
        return html.Span("no such column", className="t3")
    if not text:
        return html.Span("empty", className="t3")
    return element(text)


def marking(what: str, words: str) -> html.Span:
    """Draw how something differs: “Added”, “Removed” or “Changed”, with its sign."""
    match what:
        case "Added":
            sign = icon("plus-lg", Tone.OK)
        case "Removed":
            sign = icon("dash-lg", Tone.CRIT)
        case _:
            sign = icon("pencil", Tone.WARN)
    return html.Span([sign, f"{what} {words}".strip()], className="st")
