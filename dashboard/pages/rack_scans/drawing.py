"""A rack scan as it is reviewed: the box coloured by verdict, and the verdicts in groups."""

from collections.abc import Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.storage.ids import ScanState
from backend.storage.scan_views import RackScanSummary, RackScanView, effect_of, grouped
from backend.storage.scanning.leaving import can_be_left_out
from backend.storage.scanning.verdicts import ScanLine, Verdict
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.rack_scans import ids
from dashboard.pages.rack_scans.words import LOOKS, QUIET, STATES, effect_sentence

PATH = "/storage/rack-scans"
_DENSE_FROM = 13
"""Columns from which the cells are small."""


def review(scan: RackScanView, zone: ZoneInfo, problem: str = "") -> list[Component]:
    """Draw a scan; ``problem`` is why the last act was refused."""
    effect = effect_of(scan.lines)
    parts: list[Component] = []
    if problem:
        parts.append(_line(problem, Tone.CRIT, "exclamation-octagon-fill"))
    if scan.same_as:
        parts.append(_line(scan.same_as, Tone.WARN, "exclamation-triangle-fill"))
    said = effect_sentence(effect)
    if scan.state is not ScanState.DRAFT:
        said = f"This scan is {STATES[scan.state]}. What it said: {said[0].lower()}{said[1:]}"
    facts = (
        f"{scan.file_name}, read by {scan.created_by_name} "
        f"{fmt.moment(scan.created_at, zone)}, SHA-256 {scan.sha256[:12]}…"
    )
    head = panel(
        "What the scan says",
        html.P(said, className="rs-said"),
        html.P(facts, className="sm t3 rs-facts"),
        html.Div(_acts(scan), className="row-x g6 rs-acts"),
    )
    box = panel("Box by verdict", _map(scan), _legend(scan), meta=_size(scan), class_name="rs-box")
    return [*parts, head, html.Div([box, _groups(scan)], className="rs")]


def scans(found: Sequence[RackScanSummary], zone: ZoneInfo) -> Component:
    """Draw the latest scans as a list of links."""
    if not found:
        return empty_state(
            "No rack has been scanned yet", "A scan that is read here stands in this list."
        )
    rows = [
        html.Li(
            [
                html.A(each.path, href=f"{PATH}?scan={each.id}", className="mono"),
                html.Span(f"{each.file_name}, {STATES[each.state]}", className="t2"),
                html.Span(
                    f"{each.created_by_name}, {fmt.moment(each.created_at, zone)}",
                    className="sm t3",
                ),
            ]
        )
        for each in found
    ]
    return html.Ul(rows, className="rs-scans", **aria(label="Latest scans"))


def _line(text: str, tone: Tone, icon: str) -> Component:
    match tone:
        case Tone.CRIT:
            return banner(text, tone=Tone.CRIT, icon=icon, role="alert")
        case _:
            return banner(text, tone=Tone.WARN, icon=icon)


def _acts(scan: RackScanView) -> list[Component]:
    box = button("Open the box", href=f"/storage/{quote(scan.path)}")
    match scan.state:
        case ScanState.DRAFT:
            return [
                button("Commit", id=ids.act(ids.COMMIT), kind="primary", icon="check-lg"),
                button("Compare again", id=ids.act(ids.RECHECK)),
                button("Discard", id=ids.act(ids.DISCARD), kind="ghost"),
                box,
            ]
        case ScanState.COMMITTED:
            return [button("Take it back", id=ids.act(ids.UNDO)), box]
        case ScanState.UNDONE | ScanState.DISCARDED:
            return [button("Read another scan", href=f"{PATH}?box={quote(scan.path)}"), box]


