"""One workbook: its versions, the sheets of the one that is shown, its columns and its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.workbooks.ids import ReadState
from backend.workbooks.views import SheetView, VersionView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.data_grid import column, data_grid
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.page import Tab
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.components.tabs import tab_links
from dashboard.components.tones import Tone
from dashboard.pages.workbooks import ids
from dashboard.pages.workbooks.address import Address
from dashboard.pages.workbooks.list_panels import LOOKS

_FIRST_WIDTH, _WIDTH = 170, 150


def rail(
    versions: Sequence[VersionView],
    shown: VersionView,
    sheet: SheetView | None,
    address: Address,
    *,
    zone: ZoneInfo,
) -> list[Component]:
    """Draw the versions, the newest first; each other one can be compared with the shown sheet."""
    entries = [html.Li(_version(each, shown, sheet, address, zone)) for each in versions]
    head = html.Div(
        [
            html.H2("Versions"),
            html.Span(fmt.plural(len(versions), "version", "versions"), className="m"),
        ],
        className="ph",
    )
    return [html.Nav([head, html.Ul(entries)], className="wb-vs", **aria(label="Versions"))]


def twin(sheet: SheetView, version: VersionView) -> SheetView | None:
    """Return the sheet of another version to compare with: of the same name, else the only one."""
    named = next((each for each in version.sheets if each.name == sheet.name), None)
    if named is None and len(version.sheets) == 1:
        return version.sheets[0]
    return named


def facts(shown: VersionView) -> html.Div:
    """Draw what the shown version came as, and the way to take it whole."""
    parts: list[Component | str] = [
        html.Span(f"Version {fmt.count(shown.number)}", className="md"),
        html.Span(f"{shown.file_name}, {fmt.size(shown.size_bytes)}", className="t2 wb-file"),
        html.Span(className="sp"),
        html.A(
            [icon("download"), "Download"],
            href=f"/files/documents/{shown.file_id}",
            download=shown.file_name,
            className="btn btn-outline btn-sm",
            **aria(label=f"Download {shown.file_name} as it came"),
        ),
    ]
    remarks = [html.Li([icon("info-circle", Tone.INFO), each]) for each in shown.remarks]
    return html.Div(
        [
            html.Div(parts, className="wb-facts"),
            *([html.Ul(remarks, className="wb-remarks t2")] if remarks else []),
        ]
    )


def being_read(shown: VersionView) -> html.Div:
    """Draw a version whose sheets are not there yet."""
    return empty_state(
        f"Version {fmt.count(shown.number)} is being read",
        f"{shown.file_name} is long. Its sheets show themselves here when they are read; you may "
        "leave this page.",
        icon="hourglass",
    )


def refused(shown: VersionView, *, may_add: bool) -> html.Div:
    """Draw a version that could not be read: its sentence, and what to do."""
    again = button("Add a version", kind="primary", icon="upload", opens=ids.VERSION_DIALOG)
    return empty_state(
        f"{shown.file_name} was not read",
        f"{shown.refusal} The file is kept as it came and can be downloaded. Mend it in its own "
        "program and add it as the next version.",
        *([again] if may_add else []),
        icon="x-octagon-fill",
    )


def without_sheets(shown: VersionView) -> html.Div:
    """Draw a version that was read and holds nothing."""
    return empty_state(
        "No sheet has rows",
        f"{shown.file_name} was read; there is nothing below a heading in any of its sheets.",
        icon="file-earmark-spreadsheet",
    )


def sheet_tabs(shown: VersionView, sheet: SheetView, address: Address) -> html.Nav:
    """Draw the sheets of the shown version, each with its address."""
    here = replace(address, against=None, key="", find="", row=None)
    tabs = [
        Tab(
            each.name,
            replace(here, sheet=each.id).href(),
            count=each.row_count,
            selected=each.id == sheet.id,
        )
        for each in shown.sheets
    ]
    return html.Nav(tab_links(tabs), className="tabs wb-tabs", **aria(label="Sheets"))


def rows(
    sheet: SheetView, address: Address, *, matching: int, place: int | None, may_send: bool
) -> html.Section:
    """Draw the rows in windows, with the box that finds some of them.

    ``place`` is where the sought line stands among them, from 0.
    """
    field = dbc.Input(
        id=ids.ROWS_FIND,
        type="search",
        value=address.find,
        maxlength=200,
        autocomplete="off",
        className="sm",
    )
    bar: list[Component] = [
        form_field("Find in this sheet", field),
        button("Find", id=ids.ROWS_FIND_GO, icon="search"),
    ]
    if address.find or address.row:
        every = replace(address, find="", row=None).href()
        bar.append(html.A("Show all rows", href=every, className="wb-a"))
    bar.append(html.Span(className="sp"))
    if may_send:
        bar.append(html.Span(id=ids.TICKED, className="t2", **aria(live="polite")))
        bar.append(
            button("Send to registration", kind="primary", icon="send", opens=ids.SEND_DIALOG)
        )
    meta = fmt.plural(sheet.row_count, "row", "rows")
    if address.find:
        meta = f"{fmt.count(matching)} of {meta} contain “{address.find}”"
    return panel(
        "Rows",
        html.Div(bar, className="row-x wb-bar"),
        *_no_such_line(sheet, address, place),
        html.Div(_grid(sheet, address, matching, place, may_send=may_send), className="wb-grid"),
        meta=meta,
    )


def _no_such_line(sheet: SheetView, address: Address, place: int | None) -> list[Component]:
    """Say why the line that the address names is not among the rows."""
    if address.row is None or place is not None:
        return []
    line = f"Line {fmt.count(address.row)}"
    why = (
        f"{line} stands at or above the headings; download the file to see it in its place."
        if address.row <= sheet.heading_row
        else f"{line} is not among the rows of this sheet."
    )
    return [html.P([icon("info-circle", Tone.INFO), why], className="st wb-p")]


def row_of(number: int, cells: Sequence[str]) -> dict[str, Any]:
    """Return a row of the grid."""
    return {
        "id": str(number),
        "number": number,
        **{f"c{place}": cell for place, cell in enumerate(cells)},
    }


def ticked(selected: Sequence[Mapping[str, Any]] | None) -> list[int]:
    """Return the lines of the ticked rows, from the first to the last."""
    return sorted({int(row["number"]) for row in selected or []})


def ticked_words(numbers: Sequence[int]) -> str:
    """Say how many rows are ticked."""
    return f"{fmt.plural(len(numbers), 'row', 'rows')} ticked" if numbers else ""


def _grid(
    sheet: SheetView, address: Address, matching: int, place: int | None, *, may_send: bool
) -> Component:
    nothing = f"No row contains “{address.find}”." if address.find else "The sheet has no rows."
    options: dict[str, Any] = {
        # One question at a time: dash-ag-grid remembers only the last one asked.
        "maxConcurrentDatasourceRequests": 1,
        # The length is known, so a sought line can be scrolled to before its window is there.
        "infiniteInitialRowCount": max(matching, 1),
        "suppressMovableColumns": True,
        "localeText": {"noRowsToShow": nothing},
    }
    extra: dict[str, Any] = {}
    if may_send:
        options |= {
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": False,
                "headerCheckbox": False,
            },
            "selectionColumnDef": {"pinned": "left", "width": 48, "suppressHeaderMenuButton": True},
        }
    if place is not None:
        extra["scrollTo"] = {"rowIndex": place, "rowPosition": "middle"}
        options["rowClassRules"] = {
            "is-sought": f"params.data && params.data.number === {address.row}"
        }
    drawn: Component = data_grid(
        ids.rows(str(sheet.id), address.find),  # type: ignore[arg-type] # Dash takes a pattern too
        _columns(sheet),
        label=f"Rows of {sheet.name}",
        selectable=may_send,
        options=options,
        class_name="ag-host wb-rows",
        **extra,
    )
    return drawn


def _columns(sheet: SheetView) -> list[dict[str, Any]]:
    line = column(
        "number",
        "Line",
        width=72,
        pinned=True,
        numeric=True,
        sortable=False,
        headerTooltip="The line in the file",
    )
    numeric = {each.heading for each in sheet.columns if _is_numeric(each.kinds)}
    return [
        line,
        *(
            column(
                f"c{place}",
                heading,
                width=_WIDTH if place else _FIRST_WIDTH,
                numeric=heading in numeric,
                sortable=False,
                tooltipField=f"c{place}",
            )
            for place, heading in enumerate(sheet.headings)
        ),
    ]


def _is_numeric(kinds: Mapping[Any, int]) -> bool:
    return set(kinds) == {"number"}


def _version(
    each: VersionView,
    shown: VersionView,
    sheet: SheetView | None,
    address: Address,
    zone: ZoneInfo,
) -> html.Div:
    is_open = each.id == shown.id
    other = twin(sheet, each) if sheet is not None else None
    to = Address(address.workbook_id, version=each.number, sheet=other.id if other else None)
    said = [fmt.size(each.size_bytes)]
    if each.state is ReadState.READ:
        said.append(fmt.plural(sum(one.row_count for one in each.sheets), "row", "rows"))
    parts: list[Component] = [
        html.Div(
            [
                html.A(
                    f"Version {fmt.count(each.number)}",
                    href=to.href(),
                    className="md wb-a",
                    **aria(current="page" if is_open else None),
                ),
                html.Span(className="sp"),
                *([] if each.state is ReadState.READ else [status(LOOKS[each.state])]),
                *([html.Span("Shown", className="tag")] if is_open else []),
            ],
            className="row-x",
        ),
        html.P(
            [each.uploaded_by_name, ", ", fmt.moment(each.uploaded_at, zone)],
            className="sm t2",
            title=fmt.tooltip_time(each.uploaded_at),
        ),
        html.P(", ".join(said), className="sm t2 num"),
    ]
    if each.note:
        parts.append(html.P(each.note, className="sm wb-note"))
    if not is_open and other is not None and sheet is not None:
        against = replace(address, sheet=sheet.id, against=other.id, key="", row=None)
        parts.append(_compare(each, shown, against, is_compared=address.against == other.id))
    return html.Div(parts, className="wb-v is-open" if is_open else "wb-v")


def _compare(
    each: VersionView, shown: VersionView, against: Address, *, is_compared: bool
) -> Component:
    if is_compared:
        return html.P([icon("arrow-left-right", Tone.INFO), "Compared below"], className="sm st")
    words = f"Compare {fmt.count(each.number)} with {fmt.count(shown.number)}"
    return html.A(words, href=against.href(), className="sm wb-a")
