"""The fields in which a second person signs once for several samples, and reading them."""

import dash_bootstrap_components as dbc
from dash import html

from backend.core.errors import InvalidInput
from backend.samples.ids import DisposalMeaning
from backend.samples.schemas import DisposalWitness
from dashboard.components.form_field import form_field

_MEANINGS = {
    DisposalMeaning.WITNESSED: "Witness: I see them discarded",
    DisposalMeaning.APPROVED: "Approval: they may go before their time",
}


def box_id(prefix: str) -> str:
    """Return the id of what holds the fields, to hide them by."""
    return f"{prefix}-witness"


def email_id(prefix: str) -> str:
    """Return the id of the field of the second person's address."""
    return f"{prefix}-witness-email"


def password_id(prefix: str) -> str:
    """Return the id of the field of their password."""
    return f"{prefix}-witness-password"


def meaning_id(prefix: str) -> str:
    """Return the id of the choice of what their signature says."""
    return f"{prefix}-witness-meaning"


def witness_fields(prefix: str, *, hidden: bool = False) -> html.Div:
    """Draw the fields; left empty, nobody signs and what needs a signature stays."""
    meanings = [{"value": each.value, "label": words} for each, words in _MEANINGS.items()]
    password = dbc.Input(
        id=password_id(prefix), type="password", value="", maxlength=128, autocomplete="off"
    )
    return html.Div(
        [
            html.P(
                "Where the rules ask for a second person, they sign here once, for exactly the "
                "samples chosen.",
                className="t2",
            ),
            form_field(
                "Address of the second person",
                dbc.Input(id=email_id(prefix), type="email", value="", autocomplete="off"),
                optional=True,
            ),
            form_field("Their password", password, optional=True),
            form_field(
                "What they sign",
                dbc.Select(
                    id=meaning_id(prefix),
                    options=meanings,
                    value=DisposalMeaning.WITNESSED.value,
                ),
                help_text="Approving takes somebody who manages projects.",
            ),
        ],
        id=box_id(prefix),
        hidden=hidden,
    )


def read_witness(
    email: str | None, password: str | None, meaning: str | None
) -> DisposalWitness | None:
    """Return who signs; None where nobody does.

    Raises:
        InvalidInput: one half of it is missing.
    """
    who = (email or "").strip()
    if not who and not password:
        return None
    if not who or not password:
        raise InvalidInput(
            "The second person signs with their address and their password. Fill in both."
        )
    chosen = DisposalMeaning(meaning or DisposalMeaning.WITNESSED)
    return DisposalWitness(email=who, password=password, meaning=chosen)
