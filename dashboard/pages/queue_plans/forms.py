"""The two forms of the page: what is to be planned, and what is pinned for every plan."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.errors import InvalidInput
from backend.sequencing.queue_plans.views import PinView
from backend.sequencing.views import Card, InstrumentView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.queue_plans import ids, words

_USUAL_LIMIT_S = 60


def ask_form(waiting: Sequence[Card], *, zone: ZoneInfo) -> Component:
    """Draw what a plan is asked by: which requests, from when on, how long to think."""
    if not waiting:
        return empty_state(
            "No request waits",
            "Requests that are in no pool yet are planned here.",
            button("Open the board", href="/sequencing"),
            icon="bar-chart-steps",
        )
    libraries = sum(card.libraries for card in waiting)
    every = f"All that waits: {fmt.plural(len(waiting), 'request', 'requests')}, "
    every += fmt.plural(libraries, "library", "libraries")
    options = [
        {"label": every, "value": ids.ALL},
        {"label": "Chosen requests only", "value": ids.CHOSEN},
    ]
    return html.Div(
        [
            error_summary({}, id=ids.ASK_PROBLEMS),
            html.Fieldset(
                [
                    html.Legend("What is to be planned"),
                    dbc.RadioItems(id=ids.WHICH, options=options, value=ids.ALL),
                    html.Details(
                        [
                            html.Summary("Requests that wait", className="t2"),
                            dbc.Checklist(
                                id=ids.REQUESTS,
                                options=[_option(card) for card in waiting],
                                value=[],
                            ),
                        ]
                    ),
                ]
            ),
            html.Div(
                [
                    form_field(
                        "Earliest start",
                        dbc.Input(id=ids.BEGINS, type="datetime-local"),
                        help_text=f"Laboratory time, {zone.key}. Empty is in two to three hours.",
                        optional=True,
                    ),
                    form_field(
                        "Time to compute",
                        dbc.Input(
                            id=ids.LIMIT, type="number", min=1, max=120, value=_USUAL_LIMIT_S
                        ),
                        unit="s",
                        help_text="Of the processor, 120 at most.",
                    ),
                ],
                className="bd-row",
            ),
            html.Div(button("Make a plan", id=ids.ASK, kind="primary"), className="row-x"),
        ],
        className="qp-form",
    )


def pins_panel(
    pins: Sequence[PinView],
    waiting: Sequence[Card],
    instruments: Sequence[InstrumentView],
    problem: str = "",
) -> list[Component]:
    """Draw what is pinned with a way to take each away, and the form that pins more."""
    listed: Component = html.P("Nothing is pinned: the planner is free.", className="t2")
    if pins:
        listed = html.Ul([_pin(each) for each in pins], className="reasons qp-pins")
    told = [html.P(problem, className="c-crit", role="alert")] if problem else []
    return [panel("Pins", listed, *told, _pin_form(waiting, instruments), meta=_kept(pins))]


def begins(typed: str | None, zone: ZoneInfo) -> datetime | None:
    """Return the moment that was typed in laboratory time. Raises InvalidInput."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError as error:
        sentence = "Write the date and the time, as 2026-12-01 10:00."
        raise InvalidInput(sentence, fields={"begins_at": sentence}) from error


def _kept(pins: Sequence[PinView]) -> str:
    return f"{len(pins)}, kept for every plan to come" if pins else "kept for every plan to come"


def _option(card: Card) -> dict[str, str]:
    libraries = fmt.plural(card.libraries, "library", "libraries")
    due = fmt.calendar_day(card.due_on)
    label = f"{card.code}, {card.project_code}: {libraries}, 2 × {card.read_length}, due {due}"
    return {"label": label, "value": str(card.id)}


def _pin(pin: PinView) -> Component:
    said = words.pinned(pin)
    return html.Li(
        [
            html.Span(said, className="sp"),
            html.Span(pin.made_by_name, className="t3 sm"),
            button(
                "Unpin",
                id=ids.pin(ids.UNPIN, str(pin.id)),
                size="sm",
                kind="ghost",
                **aria(label=f"Unpin {said}"),
            ),
        ],
        className="row-x",
    )


def _pin_form(waiting: Sequence[Card], instruments: Sequence[InstrumentView]) -> Component:
    requests = [
        {"label": f"{card.code}, {card.project_code}", "value": str(card.id)} for card in waiting
    ]
    machines = [{"label": each.name, "value": str(each.id)} for each in instruments]
    return html.Details(
        [
            html.Summary("Pin a request or a library"),
            html.Div(
                [
                    form_field("Request", dbc.Select(id=ids.PIN_REQUEST, options=requests)),
                    form_field(
                        "Library",
                        dbc.Input(id=ids.PIN_LIBRARY, maxLength=64, autocomplete="off"),
                        help_text="Its barcode; empty is the whole request.",
                        optional=True,
                    ),
                    form_field("Instrument", dbc.Select(id=ids.PIN_INSTRUMENT, options=machines)),
                    form_field("Start", dbc.Input(id=ids.PIN_START, type="datetime-local")),
                    form_field(
                        "Lane",
                        dbc.Input(id=ids.PIN_LANE, type="number", min=1, step=1),
                        optional=True,
                    ),
                ],
                className="qp-pin-form",
            ),
            html.Div(
                [
                    button("Pin there", id=ids.PIN_SEND),
                    button("Keep away from there", id=ids.PIN_AWAY, kind="ghost"),
                ],
                className="row-x",
            ),
        ]
    )
