"""The list of workbooks, and what was found in the cells of all of them."""

from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.paging import Page
from backend.workbooks.ids import ReadState
from backend.workbooks.views import FoundRow, FoundRows, WorkbookSummary
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.workbooks import ids
from dashboard.pages.workbooks.address import Address, list_href

LOOKS: dict[ReadState, Look] = {
    ReadState.WAITING: Look("Being read", "hourglass", Tone.OFF),
    ReadState.READ: Look("Read", "check-circle", Tone.OK),
    ReadState.REFUSED: Look("Not read", "x-octagon-fill", Tone.CRIT),
}
_HEADS = ("Workbook", "Project", "State", "Version", "Sheets", "Rows", "Newest by", "On")
_FOUND = ("Workbook", "Version", "Sheet", "Line", "Cell")
_NUMBERS = {"Version", "Sheets", "Rows", "Line"}


def search_bar(find: str, *, older: bool) -> html.Section:
    """Draw the search through every cell of every workbook."""
    box = dbc.Checkbox(id=ids.FIND_OLDER, label="Older versions too", value=older)
    field = dbc.Input(
        id=ids.FIND,
        type="search",
        value=find,
        maxlength=200,
        autocomplete="off",
        placeholder="A barcode, a name, a part of either",
    )
    return html.Section(
        [
            form_field("Find in all sheets", field),
            html.Div(
                [button("Find", id=ids.FIND_GO, icon="search"), box], className="row-x g12 wb-go"
            ),
        ],
        className="panel wb-find",
        role="search",
        **aria(label="Find in all sheets"),
    )


def name_bar(named: str) -> html.Section:
    """Draw the search for a workbook by what it is called."""
    field = dbc.Input(
        id=ids.NAMED,
        type="search",
        value=named,
        maxlength=200,
        autocomplete="off",
        placeholder="A part of its name, its file's name or its project's code",
    )
    return html.Section(
        [
            form_field("Find a workbook", field),
            html.Div([button("Show", id=ids.NAMED_GO)], className="row-x g12 wb-go"),
        ],
        className="panel wb-find",
        role="search",
        **aria(label="Find a workbook"),
    )


def found(text: str, rows: FoundRows, *, older: bool) -> Component:
    """Draw the lines with a cell that contains the text, each leading to its line."""
    if not rows.rows:
        return _nothing_found(text, older=older)
    said = fmt.plural(len(rows.rows), "line", "lines")
    more = (
        html.P(
            f"Only the first {said} are shown. Write more of the text to see the others.",
            className="t2 wb-more",
        )
        if rows.is_more
        else None
    )
    heads = [html.Th(word, scope="col", className=_class(word)) for word in _FOUND]
    body = html.Tbody([_found_row(row, text) for row in rows.rows])
    return panel(
        f"Found “{text}”",
        scrolling(
            html.Table([html.Thead(html.Tr(heads)), body], className="tbl flush plain"), "Found"
        ),
        *([more] if more else []),
        meta=said,
        aside=html.A("Close the search", href=list_href(), className="wb-a"),
        class_name="wb-found",
    )


def listed(
    found: Page[WorkbookSummary], *, named: str, after: str, may_add: bool, zone: ZoneInfo
) -> Component:
    """Draw a page of the workbooks, the newest first, with the way to the others."""
    workbooks = found.items
    if not workbooks and (named or after):
        return _none_called(named)
    if not workbooks:
        add = button("Add a workbook", kind="primary", icon="upload", opens=ids.NEW_DIALOG)
        return empty_state(
            "No workbook yet",
            "A workbook added here is kept with every version of it. Its cells can be searched, "
            "counted, compared and sent to registration.",
            *([add] if may_add else []),
            icon="file-earmark-spreadsheet",
        )
    heads = [html.Th(word, scope="col", className=_class(word)) for word in _HEADS]
    body = html.Tbody([_listed_row(each, zone) for each in workbooks])
    return panel(
        "Workbooks",
        scrolling(
            html.Table([html.Thead(html.Tr(heads)), body], className="tbl flush plain"),
            "Workbooks",
        ),
        *_turning(found, named, after),
        meta=_counted(found, after),
    )


def scrolling(table: Component, label: str, class_name: str = "") -> html.Div:
    """Put a table where it can be scrolled by keyboard."""
    return html.Div(
        table,
        className=f"tbl-x {class_name}".strip(),
        tabIndex="0",
        role="region",
        **aria(label=label),
    )


def marked(cell: str, text: str) -> list[Component | str]:
    """Return a cell's text with the first place of what was sought marked."""
    at = cell.casefold().find(text.casefold())
    # Folding can lengthen a text (ß becomes ss): a place beyond it is not marked rather than wrong.
    if at < 0 or cell[at : at + len(text)].casefold() != text.casefold():
        return [cell]
    return [cell[:at], html.Mark(cell[at : at + len(text)]), cell[at + len(text) :]]


def _counted(found: Page[WorkbookSummary], after: str) -> str:
    said = fmt.plural(len(found.items), "workbook", "workbooks")
    return f"{said} on this page" if after or found.next_cursor else said


def _turning(found: Page[WorkbookSummary], named: str, after: str) -> list[Component]:
    links = []
    if after:
        links.append(button("Newest", href=list_href(named=named), kind="ghost"))
    if found.next_cursor:
        href = list_href(named=named, after=found.next_cursor)
        links.append(button("Older workbooks", href=href, icon="arrow-down"))
    return [html.Div(links, className="row-x wb-turn")] if links else []


def _none_called(named: str) -> Component:
    return empty_state(
        f"No workbook is called “{named}”" if named else "There are no older workbooks",
        "Names of workbooks, of their newest files and codes of projects were searched.",
        button("Show all workbooks", href=list_href()),
        icon="search",
    )


def _nothing_found(text: str, *, older: bool) -> Component:
    if older:
        why = "Every version of every workbook that you may see was searched."
        act = button("Close the search", href=list_href())
    else:
        why = "The newest version of every workbook that you may see was searched."
        act = button("Search older versions too", href=list_href(text, older=True))
    return empty_state(f"No cell contains “{text}”", why, act, icon="search")


def _found_row(row: FoundRow, text: str) -> html.Tr:
    at = Address(row.workbook_id, sheet=row.sheet_id, row=row.row_number)
    whole = " · ".join(cell for cell in row.cells if cell)
    return html.Tr(
        [
            html.Td(html.A(row.workbook_name, href=at.href())),
            html.Td(fmt.count(row.version_number), className="num n"),
            html.Td(row.sheet_name),
            html.Td(fmt.count(row.row_number), className="num n"),
            html.Td(
                [html.Span(f"{row.heading}: ", className="t2"), *marked(row.cell, text)],
                title=whole,
                className="wb-cell",
            ),
        ]
    )


def _listed_row(each: WorkbookSummary, zone: ZoneInfo) -> html.Tr:
    is_read = each.state is ReadState.READ
    return html.Tr(
        [
            html.Td(html.A(each.name, href=Address(each.id).href())),
            html.Td(each.project_code or html.Span("None", className="t3")),
            html.Td(status(LOOKS[each.state])),
            html.Td(fmt.count(each.latest_number), className="num n"),
            html.Td(fmt.count(each.sheet_count) if is_read else "", className="num n"),
            html.Td(fmt.count(each.row_count) if is_read else "", className="num n"),
            html.Td(each.uploaded_by_name),
            html.Td(
                fmt.moment(each.uploaded_at, zone),
                className="num",
                title=fmt.tooltip_time(each.uploaded_at),
            ),
        ]
    )


def _class(head: str) -> str:
    return "n" if head in _NUMBERS else ""