def _map(scan: RackScanView) -> Component:
    shape = scan.shape
    lines = iter(scan.lines)
    head = [
        html.Td(),
        *(html.Th(shape.column_head(n), scope="col") for n in range(1, shape.columns + 1)),
    ]
    rows = [
        html.Tr(
            [
                html.Th(shape.row_head(row), scope="row"),
                *(
                    _cell(next(lines), is_first=(row, column) == (1, 1))
                    for column in range(1, shape.columns + 1)
                ),
            ]
        )
        for row in range(1, shape.rows + 1)
    ]
    dense = " is-dense" if shape.columns >= _DENSE_FROM else ""
    table = html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(rows)],
        className=f"rs-map{dense}",
        role="grid",
        **aria(label=f"Box {scan.path}"),
    )
    label = aria(label=f"Verdicts of {scan.path}")
    keys = html.P("Arrows move, Enter leads to the line of a position.", className="mi t3")
    return html.Div(
        [html.Div(table, className="tbl-x", tabIndex="0", role="region", **label), keys]
    )


def _cell(line: ScanLine, *, is_first: bool) -> html.Td:
    look = LOOKS[line.verdict]
    refused = " is-refused" if line.refused else ""
    refused += " is-out" if line.left_out else ""
    words = f"{line.position}: {look.name}{', left out' if line.left_out else ''}"
    return html.Td(
        [
            html.Span(look.mark, **aria(hidden=True)),
            html.Span(words, className="vh"),
        ],
        className=f"rs-c is-{look.tone}{refused}",
        title=f"{words}. {line.sentence}",
        # One cell takes the Tab key; assets/rack-map.js moves it on (DESIGN 6).
        tabIndex="0" if is_first else "-1",
        **data(scan_pos=line.position),
    )


def _legend(scan: RackScanView) -> html.Ul:
    items = [
        html.Li([_key(verdict), f"{LOOKS[verdict].name} ", html.B(fmt.count(len(lines)))])
        for verdict, lines in grouped(scan.lines).items()
    ]
    return html.Ul(items, className="rs-l", **aria(label="Legend"))


def _key(verdict: Verdict) -> html.Span:
    look = LOOKS[verdict]
    return html.Span(look.mark, className=f"rs-c is-key is-{look.tone}", **aria(hidden=True))


def _groups(scan: RackScanView) -> Component:
    groups = grouped(scan.lines)
    # What needs a look stands first; a position that is as it should be stays closed.
    ordered = sorted(groups, key=lambda verdict: verdict in QUIET)
    drawn = [
        _group(verdict, groups[verdict], scan)
        for verdict in ordered
        if verdict is not Verdict.EMPTY
    ]
    return panel("Verdicts", *drawn, class_name="rs-groups")


def _group(verdict: Verdict, lines: Sequence[ScanLine], scan: RackScanView) -> html.Details:
    name = html.Span([LOOKS[verdict].name, " ", html.B(fmt.count(len(lines)))])
    rows = [
        html.Li(
            [html.B(line.position, className="mono"), _told(line), _leave(line, scan)],
            id=ids.line_id(line.position),
            tabIndex="-1",
        )
        for line in lines
    ]
    return html.Details(
        [html.Summary([_key(verdict), name]), html.Ul(rows)],
        open=verdict not in QUIET,
        className="rs-g",
    )


def _told(line: ScanLine) -> html.Span:
    parts: list[Component | str] = [line.sentence]
    if line.refused:
        parts.append(html.Span(f" It is not placed: {line.refused}", className="rs-no"))
    if line.left_out:
        parts.append(html.Span(f" Left out: {line.left_out}", className="rs-out"))
    return html.Span(parts)


def _leave(line: ScanLine, scan: RackScanView) -> Component | None:
    """Offer to leave a line out of the commit, or to take it in again."""
    is_out = line.position in scan.left_out
    if scan.state is not ScanState.DRAFT or not (is_out or can_be_left_out(line)):
        return None
    words = "Take in again" if is_out else "Leave out"
    name = aria(label=f"{words}: {line.position}")
    return button(words, id=ids.leave(line.position), kind="ghost", size="sm", **name)


def _size(scan: RackScanView) -> str:
    return f"{scan.path}, {scan.shape.rows} × {scan.shape.columns}"
