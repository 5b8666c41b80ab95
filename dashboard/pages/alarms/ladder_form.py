"""The dialog that changes the ladder: a row for each step, and two empty ones to go on with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.auth.ids import Role
from backend.core.principal import UserId
from backend.notifications.ids import Channel
from backend.telemetry.errors import RuleRefused
from backend.telemetry.ladder_rules import LONGEST_LABEL, MOST_STEPS, Step
from dashboard.components.attributes import aria
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.admin.words import ROLE_NAMES
from dashboard.pages.alarms import ids
from dashboard.pages.alarms.acts import reason_field
from dashboard.pages.custody.acting import answers

PLACES = range(MOST_STEPS)
NOBODY = "nobody"
"""What the choice of a person says for none: an empty value would show no words."""
_EMPTY_ROWS = 2
_ROLES = [role for role in Role if role is not Role.GUEST]
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed into the row of a step."""

    label: str
    minutes: str
    roles: Sequence[str]
    person: str
    by_mail: bool

    @property
    def is_empty(self) -> bool:
        """Say whether the row is left out."""
        return not (self.label or self.minutes or self.roles or self.person)


def draw(names: Mapping[UserId, str], *, has_mail: bool) -> list[Component]:
    """Draw the dialog; a press fills its rows from the ladder as it stands, and opens it."""
    return [
        dcc.Store(id=ids.LADDER_WHICH),
        dialog(
            ids.LADDER_DIALOG,
            "Change the ladder",
            error_summary({}, id=ids.LADDER_PROBLEMS),
            html.P(
                "Minutes count from the alarm and rise from step to step. A step whose row is "
                "empty is left out.",
                className="t2 said",
            ),
            *[_row(place, names, has_mail=has_mail) for place in PLACES],
            reason_field(
                ids.LADDER_REASON,
                "Why it changes",
                "Kept with your name beside this version. It holds for open alarms too.",
            ),
            answers("Leave it as it is", "Change the ladder", ids.LADDER_SEND),
            wide=True,
        ),
    ]


def filled(steps: Sequence[Step], *, has_mail: bool) -> dict[str, dict[str, Any]]:
    """Return what the fields of every row show for a ladder, by their ids."""
    props: dict[str, dict[str, Any]] = {}
    for place in PLACES:
        step = steps[place] if place < len(steps) else None
        props[ids.step_row(place)] = {"hidden": place >= len(steps) + _EMPTY_ROWS}
        props[ids.step_label(place)] = {"value": step.label if step else ""}
        if place == 0:
            continue
        minutes = f"{step.after / _A_MINUTE:g}" if step else ""
        by_mail = has_mail and (step is None or Channel.EMAIL in step.channels)
        props[ids.step_minutes(place)] = {"value": minutes}
        props[ids.step_roles(place)] = {
            "value": [role.value for role in step.roles] if step else []
        }
        person = step.people[0] if step and step.people else NOBODY
        props[ids.step_person(place)] = {"value": person}
        props[ids.step_mail(place)] = {"value": by_mail}
    return props


def steps_of(first: str, typed: Sequence[Typed]) -> list[Step]:
    """Return what was typed as steps, the first by its name alone; empty rows are left out.

    Raises:
        RuleRefused: minutes that are no whole number.
    """
    found = [Step(label=first, after=timedelta(0))]
    for place, row in enumerate(typed, 2):
        if row.is_empty:
            continue
        found.append(
            Step(
                label=row.label,
                after=_minutes(place, row.minutes),
                roles=tuple(Role(each) for each in row.roles),
                people=(row.person,) if row.person else (),
                channels=tuple(Channel) if row.by_mail else (Channel.IN_APP,),
            )
        )
    return found


def _minutes(place: int, text: str) -> timedelta:
    if not text.isascii() or not text.isdigit():
        sentence = f"Step {place}: the minutes are a whole number, such as 10."
        raise RuleRefused(sentence, fields={"steps": sentence})
    return int(text) * _A_MINUTE


def _row(place: int, names: Mapping[UserId, str], *, has_mail: bool) -> html.Fieldset:
    label = dbc.Input(
        id=ids.step_label(place), value="", maxLength=LONGEST_LABEL, autocomplete="off"
    )
    legend = html.Legend(f"Step {place + 1}")
    if place == 0:
        at_once = html.P("At once: whoever is told of alarms hears of it.", className="t2 said")
        inside: list[Component] = [legend, form_field("Name", label), at_once]
    else:
        minutes = dbc.Input(id=ids.step_minutes(place), value="", inputMode="numeric", maxLength=4)
        fields = [
            form_field("Name", label),
            form_field("After", minutes, unit="min"),
            form_field("This person", _person(place, names), optional=True),
        ]
        inside = [
            legend,
            html.Div(fields, className="al-three"),
            html.Div(_roles(place), role="group", **aria(label=f"Roles of step {place + 1}")),
            _mail(place, has_mail=has_mail),
        ]
    return html.Fieldset(inside, id=ids.step_row(place), className="al-step")


def _roles(place: int) -> dbc.Checklist:
    return dbc.Checklist(
        id=ids.step_roles(place),
        options=[{"value": role.value, "label": ROLE_NAMES[role]} for role in _ROLES],
        value=[],
        inline=True,
    )


def _person(place: int, names: Mapping[UserId, str]) -> dbc.Select:
    options = [{"value": NOBODY, "label": "Nobody by name"}]
    options += [{"value": str(key), "label": name} for key, name in names.items()]
    return dbc.Select(id=ids.step_person(place), options=options, value=NOBODY)


def _mail(place: int, *, has_mail: bool) -> dbc.Checkbox:
    return dbc.Checkbox(
        id=ids.step_mail(place),
        label="By mail too" if has_mail else "By mail too: no mail server is set up",
        value=False,
        disabled=not has_mail,
    )
