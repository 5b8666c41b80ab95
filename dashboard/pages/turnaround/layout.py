"""Turnaround: how long requests take, where the time goes, and which are at risk."""

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.turnaround import queries, terms
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.sequencing.tabs import tabs
from dashboard.pages.turnaround import ids, panels, terms_form
from dashboard.session import current_principal

PATH = "/sequencing/turnaround"


def layout(view: str = "") -> Page:
    """Draw the figures, or with ``view=terms`` what they are measured by."""
    if view == "terms":
        return page(
            title="What turnaround is measured by",
            breadcrumb=[Crumb("Sequencing", "/sequencing"), Crumb("Turnaround", PATH)],
            children=[html.Div(terms_body(), id=ids.TERMS)],
        )
    return page(
        title="Turnaround",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs(PATH),
        actions=[button("Calendar and targets", href=f"{PATH}?view=terms", icon="sliders")],
        children=[html.Div(body(), id=ids.BODY), html.Div(id=ids.JOB)],
    )


def body() -> list[Component]:
    """Return the page as the rows say now."""
    with reading() as session:
        seen = queries.turnaround(session, current_principal(), zone=lab_zone())
    if not seen.done and not seen.open:
        return [
            empty_state(
                "No request in the last half year",
                "Turnaround is counted once somebody has asked for sequencing.",
                button("Open the board", href="/sequencing"),
                icon="bar-chart-steps",
            )
        ]
    return [
        panels.figures(seen),
        panels.curve(seen),
        panels.stages(seen),
        *panels.assays(seen),
        panels.prediction(seen, lab_zone(), _forecast_anew()),
        panels.at_risk(seen),
    ]


def terms_body() -> list[Component]:
    """Return the versions that were set, and the form of the next for those who may."""
    principal = current_principal()
    with reading() as session:
        now = terms.terms_now(session)
        versions = terms.list_terms(session, principal)
    drawn = [terms_form.holding(now), terms_form.listed(versions, zone=lab_zone())]
    if principal.may(Permission.SEQUENCING_CONFIGURE):
        drawn.append(terms_form.form(now))
    return drawn


def _forecast_anew() -> Component | None:
    if not current_principal().may(Permission.SEQUENCING_CONFIGURE):
        return None
    return button("Forecast anew", id=ids.FORECAST, icon="arrow-repeat", size="sm")
