"""What waits for a place, and the plans that wait for an answer."""

from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import PlanState
from backend.storage.views import PlanView, UnplacedSample
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.pages.storage import ids
from dashboard.zone_names import ZONE_NAMES


def waiting(
    samples: Sequence[UnplacedSample],
    total: int,
    *,
    chosen: Collection[str],
    may_plan: bool,
    may_place: bool,
) -> html.Section:
    """Draw the samples that stand nowhere, the longest waiting first; ``chosen`` are their keys."""
    body: list[Component] = []
    if may_plan and total:
        body.append(_ask())
    if samples:
        rows = [
            _sample(each, is_chosen=str(each.id) in chosen, may_plan=may_plan, may_place=may_place)
            for each in samples
        ]
        body.append(
            html.Ul(rows, className="wt", **data(list=""), **aria(label="Unplaced samples"))
        )
        if total > len(samples):
            more = f"{fmt.count(total - len(samples))} more, newer"
            body.append(html.P(more, className="sm t3 wt-m"))
    else:
        body.append(html.P("Every sample of yours has its place.", className="t2"))
    return panel("Waiting for a place", *body, meta=fmt.count(total), class_name="bt")


def plans(views: Sequence[PlanView], zone: ZoneInfo, now: datetime) -> html.Section | None:
    """Draw the plans that are being made or wait for an answer; nothing when there is none."""
    if not views:
        return None
    rows = [html.Li(_plan(view, zone, now)) for view in views]
    return panel("Placement plans", html.Ul(rows, className="pls"))


def _ask() -> html.Div:
    return html.Div(
        [
            button("Optimise placement", id=ids.OPTIMISE, kind="primary", icon="magic"),
            button("For the chosen", id=ids.OPTIMISE_CHOSEN),
        ],
        className="row-x wt-a",
    )


def _sample(sample: UnplacedSample, *, is_chosen: bool, may_plan: bool, may_place: bool) -> html.Li:
    words = [
        html.Span(
            [
                html.A(
                    sample.barcode,
                    href=f"/samples/{quote(sample.barcode, safe='')}",
                    className="mono",
                ),
                html.Span(sample.project_code, className="t3 sm"),
            ],
            className="row-x g6",
        ),
        html.Span(
            f"{MATERIAL_NAME[sample.material_type]}, {ZONE_NAMES[sample.temperature_class]}",
            className="sm t3",
        ),
    ]
    parts: list[Component] = []
    if may_plan:
        parts.append(
            dbc.Checkbox(
                id=ids.choose(str(sample.id)),
                value=is_chosen,
                label=f"Choose {sample.barcode}",
                label_class_name="vh",
            )
        )
    parts.append(html.Span(words, className="wt-w"))
    if may_place:
        label = f"Place {sample.barcode}"
        parts.append(
            button(
                "Place", id=ids.hold(str(sample.id)), kind="ghost", size="sm", **aria(label=label)
            )
        )
    return html.Li(parts, **data(row=""))


def _plan(view: PlanView, zone: ZoneInfo, now: datetime) -> list[Component]:
    asked = f"asked {fmt.moment(view.created_at, zone, now=now)} by {view.requested_by_name}"
    if view.state in {PlanState.REQUESTED, PlanState.ACCEPTING}:
        is_asked = view.state is PlanState.REQUESTED
        words = "Plan in the making" if is_asked else "Plan being carried out"
        link = html.A(words, href=f"/storage?plan={view.id}", className="md")
        return [link, html.P(asked, className="sm t3")]
    found = view.summary.placed if view.summary else 0
    words = f"{fmt.plural(found, 'place', 'places')} proposed"
    return [
        html.Span(
            [
                icon("clipboard-check"),
                html.A(words, href=f"/storage?plan={view.id}", className="md"),
            ],
            className="row-x g6",
        ),
        html.P(asked, className="sm t3"),
    ]
