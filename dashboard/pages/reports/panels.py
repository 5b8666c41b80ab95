"""Reports and their history. Views in, components out."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.reports.definitions import REPORTS
from backend.reports.views import ArtifactView, ReportRunView, ReportView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.job_progress import LOOKS
from dashboard.components.panel import panel
from dashboard.components.status import look_of, status
from dashboard.pages.reports import ids


def reports(
    views: Sequence[ReportView], *, may_run: bool, now: datetime, zone: ZoneInfo
) -> html.Section:
    """Draw each report with what it says, when it comes and how the last one went."""
    rows = [_report(view, may_run=may_run, now=now, zone=zone) for view in views]
    return panel(
        "Reports", html.Ul(rows, className="rpt"), meta=fmt.plural(len(rows), "report", "reports")
    )


def history(runs: Sequence[ReportRunView], *, now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw the newest runs: how each went, how long it took, and its files."""
    if not runs:
        body: Component = empty_state(
            "No report has been built yet",
            "The first one comes with its schedule, or when somebody builds it.",
            icon="printer",
        )
    else:
        body = html.Div(_table(runs, now=now, zone=zone), className="rpt-t", tabIndex="0")
    return panel("History", body, class_name="bt")


def _report(view: ReportView, *, may_run: bool, now: datetime, zone: ZoneInfo) -> html.Li:
    parts: list[Component] = [
        html.Div(
            [
                html.H3(view.name),
                html.P(view.about, className="t2"),
                html.P("PDF, XLSX", className="sm t3"),
            ]
        ),
        html.Dl([_schedule(view, zone), _last(view, now, zone)], className="kv"),
    ]
    if may_run:
        parts.append(button("Build now", id=ids.run(view.key), icon="arrow-repeat"))
    return html.Li(parts, className="rpt-i")


def _schedule(view: ReportView, zone: ZoneInfo) -> Component:
    if view.schedule_in_words is None:
        return html.Div([html.Dt("Schedule"), html.Dd("Not scheduled")])
    dates = ", ".join(fmt.day(each, zone) for each in view.next_at)
    return html.Div(
        [
            html.Dt("Schedule"),
            html.Dd(
                [
                    f"{view.schedule_in_words}, {zone.key}",
                    html.Br(),
                    html.Span(f"Next: {dates}", className="t2 num"),
                ]
            ),
        ]
    )


def _last(view: ReportView, now: datetime, zone: ZoneInfo) -> Component:
    if view.last is None:
        return html.Div([html.Dt("Last"), html.Dd("Never built")])
    when = html.Span(f" {fmt.moment(view.last.requested_at, zone, now=now)}", className="num")
    return html.Div(
        [
            html.Dt("Last"),
            html.Dd([status(look_of(LOOKS, view.last.state)), when]),
        ]
    )


def _table(runs: Sequence[ReportRunView], *, now: datetime, zone: ZoneInfo) -> html.Table:
    heads = [
        html.Th(name, scope="col", className="n" if name == "Duration" else "")
        for name in ("Report", "Status", "Asked", "By", "Duration", "Files")
    ]
    rows = [html.Tr(_cells(run, now=now, zone=zone)) for run in runs]
    return html.Table(
        [
            html.Caption("Reports that were built, newest first", className="vh"),
            html.Thead(html.Tr(heads)),
            html.Tbody(rows),
        ],
        className="tbl plain flush",
    )


def _cells(run: ReportRunView, *, now: datetime, zone: ZoneInfo) -> list[Component]:
    by = "Schedule" if run.is_scheduled else run.requested_by_name
    return [
        html.Td(REPORTS[run.report].name if run.report in REPORTS else run.report),
        html.Td(status(look_of(LOOKS, run.state))),
        html.Td(fmt.moment(run.requested_at, zone, now=now), className="num"),
        html.Td(by),
        html.Td(fmt.latency(run.duration_s), className="n"),
        html.Td(_files(run), className="rpt-f"),
    ]


def _files(run: ReportRunView) -> list[Component] | str:
    if run.error:
        return [html.Span(run.error, className="c-crit")]
    return [_file(artifact) for artifact in run.artifacts]


def _file(artifact: ArtifactView) -> Component:
    kind = artifact.format.value.upper()
    return html.A(
        [icon("download"), f"{kind}, {fmt.size(artifact.size_bytes)}"],
        href=f"/files/reports/{artifact.id}",
        className="rpt-a",
        download=artifact.filename,
        **aria(label=f"Download {artifact.filename}, {fmt.size(artifact.size_bytes)}"),
    )
