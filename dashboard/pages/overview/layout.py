"""Overview: what needs a person, and the laboratory at a glance. Every figure is from rows."""

from dash import html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.transaction import reading
from dashboard import format as fmt
from dashboard.components.page import Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.overview import ids
from dashboard.pages.overview.readings import Readings
from dashboard.pages.overview.regions import REGIONS, draw
from dashboard.session import current_principal

ACROSS = (ids.ATTENTION, ids.FIGURES)


def layout() -> Page:
    """Draw the page whole, so that its first paint needs no further request."""
    principal = current_principal()
    with reading() as session:
        readings = Readings(session, principal)
        drawn = {
            name: html.Div(draw(region, readings), id=name)
            for name, region in REGIONS.items()
            if region.is_open_to(principal)
        }
    across: list[Component] = [drawn.pop(name) for name in ACROSS]
    grid = html.Div(list(drawn.values()), className="ov")
    now = fmt.moment(clock.utc_now(), lab_zone())
    return page(
        title="Overview",
        children=[*across, grid, html.P(f"Opened {now}", className="vh")],
    )
