"""The ladder: who is told when nobody acknowledges, and when it was tried out last."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.telemetry.alarm_ladder import Ladder, Tested
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import table
from dashboard.pages.alarms import ids, words

_HEADS = (("After", ""), ("Step", ""), ("Who is told", ""))


def drawn(
    ladder: Ladder,
    tested: Tested | None,
    names: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
    *,
    may_test: bool,
) -> list[Component]:
    """Draw the steps, and the test with its button."""
    rows: list[list[Component]] = [
        [
            html.Td(
                fmt.with_unit(step.after / timedelta(minutes=1), "min") if number else "At once",
                className="num md",
            ),
            html.Td(step.label),
            html.Td(words.told_by(step, names, is_first=number == 0), className="ad-wrap"),
        ]
        for number, step in enumerate(ladder.steps)
    ]
    set_by = f", set by {ladder.set_by_name}" if ladder.set_by_name else ", the default"
    why = [html.P(ladder.reason, className="t2 rl-said")] if ladder.reason else []
    last = "Nobody has tried the ladder out yet. Do it once a month."
    if tested is not None:
        counted = fmt.plural(tested.steps, "step", "steps")
        when = fmt.moment(tested.at, zone, now=now)
        last = f"Last test: {when}, by {tested.by_name}, {counted}."
    test = button("Send a test", opens=ids.TEST_DIALOG)
    return [
        panel(
            "Who is told of a critical alarm",
            html.P(
                "The ladder is climbed until somebody acknowledges. Where a message reaches "
                "nobody, the next step is due at once.",
                className="t2 rl-said",
            ),
            *why,
            table("Ladder", _HEADS, rows),
            html.P(last, className="ad-acts"),
            *([html.Div(test, className="row-x ad-acts")] if may_test else []),
            meta=f"version {ladder.version}{set_by}",
            class_name="ad-p",
        )
    ]


def draw() -> list[Component]:
    """Draw the question before a test."""
    return [
        confirm(
            ids.TEST_DIALOG,
            title="Send a test down the whole ladder?",
            body="Everybody on it gets a message that says it is a test. No alarm is made.",
            act="Send the test",
            act_id=ids.TEST_SEND,
            keep="Not now",
        )
    ]
