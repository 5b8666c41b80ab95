"""The ladder: who is told when nobody acknowledges, and when it was tried out last."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.telemetry import ladder_rules
from backend.telemetry.alarm_ladder import Ladder, Tested
from backend.telemetry.alarm_rules import BY_DEFAULT
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import confirm
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table
from dashboard.pages.alarms import ids, words

_HEADS = (("After", ""), ("Step", ""), ("Who is told", ""), ("By", ""))
_OLDER = (("Version", ""), ("Steps", ""), ("Set by", ""), ("From", ""), ("Why", ""))
_TESTS = (("Tested", ""), ("By", ""), ("Steps", "n"), ("Ladder", ""))
_DUE = Look("A test is due", "hourglass", Tone.WARN)
_DONE = Look("Tested in the last month", "check-circle", Tone.OK)


def drawn(
    versions: Sequence[Ladder],
    tests: Sequence[Tested],
    names: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
    *,
    may_change: bool,
    has_mail: bool,
) -> list[Component]:
    """Draw the steps that stand with their tests, and the versions before; newest first each."""
    parts = [
        _standing(versions[0], tests, names, now, zone, may_change=may_change, has_mail=has_mail)
    ]
    if tests:
        parts.append(_tests(tests, now, zone))
    if len(versions) > 1:
        parts.append(_versions(versions, zone))
    return parts


def _standing(
    ladder: Ladder,
    tests: Sequence[Tested],
    names: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
    *,
    may_change: bool,
    has_mail: bool,
) -> Component:
    rows: list[list[Component]] = [
        [
            html.Td(
                fmt.with_unit(step.after / timedelta(minutes=1), "min") if number else "At once",
                className="num md",
            ),
            html.Td(step.label),
            html.Td(words.told_by(step, names, is_first=number == 0), className="ad-wrap"),
            html.Td(words.channels(step, has_mail=has_mail), className="ad-wrap"),
        ]
        for number, step in enumerate(ladder.steps)
    ]
    set_by = f", set by {ladder.set_by_name}" if ladder.set_by_name else ", the default"
    why = [html.P(ladder.reason, className="t2 rl-said")] if ladder.reason else []
    last = "Nobody has tried the ladder out yet. Do it once a month."
    if tests:
        counted = fmt.plural(tests[0].steps, "step", "steps")
        when = fmt.moment(tests[0].at, zone, now=now)
        last = f"Last test: {when}, by {tests[0].by_name}, {counted}."
    is_due = ladder_rules.is_test_due(tests[0].at if tests else None, now)
    acts = html.Div(
        [
            button("Change the ladder", id=ids.ask_ladder(ladder.version), icon="pencil"),
            button("Send a test", opens=ids.TEST_DIALOG),
        ],
        className="row-x ad-acts",
    )
    return panel(
        "Who is told of a critical alarm",
        html.P(
            "The ladder is climbed until somebody acknowledges. Where a message reaches nobody, or "
            "has not gone for five minutes, the next step is due at once.",
            className="t2 rl-said",
        ),
        *why,
        table("Ladder", _HEADS, rows),
        html.Div([status(_DUE if is_due else _DONE), html.Span(last)], className="row-x ad-acts"),
        *([acts] if may_change else []),
        meta=f"version {ladder.version}{set_by}",
        class_name="ad-p",
    )


def _tests(tests: Sequence[Tested], now: datetime, zone: ZoneInfo) -> Component:
    rows: list[list[Component]] = [
        [
            html.Td(fmt.moment(each.at, zone, now=now), className="num"),
            html.Td(each.by_name),
            html.Td(fmt.count(each.steps), className="n"),
            html.Td(f"version {each.version}"),
        ]
        for each in tests
    ]
    return panel(
        "Tests", table("Tests of the ladder", _TESTS, rows), meta="the last 12", class_name="ad-p"
    )


def _versions(versions: Sequence[Ladder], zone: ZoneInfo) -> Component:
    rows: list[list[Component]] = [
        [
            html.Td(fmt.count(each.version), className="num"),
            html.Td(words.ladder_steps(each.steps), className="ad-wrap"),
            html.Td(each.set_by_name or BY_DEFAULT),
            html.Td("the beginning" if each.set_at is None else fmt.moment(each.set_at, zone)),
            html.Td(each.reason or "–", className="ad-wrap t2"),
        ]
        for each in versions
    ]
    return panel(
        "Versions of the ladder",
        table("Versions of the ladder", _OLDER, rows),
        meta=fmt.count(len(versions)),
        class_name="ad-p",
    )


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
