"""The dialog that offers samples to somebody: on the custody page and on a sample's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import State, html

from backend.core.principal import Principal, UserId
from backend.core.sessions import WriteSession
from backend.custody import service
from backend.custody.errors import OfferRefused
from backend.custody.views import Receiver
from backend.samples.ids import SampleId
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field


@dataclass(frozen=True, slots=True)
class OfferIds:
    """The ids of one such dialog, all below one name."""

    name: str

    @property
    def dialog(self) -> str:
        return f"{self.name}-dialog"

    @property
    def problems(self) -> str:
        return f"{self.name}-problems"

    @property
    def to(self) -> str:
        return f"{self.name}-to"

    @property
    def condition(self) -> str:
        return f"{self.name}-condition"

    @property
    def note(self) -> str:
        return f"{self.name}-note"

    @property
    def send(self) -> str:
        return f"{self.name}-send"

    @property
    def fields(self) -> tuple[State, State, State]:
        """Return what was chosen and typed, in the order of `offer`'s ``given``."""
        return State(self.to, "value"), State(self.condition, "value"), State(self.note, "value")


def draw(
    ids: OfferIds, people: Sequence[Receiver], *, title: str, is_one: bool = False
) -> html.Dialog:
    """Draw it with the people to whom samples may be offered."""
    they = "It stays" if is_one else "They stay"
    them = "it" if is_one else "them"
    options = [{"value": str(person.id), "label": person.name} for person in people]
    return dialog(
        ids.dialog,
        title,
        error_summary({}, id=ids.problems),
        html.P(f"{they} with you until the other person accepts.", className="t2"),
        form_field("To", dbc.Select(id=ids.to, options=options)),
        form_field(
            "Condition",
            dbc.Input(id=ids.condition, value="", maxlength=300),
            help_text="Such as on dry ice, sealed",
            optional=True,
        ),
        form_field("Note", dbc.Input(id=ids.note, value="", maxlength=500), optional=True),
        html.Div(
            [
                button(f"Keep {them}", **data(close="")),
                button(f"Offer {them}", id=ids.send, kind="primary"),
            ],
            className="row-x",
        ),
    )


def offer(
    session: WriteSession,
    principal: Principal,
    keys: Sequence[SampleId],
    given: Sequence[str | None],
) -> None:
    """Offer samples as the dialog says.

    Raises:
        OfferRefused: nobody is chosen, or the service refuses; its other errors pass.
    """
    to, condition, note = given
    if not to:
        raise OfferRefused("Choose a person first.")
    service.offer_samples(
        session,
        principal,
        sample_ids=keys,
        to_id=UserId(UUID(to)),
        condition=condition or "",
        note=note or "",
    )
