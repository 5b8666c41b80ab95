"""Maintenance: the hours in which nobody is told of some units, begun and ended by a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.telemetry.maintenance import Window
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.pages.admin.parts import choices, table, two_lines
from dashboard.pages.alarms import ids, words
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.custody.acting import answers
from dashboard.pages.register.receiving import shown_locally

_USUAL = timedelta(hours=2)
_HEADS = (("Units", ""), ("State", ""), ("From", ""), ("Until", ""), ("Why", ""), ("Set by", ""))


def drawn(
    found: Sequence[Window], *, now: datetime, zone: ZoneInfo, may_set: bool
) -> list[Component]:
    """Draw the windows that run or are planned, and those of the last two weeks."""
    begin = [button("Start a maintenance", opens=ids.WINDOW_DIALOG, icon="plus-lg")]
    if not found:
        return [
            empty_state(
                "No unit is in maintenance",
                "Meanwhile alarms are written down and nobody is told. A week at most.",
                *(begin if may_set else []),
                icon="wrench-adjustable",
            )
        ]
    heads = (*_HEADS, ("Act", "n")) if may_set else _HEADS
    return [
        panel(
            "Maintenance",
            table("Maintenance", heads, [_row(each, now, zone, may_set=may_set) for each in found]),
            meta="with the last two weeks",
            aside=begin[0] if may_set else None,
            class_name="ad-p al-p",
        )
    ]


def draw(units: Sequence[tuple[UUID, str]], *, now: datetime) -> list[Component]:
    """Draw the dialog that starts a maintenance."""
    options = [(str(unit_id), label, "") for unit_id, label in units]
    return [
        dialog(
            ids.WINDOW_DIALOG,
            "Start a maintenance",
            error_summary({}, id=ids.WINDOW_PROBLEMS),
            html.P("Alarms of the units are written down and nobody is told.", className="t2"),
            choices("Units", ids.WINDOW_UNITS, options, []),
            html.Div(
                [
                    form_field("From", _moment(ids.WINDOW_FROM, now)),
                    form_field("Until", _moment(ids.WINDOW_UNTIL, now + _USUAL)),
                ],
                className="al-two",
            ),
            reason_field(
                ids.WINDOW_REASON, "What is done at the units", "Kept with your name beside it."
            ),
            answers("Not now", "Start", ids.WINDOW_SEND),
        )
    ]


def _moment(field: str, at: datetime) -> dbc.Input:
    return dbc.Input(id=field, type="datetime-local", value=shown_locally(at))


def _row(window: Window, now: datetime, zone: ZoneInfo, *, may_set: bool) -> list[Component]:
    ended = f"Ended by {window.ended_by_name}" if window.ended_by_name else ""
    cells: list[Component] = [
        html.Td(", ".join(window.unit_labels), className="ad-wrap"),
        html.Td(status(words.window_look(window, now))),
        html.Td(fmt.moment(window.starts_at, zone, now=now), className="num"),
        html.Td(two_lines(fmt.moment(window.ends_at, zone, now=now), ended), className="num"),
        html.Td(window.reason, className="ad-wrap t2"),
        html.Td(window.set_by_name),
    ]
    if may_set:
        act = None
        if not window.is_over(now):
            name = "Cancel" if window.starts_at > now else "End now"
            act = button(name, id=ids.end_window(str(window.window_id)), size="sm")
        cells.append(html.Td(act, className="n al-a"))
    return cells
