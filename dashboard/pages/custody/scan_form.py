"""The form that takes tubes by scan: on the page of a shipment and of a parcel from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
from dash import Input, Output, State, ctx, html, no_update, set_props

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.custody.ids import Arrival
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.scan_target import answer_scan
from dashboard.components.tones import Tone
from dashboard.pages.custody import hold_dialog
from dashboard.pages.custody import parcel_ids as page_ids
from dashboard.session import current_principal
from dashboard.shell_ids import SCAN_PAGE

_HOW = (
    (Arrival.EXPECTED, "As expected"),
    (Arrival.DAMAGED, "Damaged"),
    (Arrival.WRONG_LABEL, "Wrong label"),
)


class ScanIds(NamedTuple):
    """The ids of one such form; how a tube arrived is not asked while a box is packed."""

    box: str
    problems: str
    code: str
    on_arrival: str
    how: str
    condition: str


def ids_below(name: str) -> ScanIds:
    """Return the ids of a form, all below one name."""
    return ScanIds(*(f"{name}-{part}" for part in ScanIds._fields))


def wires(ids: ScanIds) -> tuple[Output | Input | State, ...]:
    """Return what `take` answers and is given: a scan, a press of Enter, and the fields."""
    return (
        Output(ids.problems, "children"),
        Output(ids.code, "value"),
        Output(ids.condition, "value"),
        Output(ids.how, "value"),
        Input(SCAN_PAGE, "data"),
        Input(ids.code, "n_submit"),
        State(ids.code, "value"),
        State(ids.how, "value"),
        State(ids.condition, "value"),
    )


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code out of the parcel ``which``, and how its tube looks."""

    which: str
    code: str
    arrival: Arrival
    condition: str


Answer = tuple[Tone, str, hold_dialog.Asked | None]
"""The tone and the sentence of a scan, and what there is to be asked about the tube."""


def draw(ids: ScanIds, help_text: str, *, is_shown: bool, is_arrival: bool = True) -> html.Div:
    """Draw the form; without ``is_arrival`` it does not ask how a tube looks."""
    how = [{"value": arrival.value, "label": label} for arrival, label in _HOW]
    look = dbc.Select(id=ids.how, options=how, value=Arrival.EXPECTED.value)
    wrong = dbc.Input(id=ids.condition, value="", maxlength=300)
    code = dbc.Input(id=ids.code, value="", autocomplete="off", maxlength=200)
    return html.Div(
        [
            error_summary({}, id=ids.problems),
            form_field("Sample", code, help_text=help_text),
            html.Div(
                [
                    form_field("On arrival", look),
                    form_field("What is wrong", wrong, optional=True),
                ],
                id=ids.on_arrival,
                className="grid2 cu-arrival",
                hidden=not is_arrival,
            ),
        ],
        id=ids.box,
        hidden=not is_shown,
        className="panel cu-scan cu-bench",
    )


def take(
    ids: ScanIds,
    act: Callable[[WriteSession, Principal, Scanned], Answer],
    scan: dict[str, str] | None,
    given: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Do what a scanned or typed code asks for, answered by ear and word; see `wires`."""
    typed, how, condition, which = given
    code = (scan or {}).get("code", "") if ctx.triggered_id == SCAN_PAGE else (typed or "")
    if not code.strip():
        return (no_update,) * 4
    principal = current_principal()
    try:
        with writing() as session:
            scanned = Scanned(which, code, Arrival(how), condition or "")
            tone, said, asked = act(session, principal, scanned)
    except AppError as refusal:
        answer_scan(Tone.CRIT, refusal.message)
        problems = vars(error_summary({ids.code: refusal.message}))["children"]
        return problems, no_update, no_update, no_update
    answer_scan(tone, said)
    hold_dialog.show(asked)
    # No output of the callback: every page with such a form has this store, and each listens to
    # the same scans.
    set_props(page_ids.CHANGED, {"data": str(new_id())})
    return [], "", "", Arrival.EXPECTED.value
