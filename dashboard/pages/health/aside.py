"""What works behind the parts: queues, events, processes, schedules, and the incident log."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.gateway.rules import LIMITS
from backend.gateway.views import ChangeView, LeaseView
from backend.transactions.views import SagaCounts
from backend.work.views import OutboxLag, QueueState, ScheduleState
from dashboard import format as fmt
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import SERVICE_LOOKS, look_of
from dashboard.components.tones import Tone
from dashboard.pages.health import words

_WORKER = "worker"


def queues(found: Sequence[QueueState], leases: Sequence[LeaseView]) -> html.Section:
    """Draw each queue with what waits, how long the oldest has waited, and who works."""
    workers = sum(lease.is_live for lease in leases if lease.service.startswith(_WORKER))
    heads = ("Waiting", "Oldest", "Running", "Failed")
    head = html.Div(
        [html.Span("Queue"), *[html.Span(name, className="n") for name in heads]],
        className="q h",
    )
    body: list[Component] = [_queue(each) for each in found] or [
        html.P("No job has been asked for yet.", className="t2")
    ]
    return panel(
        "Job queues",
        *([head] if found else []),
        *body,
        meta=f"{fmt.plural(workers, 'worker', 'workers')} alive; failed in 24 h",
        class_name="hp",
    )


def events(lag: OutboxLag, sagas: SagaCounts) -> html.Section:
    """Draw how far readers of the event log are behind, and the sagas under way."""
    behind = max((each.behind for each in lag.consumers), default=0)
    figures = (
        ("Outbox lag", _lag(lag)),
        ("Events waiting", fmt.count(lag.unsequenced + behind)),
        ("Dead letters", [*_mark(lag.dead_letters > 0), fmt.count(lag.dead_letters)]),
    )
    return panel(
        "Events and sagas",
        html.Dl(
            [html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures], className="ev"
        ),
        html.P(
            [*_mark(sagas.stuck > 0), _sagas(sagas)],
            className="sm t3 sg",
        ),
        class_name="bt hp",
    )


def incidents(log: Sequence[ChangeView], now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw the newest changes of state."""
    body: list[Component] = [_incident(line, now, zone) for line in log] or [
        html.P("No part has changed its state since the first probe.", className="t2 sm")
    ]
    return panel("Incident log", *body, meta="newest first" if log else None, class_name="bt hp")


def processes(leases: Sequence[LeaseView], now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw the processes that live, and for how long each has said so."""
    live = [lease for lease in leases if lease.is_live]
    gone = len(leases) - len(live)
    body: list[Component] = [_process(lease, now, zone) for lease in live] or [
        html.P("No process has said that it lives.", className="t2 sm")
    ]
    meta = f"{len(live)} alive" + (f", {gone} gone in the last 24 h" if gone else "")
    return panel("Processes", *body, meta=meta, class_name="bt hp")


def schedules(found: Sequence[ScheduleState], now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw what runs by itself: when it ran and when it is due."""
    head = html.Div(
        [html.Span("Schedule"), html.Span("Last", className="n"), html.Span("Next", className="n")],
        className="sc h",
    )
    body: list[Component] = [_schedule(each, now, zone) for each in found]
    if not body:
        body = [html.P("There is no schedule yet: no leader has started.", className="t2 sm")]
    return panel("Schedules", *([head] if found else []), *body, class_name="bt hp")


def _queue(state: QueueState) -> html.Div:
    late = (state.oldest_queued_s or 0.0) > LIMITS["queues"].degraded
    weight = " md" if late else ""
    return html.Div(
        [
            html.Span([*_mark(late), state.queue], className=f"el{weight}"),
            html.Span(fmt.count(state.queued), className=f"n{weight}"),
            html.Span(words.seconds(state.oldest_queued_s), className=f"n t2{weight}"),
            html.Span(fmt.count(state.running), className="n t2"),
            html.Span(fmt.count(state.failed_24h), className="n t2"),
        ],
        className="q",
    )


def _lag(lag: OutboxLag) -> list[Component | str]:
    ages = [lag.oldest_unsequenced_s, *(consumer.oldest_s for consumer in lag.consumers)]
    oldest = max((age for age in ages if age is not None), default=0.0)
    return [*_mark(oldest > LIMITS["outbox"].degraded), words.seconds(oldest)]


def _sagas(sagas: SagaCounts) -> str:
    return (
        f"Sagas: {sagas.running} running, {sagas.rolling_back} rolling back, "
        f"{sagas.stuck} stuck, {sagas.completed_24h} completed in 24 h"
    )


def _incident(line: ChangeView, now: datetime, zone: ZoneInfo) -> html.Div:
    look = look_of(SERVICE_LOOKS, line.new.value)
    said = f"{line.label}: {look.word.lower()}"
    return html.Div(
        [
            html.Span(words.when(line.at, now, zone), className="t3 num"),
            icon(look.icon, look.tone),
            html.Span([said, html.Span(f" {line.detail}", className="t3")], className="el"),
        ],
        className="in",
        title=f"{fmt.tooltip_time(line.at)} {line.detail}".strip(),
    )


def _process(lease: LeaseView, now: datetime, zone: ZoneInfo) -> html.Div:
    left_s = max((lease.lease_until - now).total_seconds(), 0.0)
    return html.Div(
        [
            html.Span(lease.instance, className="el mono"),
            html.Span(f"since {words.when(lease.started_at, now, zone)}", className="n t3"),
            html.Span(f"lease {left_s:.0f} s", className="n t2"),
        ],
        className="pc",
        title=f"Started {fmt.tooltip_time(lease.started_at)}",
    )


def _schedule(state: ScheduleState, now: datetime, zone: ZoneInfo) -> html.Div:
    late_s = (now - state.next_at).total_seconds() if state.next_at and state.enabled else 0.0
    late = late_s > LIMITS["schedules"].degraded
    last = words.when(state.last_fired_at, now, zone) if state.last_fired_at else "not yet"
    due = words.when(state.next_at, now, zone) if state.next_at and state.enabled else "off"
    return html.Div(
        [
            html.Span([*_mark(late), state.name], className="el", title=state.name),
            html.Span(last, className="n t3"),
            html.Span(due, className="n md" if late else "n t2"),
        ],
        className="sc",
    )


def _mark(shown: bool) -> list[Component | str]:  # noqa: FBT001 one meaning, said at the call
    return [icon("exclamation-triangle-fill", Tone.WARN), " "] if shown else []
