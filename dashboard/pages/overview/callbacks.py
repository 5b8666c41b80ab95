"""The Overview stays new: a commit redraws the regions that it moved.

One callback a region: Dash throws an answer away when the same callback was asked again meanwhile,
so regions that shared one would lose what a quick second commit does not touch.
"""

from collections.abc import Callable

from dash import Input, Output
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.pages.overview.readings import Readings
from dashboard.pages.overview.regions import REGIONS, Region, draw
from dashboard.session import current_principal


def _redrawing(region: Region) -> Callable[..., Component]:
    def redraw(*_versions: int | None) -> Component:
        with reading() as session:
            return draw(region, Readings(session, current_principal()))

    return redraw


for _name, _region in REGIONS.items():
    page_callback(
        Permission.OVERVIEW_VIEW,
        Output(_name, "children"),
        *[Input(shell_ids.live(topic), "data") for topic in sorted(_region.topics)],
        prevent_initial_call=True,
    )(_redrawing(_region))
