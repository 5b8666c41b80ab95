"""The runs of a queue plan: their lanes with the share of each request, and their libraries."""

from decimal import Decimal
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.sequencing.queue_plans.views import PlanLane, PlannedLibrary, PlanRun
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.queue_plans import ids, words

_COLOURS = 6
_HEADS = ("Library", "Request", "Reads", "Due", "On time", "Pin")
_NUMERIC = "Reads"


def run_panel(run: PlanRun, *, is_open: bool) -> Component:
    """Draw a run: a box to choose it while the plan waits, its lanes, and each lane's libraries."""
    requests = sorted({library.request_code for lane in run.lanes for library in lane.libraries})
    colours = {code: 1 + at % _COLOURS for at, code in enumerate(requests)}
    lanes = [_lane(run, lane, colours, is_open=is_open) for lane in run.lanes]
    aside: Component | None = None
    if is_open:
        label = f"Add to {run.run_code}" if run.is_top_up else "Choose this run"
        aside = dbc.Checkbox(id=ids.run(str(run.id)), value=False, label=label)
    elif run.run_code:
        aside = html.A(run.run_code, href=f"/sequencing/plans/{run.run_code}", className="mono")
    used = f"{len(run.lanes)} of {fmt.plural(run.lanes_total, 'lane', 'lanes')}"
    lengths = sorted({each.read_length for lane in run.lanes for each in lane.libraries})
    cycles = " and ".join(f"2 × {length}" for length in lengths)
    if run.is_top_up:
        used = f"booked as {run.run_code}, {used} with more"
    return panel(
        words.run_title(run),
        *lanes,
        *([_sizes(run)] if run.sizes else []),
        meta=f"{used}, {fmt.plural(run.libraries, 'library', 'libraries')}, {cycles}",
        aside=aside,
        class_name="bt qp-run",
    )


def _sizes(run: PlanRun) -> Component:
    """Draw why the run has no other size, closed until somebody asks."""
    said = html.Ul([html.Li(each) for each in run.sizes], className="reasons")
    summary = html.Summary(f"Why {run.flow_cell}", className="t2")
    return html.Details([summary, said], className="qp-size")


def library_cells(library: PlannedLibrary) -> list[html.Td]:
    """Draw what every table of libraries begins with: library, request, reads, due date."""
    href = f"/samples/{quote(library.barcode, safe='')}"
    return [
        html.Td(html.A(library.barcode, href=href, className="mono")),
        html.Td(f"{library.request_code}, {library.project_code}"),
        html.Td(fmt.with_unit(library.reads_millions, "M"), className="n num"),
        html.Td(fmt.calendar_day(library.due_on), className="num"),
    ]


def table(heads: tuple[str, ...], rows: list[html.Tr], *, label: str) -> Component:
    """Draw a table that scrolls sideways by itself."""
    head = [
        html.Th(word, scope="col", className="n" if word == _NUMERIC else None) for word in heads
    ]
    drawn = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="tbl flush plain")
    return html.Div(drawn, className="tbl-x", tabIndex="0", role="region", **aria(label=label))


def _lane(run: PlanRun, lane: PlanLane, colours: dict[str, int], *, is_open: bool) -> Component:
    reads: dict[str, Decimal] = {}
    for library in lane.libraries:
        before = reads.get(library.request_code, Decimal())
        reads[library.request_code] = before + library.reads_millions
    usable = lane.usable_reads_millions or 1.0
    segments = [
        html.Div(
            [html.B(code), html.Span(fmt.with_unit(amount, "M"))],
            className=f"rp-seg is-{colours[code]}",
            style={"--share": round(100 * float(amount) / usable, 2)},
        )
        for code, amount in reads.items()
    ]
    if lane.aboard_millions:
        segments.insert(
            0,
            html.Div(
                [html.B("booked"), html.Span(fmt.with_unit(lane.aboard_millions, "M"))],
                className="rp-seg qp-aboard",
                style={"--share": round(100 * lane.aboard_millions / usable, 2)},
            ),
        )
    late = sum(each.late_days > 0 for each in lane.libraries)
    said = fmt.plural(len(lane.libraries), "library", "libraries")
    more: list[Component | str] = []
    if late:
        more = [icon("exclamation-triangle-fill", Tone.WARN), f" {late} late"]
    summary = html.Div(
        [
            html.Span(f"Lane {lane.lane}", className="rp-n"),
            html.Div(segments, className="rp-track"),
            html.Span(
                [
                    html.B(fmt.percent(lane.fill, 0)),
                    html.Span(said),
                    *([html.Span(more)] if more else []),
                ],
                className="rp-fill",
            ),
        ],
        className="rp-lane qp-lane",
    )
    rows = [_library(run, lane, each, is_open=is_open) for each in lane.libraries]
    label = f"Libraries of lane {lane.lane}, {run.instrument}"
    heads = _HEADS if is_open else _HEADS[:-1]
    return html.Details([html.Summary(summary), table(heads, rows, label=label)])


def _library(run: PlanRun, lane: PlanLane, library: PlannedLibrary, *, is_open: bool) -> html.Tr:
    lateness: Component | str = "yes"
    if library.late_days > 0:
        lateness = html.Span(
            [icon("exclamation-triangle-fill", Tone.WARN), f" {words.late(library.late_days)}"]
        )
    cells = [*library_cells(library), html.Td(lateness, className="num")]
    if is_open:
        cells.append(html.Td(_pins(run, lane, library)))
    return html.Tr(cells)


def _pins(run: PlanRun, lane: PlanLane, library: PlannedLibrary) -> Component:
    key = f"{run.id}/{library.request_id}/{library.sample_id}"
    name = library.barcode
    return html.Div(
        [
            html.Span("pinned", className="t2 sm") if library.is_pinned else None,
            button(
                "Pin here",
                id=ids.pin(ids.HERE, key, lane.lane),
                size="sm",
                kind="ghost",
                **aria(label=f"Pin here: {name}, lane {lane.lane} of this run"),
            ),
            button(
                "Keep off",
                id=ids.pin(ids.OFF, key, lane.lane),
                size="sm",
                kind="ghost",
                **aria(label=f"Keep off: {name}, not on this run"),
            ),
        ],
        className="row-x g6",
    )
