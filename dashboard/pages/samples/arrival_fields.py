"""The fields that say how a sample arrived, wherever one or many are received or corrected."""

from collections.abc import Sequence
from typing import TypedDict

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.samples import arrival_rules, rules
from backend.samples.arrival_views import ArrivalView
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import ArrivalCondition
from backend.samples.schemas import ArrivalInput
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.pages.samples import ids
from dashboard.pages.samples.detail_acting import perhaps
from dashboard.pages.samples.detail_words import hold_words

GOOD = [ArrivalCondition.GOOD.value]


def arrival_fields(
    of: str, *, hidden: bool = True, says: ArrivalView | None = None, is_blank: bool = False
) -> html.Div:
    """Draw the fields, good unless ``says`` says otherwise; hidden until the step takes them.

    With ``is_blank`` nothing is ticked: who has nothing to say goes past them.
    """
    start = BLANK if is_blank else started(says)
    conditions = [
        {"value": condition.value, "label": name}
        for condition, name in arrival_rules.CONDITION_NAME.items()
    ]
    temperature = dbc.Input(
        id=ids.arrival("temperature", of),
        value=start["temperature"],
        inputmode="decimal",
        autocomplete="off",
    )
    note = dbc.Input(
        id=ids.arrival("note", of), value=start["note"], maxlength=arrival_rules.LONGEST_NOTE
    )
    return html.Div(
        [
            html.Fieldset(
                [
                    html.Legend("Condition on arrival", className="lab"),
                    dbc.Checklist(
                        id=ids.arrival("conditions", of),
                        options=conditions,
                        value=start["conditions"],
                    ),
                ],
                className="fld arr-x",
            ),
            _named("Temperature on arrival, °C (optional)", temperature),
            _named("Note on arrival (needed for Other)", note),
            html.Div(
                hold_notice(start["conditions"]),
                id=ids.arrival("says", of),
                role="status",
                className="arr-says",
            ),
        ],
        id=ids.arrival("box", of),
        hidden=hidden,
    )


class Started(TypedDict):
    """What stands in the fields before anybody types."""

    conditions: list[str]
    temperature: str
    note: str


BLANK = Started(conditions=[], temperature="", note="")


def started(arrival: ArrivalView | None) -> Started:
    """Return what the fields start from: what is written of an arrival, or Good."""
    if arrival is None:
        return Started(conditions=GOOD, temperature="", note="")
    celsius = arrival.temperature_c
    return Started(
        conditions=[each.value for each in arrival.conditions],
        temperature="" if celsius is None else f"{celsius:f}",
        note=arrival.note,
    )


def is_taken(action: str | None) -> bool:
    """Say whether something arrives at a step."""
    step = rules.BY_ACTION.get(action or "")
    return step is not None and step.takes_arrival


def settled(ticked: Sequence[str]) -> list[str]:
    """Return what is ticked without contradiction: what was ticked last wins over Good."""
    if len(ticked) > 1 and GOOD[0] in ticked:
        return GOOD if ticked[-1] == GOOD[0] else [each for each in ticked if each != GOOD[0]]
    return list(ticked)


def hold_notice(ticked: Sequence[str]) -> list[Component]:
    """Say which holds the conditions put a sample on, before anybody confirms."""
    due = arrival_rules.holds_due(ArrivalCondition(each) for each in ticked)
    if not due:
        return [html.P("It does not go on hold.", className="t2")]
    said = "; ".join(
        f"{hold_words(each.kind)} ({arrival_rules.told(each.found, None).lower()})" for each in due
    )
    return [
        html.P(
            [icon("pause-circle", Tone.WARN), f"It goes on hold: {said}."], className="st st-wrap"
        )
    ]


def read_arrival(
    action: str | None, ticked: Sequence[str] | None, temperature: str | None, note: str | None
) -> ArrivalInput | None:
    """Return what was filled in; None at a step at which nothing arrives.

    Raises:
        RegistrationRefused: it says nothing certain.
    """
    return found_arrival(ticked, temperature, note) if is_taken(action) else None


def found_arrival(
    ticked: Sequence[str] | None, temperature: str | None, note: str | None
) -> ArrivalInput:
    """Return what was filled in. Same errors as `read_arrival`."""
    try:
        return ArrivalInput(
            conditions=tuple(ArrivalCondition(each) for each in ticked or ()),
            temperature_c=perhaps(temperature, "Temperature on arrival", "°C"),
            note=note or "",
        )
    except ValidationError as refusal:
        said = [str(fault["msg"]).removeprefix("Value error, ") for fault in refusal.errors()]
        raise RegistrationRefused(" ".join(said)) from refusal


def _named(label: str, control: Component) -> html.Label:
    """Draw a control inside its label: its id is no text that a label could point at."""
    return html.Label([html.Span(label, className="lab"), control], className="fld")
