"""What turnaround is measured by: what holds, every version, and the form of the next."""

import calendar
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.samples.ids import HoldKind
from backend.sequencing.ids import ClockStart
from backend.sequencing.reference.words import VALUES
from backend.sequencing.turnaround.terms import CLOCKED, Terms, TermsVersion
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import choices, table, two_lines
from dashboard.pages.sequencing.cards import COLUMN_NAMES
from dashboard.pages.turnaround import ids

_HEADS = (("Version", "n"), ("Target", "n"), ("Reason", ""), ("Set", ""))


def holding(now: TermsVersion) -> Component:
    """Say in words what holds."""
    terms = now.terms
    days = ", ".join(calendar.day_name[day] for day in sorted(terms.weekdays))
    late = (
        f"What arrives at {terms.cut_off:%H:%M} or later counts from the next working day."
        if terms.cut_off
        else "What arrives counts at once."
    )
    pauses = ", ".join(kind.value.replace("_", " ") for kind in terms.pausing) or "none"
    closed = fmt.plural(len(terms.holidays), "holiday is", "holidays are")
    return panel(
        "What holds",
        html.P(
            f"Days are counted {VALUES[terms.starts]}, unless an assay says otherwise.",
            className="t2",
        ),
        html.P(f"Working days are {days}; {closed} entered. {late}", className="t2"),
        html.P(f"Holds that stop the clock: {pauses}.", className="t2"),
        meta=f"version {now.version}" if now.version else "the program's own, nobody set any yet",
    )


def listed(versions: Sequence[TermsVersion], *, zone: ZoneInfo) -> Component:
    """Draw the versions, the one that holds first."""
    if not versions:
        return html.Div()
    return panel(
        "Versions",
        table("Versions, the newest first", _HEADS, [_row(each, zone) for each in versions]),
        class_name="ad-p bt",
    )


def form(now: TermsVersion) -> Component:
    """Draw the form of the next version, filled from the one that holds."""
    terms = now.terms
    return panel(
        "Set another version",
        dcc.Store(id=ids.VERSION, data=now.version),
        error_summary({}, id=ids.PROBLEMS),
        html.Div([*_calendar(terms), *_targets(terms), _why()], className="rl-form"),
        html.Div(button("Save as next version", id=ids.SAVE, kind="primary"), className="row-x"),
        class_name="ad-p bt",
    )


def _calendar(terms: Terms) -> list[Component]:
    weekdays = [(str(day), calendar.day_name[day], "") for day in range(7)]
    kinds = [(kind.value, kind.value.replace("_", " ").capitalize(), "") for kind in HoldKind]
    starts = [{"value": each.value, "label": VALUES[each].capitalize()} for each in ClockStart]
    return [
        form_field(
            "Days are counted",
            dbc.Select(id=ids.STARTS, options=starts, value=terms.starts.value),
            help_text="Never from before the request. An assay may say otherwise.",
        ),
        choices("Working days", ids.WEEKDAYS, weekdays, [str(day) for day in terms.weekdays]),
        form_field(
            "Cut-off",
            dbc.Input(
                id=ids.CUT_OFF,
                type="time",
                value=f"{terms.cut_off:%H:%M}" if terms.cut_off else "",
            ),
            help_text="Laboratory time. Empty: what arrives counts at once.",
        ),
        form_field(
            "Holidays",
            dcc.Textarea(
                id=ids.HOLIDAYS,
                value="\n".join(day.isoformat() for day in terms.holidays),
                rows=4,
                className="form-control mono",
            ),
            help_text="One day a line, such as 2026-12-25.",
        ),
        choices(
            "Holds that stop the clock",
            ids.PAUSING,
            kinds,
            [kind.value for kind in terms.pausing],
            help_text="Waiting for somebody outside. The laboratory's own queues are no pause.",
        ),
    ]


def _targets(terms: Terms) -> list[Component]:
    whole = form_field(
        "Target to done",
        dbc.Input(id=ids.TARGET, value=f"{terms.target_days:f}", inputMode="decimal"),
        unit="d",
    )
    columns = [
        form_field(
            f"Target in {COLUMN_NAMES[state]}",
            dbc.Input(
                id=ids.stage(state.value), value=f"{terms.stage_days[state]:f}", inputMode="decimal"
            ),
            unit="d",
        )
        for state in CLOCKED
    ]
    return [whole, *columns]


def _why() -> Component:
    return form_field(
        "Reason",
        dcc.Textarea(id=ids.REASON, value="", rows=2, maxLength=500, className="form-control"),
        help_text="Kept with your name.",
    )


def _row(version: TermsVersion, zone: ZoneInfo) -> list[Component]:
    at = fmt.moment(version.set_at, zone) if version.set_at else ""
    return [
        html.Td(fmt.count(version.version), className="n"),
        html.Td(f"{version.terms.target_days:f} d", className="n"),
        html.Td(version.reason),
        html.Td(two_lines(version.set_by_name, at)),
    ]
