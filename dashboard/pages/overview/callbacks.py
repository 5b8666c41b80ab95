"""The Overview stays new: a commit redraws the regions that it moved."""

from typing import Any

from dash import Input, Output, ctx, no_update

from backend.core.principal import Permission
from backend.core.transaction import reading
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.pages.overview.readings import Readings
from dashboard.pages.overview.regions import REGIONS, draw
from dashboard.session import current_principal

_TOPICS = sorted(frozenset[str]().union(*(region.topics for region in REGIONS.values())))


@page_callback(
    Permission.OVERVIEW_VIEW,
    *[Output(name, "children") for name in REGIONS],
    *[Input(shell_ids.live(topic), "data") for topic in _TOPICS],
    prevent_initial_call=True,
)
def show_newest(*_versions: int | None) -> tuple[Any, ...]:
    """Draw the regions that the moved topics touch, in one snapshot; leave the others."""
    moved = {
        topic for topic in _TOPICS if f"{shell_ids.live(topic)}.data" in ctx.triggered_prop_ids
    }
    with reading() as session:
        readings = Readings(session, current_principal())
        return tuple(
            draw(region, readings) if region.topics & moved else no_update
            for region in REGIONS.values()
        )
