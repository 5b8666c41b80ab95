"""Dialogs of a sample's custody: handing over, checking out, returning; and what may be done."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples.ids import Custody
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.custody import offer_dialog
from dashboard.pages.samples import detail_custody_ids as ids
from dashboard.pages.samples.detail_dialogs import answers
from dashboard.pages.samples.detail_facts import SampleFacts


def acts(facts: SampleFacts, principal: Principal) -> list[Component]:
    """Return the buttons of what the person may do with who holds the sample."""
    if not principal.may(Permission.CUSTODY_HANDLE) or facts.sample.row.status == "discarded":
        return []
    is_stored = facts.sample.row.custody == Custody.IN_STORAGE
    if facts.checkout is not None:
        found: list[Component] = [
            button("Return", icon="box-arrow-in-down", opens=ids.RETURN_DIALOG)
        ]
    elif not is_stored or principal.may(Permission.STORAGE_PLACE):
        found = [button("Check out", icon="box-arrow-up", opens=ids.OUT_DIALOG)]
    else:
        found = []
    if not is_stored:
        found.append(button("Hand over", icon="people", opens=ids.OFFER.dialog))
    return found


def dialogs(facts: SampleFacts) -> list[html.Dialog]:
    """Draw the dialogs; all of them always stand there for callbacks."""
    offer = offer_dialog.draw(ids.OFFER, facts.receivers, title="Hand over the sample", is_one=True)
    return [offer, _check_out(), _return(facts)]


def out_sentence(facts: SampleFacts) -> str:
    """Say who has it, what for and until when."""
    out = facts.checkout
    if out is None:
        return "It is not checked out."
    day = fmt.calendar_day(out.due_on, with_year=True)
    return f"{out.holder_name} has it for {out.purpose}, due back {day}."


def _check_out() -> html.Dialog:
    return dialog(
        ids.OUT_DIALOG,
        "Check out the sample",
        error_summary({}, id=ids.OUT_PROBLEMS),
        html.P("It leaves its position and is with you.", className="t2"),
        form_field("What for", dbc.Input(id=ids.OUT_PURPOSE, value="", maxlength=300)),
        form_field("Due back", dbc.Input(id=ids.OUT_DUE, type="date", value="")),
        form_field(
            "Kept at meanwhile",
            dbc.Input(id=ids.OUT_TEMPERATURE, value="", inputMode="decimal", autocomplete="off"),
            unit="°C",
            optional=True,
        ),
        answers("Leave it there", "Check out", ids.OUT_SEND),
    )


def _return(facts: SampleFacts) -> html.Dialog:
    return dialog(
        ids.RETURN_DIALOG,
        "Return the sample",
        error_summary({}, id=ids.RETURN_PROBLEMS),
        html.P(out_sentence(facts), id=ids.RETURN_WHO, className="t2"),
        form_field(
            "Used",
            dbc.Input(id=ids.RETURN_USED, value="", inputMode="decimal", autocomplete="off"),
            unit="µL",
            help_text="Empty if nothing was used",
            optional=True,
        ),
        dbc.Checklist(
            id=ids.RETURN_THAWED, options=[{"value": "yes", "label": "It was thawed"}], value=[]
        ),
        form_field(
            "Left on bench",
            dbc.Input(id=ids.RETURN_BENCH, value="", maxlength=60),
            help_text="Empty to put it back into the position that it came from",
            optional=True,
        ),
        answers("Keep it out", "Return it", ids.RETURN_SEND),
    )
