"""Putting on hold what came damaged, went missing or was not on the list."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html, set_props
from dash.development.base_component import Component

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.samples.ids import HoldKind
from dashboard import format as fmt
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.custody import parcel_ids as ids
from dashboard.pages.custody.acting import answers

_KINDS = (
    (HoldKind.QUARANTINE, "Quarantine"),
    (HoldKind.TEMPERATURE_EXPOSURE, "Temperature exposure"),
    (HoldKind.QC_PENDING, "Quality control pending"),
)
_LONGEST_REASON = 500
Asked = tuple[list[str], dict[str, str], str, str]
"""Which samples, which dialog to open, the sentence in it, and the reason to begin with."""


def draw(*, tells: str) -> list[Component]:
    """Draw the dialog and what it remembers; `ask` and `show` fill and open it.

    ``tells`` is the id of the store that draws the page anew.
    """
    kinds = [{"value": kind.value, "label": name} for kind, name in _KINDS]
    return [
        dcc.Store(id=ids.HOLD_WHICH, data=[]),
        dcc.Store(id=ids.HOLD_TELLS, data=tells),
        dcc.Store(id=ids.HOLD_CLOSE),
        dcc.Store(id=ids.HOLD_CLOSE_SINK),
        dcc.Store(id=ids.HOLD_OPEN),
        dcc.Store(id=ids.HOLD_OPEN_SINK),
        dialog(
            ids.HOLD_DIALOG,
            "Put on hold?",
            error_summary({}, id=ids.HOLD_PROBLEMS),
            html.P("", id=ids.HOLD_WHAT, className="t2 said"),
            form_field(
                "Hold", dbc.Select(id=ids.HOLD_KIND, options=kinds, value=HoldKind.QUARANTINE.value)
            ),
            form_field(
                "Reason",
                dcc.Textarea(
                    id=ids.HOLD_REASON,
                    value="",
                    rows=3,
                    maxLength=_LONGEST_REASON,
                    className="form-control",
                ),
            ),
            answers("Leave it as it is", "Put on hold", ids.HOLD_SEND),
        ),
    ]


def ask(principal: Principal, found: Sequence[str], reason: str) -> Asked | None:
    """Return what opens the dialog for samples; None where there is nothing to be asked."""
    if not found or not principal.may(Permission.SAMPLES_HOLD):
        return None
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")  # noqa: PLR2004 -- as many as fit two lines
    what = f"{fmt.plural(len(found), 'sample', 'samples')}: {shown}. Nobody uses what is on hold."
    opened = {"dialog": ids.HOLD_DIALOG, "at": str(new_id())}
    return list(found), opened, what, reason[:_LONGEST_REASON]


def show(asked: Asked | None) -> None:
    """Fill the dialog from inside a callback and let the browser open it."""
    if asked is None:
        return
    which, opened, what, reason = asked
    set_props(ids.HOLD_WHICH, {"data": which})
    set_props(ids.HOLD_WHAT, {"children": what})
    set_props(ids.HOLD_REASON, {"value": reason})
    set_props(ids.HOLD_PROBLEMS, {"children": []})
    set_props(ids.HOLD_OPEN, {"data": opened})
