"""The part of the What-if page that speaks of another set point."""

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import energy_queries
from backend.storage.views import UnitOccupancy
from backend.telemetry import electricity
from backend.telemetry.electricity import Price
from backend.telemetry.energy import slope
from backend.telemetry.energy.slope import NotIdentified
from backend.telemetry.energy_views import SetpointModel
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.what_if import setpoint_words as words


def body(
    session: ReadSession, principal: Principal, unit: UnitOccupancy, shift_k: float
) -> html.Section:
    """Return what another set point would change, or why that cannot be said."""
    model = energy_queries.setpoint_model(session, principal, unit.unit_id, zone=lab_zone())
    return drawn(unit.label, model, electricity.price_now(session), shift_k)


def drawn(
    label: str, model: SetpointModel | None, price: Price | None, shift_k: float
) -> html.Section:
    """Draw the answer, what qualifies it and how wrong the model was."""
    title = f"Another set point of {label}"
    if model is None or isinstance(model.fitted, NotIdentified):
        said = words.no_model(label, model)
        return panel(
            title,
            empty_state("No answer yet", said, icon="graph-up"),
            predicted=True,
            class_name="bt",
        )
    fitted = model.fitted
    change = slope.change(fitted, model.from_c, model.from_c + shift_k)
    parts: list[Component] = [
        html.P(words.headline(model, change), className="fc-hl"),
        html.P(words.money(change, price), className="t2"),
        *(html.P(line, className="t2") for line in words.cautions(model, fitted, change)),
        html.Dl(
            [
                html.Div([html.Dt(term), html.Dd(value, className="num")])
                for term, value in words.score(fitted)
            ],
            className="fc-score",
        ),
    ]
    return panel(
        title,
        *parts,
        meta=f"Energy model, version {slope.VERSION}",
        predicted=True,
        class_name="bt fc-side",
    )
