"""What is known of an incident: head, units with their curves, what happened, how it ended."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.auth.views import SignatureView
from backend.incidents.ids import IncidentState
from backend.incidents.rules import DISPOSITIONS
from backend.incidents.views import IncidentView, ItemPage, Moment, UnitCurve, UnitView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.banner import banner
from dashboard.components.button import button
from dashboard.components.chart import chart, data_table
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import look_of, status_pill
from dashboard.components.tones import Tone
from dashboard.figures.incidents import temperature_curve
from dashboard.pages.incidents import ids, words
from dashboard.pages.relocations.drawing import PATH as RELOCATIONS

_TABLE_ROWS = 60
_TONES: dict[str, tuple[str, Tone]] = {
    "ok": ("check-circle", Tone.OK),
    "warn": ("exclamation-triangle-fill", Tone.WARN),
    "crit": ("exclamation-octagon-fill", Tone.CRIT),
    "info": ("info-circle", Tone.INFO),
}


def head(
    found: IncidentView, items: ItemPage, *, now: datetime, zone: ZoneInfo, may_act: bool
) -> html.Section:
    """Draw the state, the times and who looks after it, with what can be done."""
    others = words.others(items.others)
    facts: list[tuple[str, Component | str]] = [
        ("State", status_pill(look_of(words.STATES, found.state.value))),
        ("Units", _units(found)),
        ("Out of range", _window(found, now, zone)),
        ("Opened", fmt.moment(found.opened_at, zone)),
        ("Samples", f"{fmt.count(items.whole)}{f', {others}' if others else ''}"),
        ("Looks after it", found.owner_name or "Nobody yet"),
    ]
    rows = [html.Tr([html.Th(name, scope="row"), html.Td(value)]) for name, value in facts]
    return panel(
        "Incident",
        *_merged(found),
        html.Table(html.Tbody(rows), className="tbl flush plain in-facts"),
        *(_gaps(found) if may_act else []),
        aside=html.Span(_acts(found), className="row-x") if may_act else None,
    )


def _units(found: IncidentView) -> Component:
    named = words.units(tuple(unit.label for unit in found.units), found.kind)
    if found.storm_version is None:
        return html.Span(named)
    rule = html.A(f"version {found.storm_version} of the common rule", href="/alarms?show=common")
    return html.Span([f"{named}, one matter by ", rule])


def units(
    curves: Sequence[UnitCurve],
    zone: ZoneInfo,
    *,
    unheard: Collection[str],
    may_evacuate: bool,
    plan_id: UUID | None,
) -> list[Component]:
    """Draw a panel for each unit: how warm it got, for how long, and how much of it is known.

    ``unheard`` are those of which somebody is asked to say that they are back in range.
    """
    drawn: list[Component] = [_unheard(label) for label in unheard]
    drawn += [_unit(each, zone, may_evacuate=may_evacuate) for each in curves]
    if plan_id is not None:
        where = html.A("Evacuation plan", href=f"{RELOCATIONS}?plan={plan_id}")
        drawn.append(banner(["The newest plan to bring samples to safety: ", where, "."]))
    return drawn


def timeline(moments: Sequence[Moment], zone: ZoneInfo) -> html.Section:
    """Draw what happened, oldest first."""
    lines = [
        html.Li(
            [
                html.Span(
                    fmt.moment(each.at, zone),
                    className="t3 num",
                    title=fmt.tooltip_time(each.at),
                ),
                icon(*_TONES[each.tone]),
                html.Span([each.words, html.Span(f" {each.who}".rstrip(), className="t3")]),
            ]
        )
        for each in moments
    ]
    return panel("Timeline", html.Ol(lines, className="in-time"), meta="oldest first")


def ending(found: IncidentView, zone: ZoneInfo) -> list[Component]:
    """Draw how a closed incident ended, and who signed for that."""
    if found.closed_at is None or found.disposition is None:
        return []
    facts = [
        ("Cause", found.cause),
        ("What was done", found.action),
        ("Disposition", DISPOSITIONS[found.disposition]),
        ("Note", found.disposition_note),
        ("Closed", f"{fmt.moment(found.closed_at, zone)} by {found.closed_by_name}"),
    ]
    rows = [
        html.Tr([html.Th(name, scope="row"), html.Td(said, className="said")])
        for name, said in facts
        if said
    ]
    return [
        panel(
            "How it ended",
            html.Table(html.Tbody(rows), className="tbl flush plain in-facts"),
            *(_signature(each, zone) for each in found.signatures),
        )
    ]


def _window(found: IncidentView, now: datetime, zone: ZoneInfo) -> str:
    lasted = words.length(found.began_at, found.ended_at, now)
    began = fmt.moment(found.began_at, zone)
    if found.ended_at is None:
        return f"Since {began}, {lasted}"
    return f"{began} to {fmt.moment(found.ended_at, zone)}, {lasted}"


def _merged(found: IncidentView) -> list[Component]:
    if found.merged_into is None:
        return []
    where = html.A(found.merged_into, href=words.address(found.merged_into))
    return [banner(["Everything of this incident is in ", where, "."])]


def _gaps(found: IncidentView) -> list[Component]:
    """Say what has to be done before it can be closed, so that nobody tries in vain."""
    if not found.closing_gaps:
        return []
    return [
        html.P("Before it can be closed:", className="t2 in-before"),
        html.Ul([html.Li(gap) for gap in found.closing_gaps], className="in-gaps"),
    ]


def _acts(found: IncidentView) -> list[Component]:
    if found.state not in {IncidentState.OPEN, IncidentState.CONTAINED}:
        return []
    take = [] if found.is_mine else [button("I look after it", id=ids.TAKE, size="sm")]
    return [
        *take,
        button("Close and sign", kind="primary", size="sm", opens=ids.CLOSING_DIALOG),
    ]


def _unheard(label: str) -> Component:
    return banner(
        f"Nothing was heard from {label} since its alarms were over, so nobody knows how it is in "
        "there. Connect a sensor that is heard, or say how you know.",
        tone=Tone.WARN,
        icon="exclamation-triangle",
        action=button(f"Say that {label} is back in range", size="sm", opens=ids.BACK_DIALOG),
        role="status",
    )


def _unit(curve: UnitCurve, zone: ZoneInfo, *, may_evacuate: bool) -> html.Section:
    unit = curve.unit
    ask = button(f"Plan evacuation of {unit.label}", id=ids.evacuate(str(unit.unit_id)), size="sm")
    drawn: Component
    if curve.points:
        drawn = chart(
            ids.curve(unit.unit_id),
            summary=_summary(unit),
            figure=temperature_curve(curve, zone),
            table=_table(curve, zone),
        )
    else:
        drawn = html.P("No reading of this window is kept.", className="t2")
    figures = html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in _figures(unit)],
        className="in-figures",
    )
    return panel(
        f"Temperature of {unit.label}",
        drawn,
        figures,
        html.P(words.coverage(unit), className="t3 sm"),
        *([html.P(unit.said_back, className="t2 sm")] if unit.said_back else []),
        meta="with an hour before and after, and the alarm limits",
        aside=ask if may_evacuate else None,
    )


def _figures(unit: UnitView) -> list[tuple[str, str]]:
    return [
        ("Warmest", fmt.temperature(unit.highest_c) or "not known"),
        ("Coldest", fmt.temperature(unit.lowest_c) or "not known"),
        ("Outside the limits", fmt.age(timedelta(minutes=unit.out_min))),
        ("Mean kinetic temperature", _mkt(unit)),
    ]


def _mkt(unit: UnitView) -> str:
    if unit.mkt_c is None:
        return unit.mkt_note
    return f"{fmt.temperature(unit.mkt_c)}. {unit.mkt_note}."


def _summary(unit: UnitView) -> str:
    warmest = fmt.temperature(unit.highest_c) or "not known"
    limit = fmt.temperature(unit.alarm_high_c) or "none above"
    return f"Temperature of {unit.label} over the incident. Warmest {warmest}, alarm limit {limit}."


def _table(curve: UnitCurve, zone: ZoneInfo) -> html.Table:
    """Tell the same in figures: of each stretch the reading farthest out."""
    step = -(-len(curve.points) // _TABLE_ROWS) or 1
    runs = [curve.points[index : index + step] for index in range(0, len(curve.points), step)]
    setpoint = curve.unit.setpoint_c
    worst = [max(run, key=lambda point: abs(point.temperature_c - setpoint)) for run in runs]
    return data_table(
        ("Time", "Temperature"),
        [(fmt.moment(each.at, zone), fmt.temperature(each.temperature_c)) for each in worst],
        caption=_summary(curve.unit),
    )


def _signature(signature: SignatureView, zone: ZoneInfo) -> html.P:
    return html.P(
        f"Signed by {signature.signer_name}, {fmt.moment(signature.signed_at, zone)}: "
        f"{signature.meaning}. Record {signature.record_digest[:12]}…",
        className="t2 sm",
        **aria(label="Signature"),
    )
