"""Fleet: all units as rows, those that somebody has to look at first."""

from dash import dcc, html
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.incidents import fleet
from backend.telemetry import energy_queries
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.fleet import ids, panels
from dashboard.session import current_principal

TICK_MS = 60_000


def layout() -> Page:
    """Draw the page."""
    return page(
        title="All units",
        breadcrumb=[Crumb("Storage", "/storage")],
        children=[
            html.Div(body(), id=ids.UNITS),
            # Silence is told by nobody: the clock has to look for it.
            dcc.Interval(id=ids.TICK, interval=TICK_MS),
        ],
    )


def body() -> Component:
    """Return the units as the rows say now."""
    with reading() as session:
        units = fleet.fleet(session, current_principal())
        energy = energy_queries.last_days(session, current_principal(), zone=lab_zone())
    return panels.units(
        units,
        energy,
        now=clock.utc_now(),
        zone=lab_zone(),
        may_connect=current_principal().may(Permission.STORAGE_CONFIGURE),
    )
