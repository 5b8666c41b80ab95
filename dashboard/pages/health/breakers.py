"""Whom the program calls outside, and whom it leaves alone for a while."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.gateway.ids import BreakerState
from backend.gateway.views import BreakerView
from dashboard import format as fmt
from dashboard.components.panel import panel
from dashboard.components.status import BREAKER_LOOKS, look_of, status
from dashboard.pages.health import words


def breakers(found: Sequence[BreakerView], now: datetime, zone: ZoneInfo) -> html.Section:
    """Draw each target with its state, and why and until when it is left alone."""
    body: list[Component] = [_breaker(each, now, zone) for each in found] or [
        html.P(
            "Nothing has been called yet. The mail server and label printers stand here from their "
            "first call on.",
            className="t2 sm",
        )
    ]
    return panel("Circuit breakers", *body, class_name="bt hp")


def _breaker(each: BreakerView, now: datetime, zone: ZoneInfo) -> html.Div:
    look = look_of(BREAKER_LOOKS, each.state.value)
    since = f"{look.word} since {words.when(each.since, now, zone)}"
    lines = [html.Span(line, className="t3") for line in _why(each, now, zone)]
    return html.Div(
        [html.Span(each.label, className="el"), status(look, word=since), *lines],
        className="brk",
        title=f"Since {fmt.tooltip_time(each.since)}",
    )


def _why(each: BreakerView, now: datetime, zone: ZoneInfo) -> list[str]:
    lines = []
    if each.failures:
        lines.append(f"{fmt.plural(each.failures, 'call', 'calls')} without an answer.")
    if each.last_error_at is not None and each.state is not BreakerState.CLOSED:
        lines.append(f"{words.when(each.last_error_at, now, zone)}: {each.last_error}")
    elif each.last_error_at is not None:
        lines.append(f"Last error {words.when(each.last_error_at, now, zone)}: {each.last_error}")
    if each.state is BreakerState.HALF_OPEN:
        lines.append("One call is under way to see whether it is back.")
    if each.state is BreakerState.OPEN and each.next_try_at is not None:
        lines.append(_next_try(each.next_try_at, now, zone))
    return lines


def _next_try(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    if at <= now:
        return "Tried again with the next call; what waits is not lost."
    return f"Next try at {at.astimezone(zone):%H:%M:%S}; until then calls wait and are not lost."
