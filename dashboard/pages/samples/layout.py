"""Samples: the page is on its way; until then it says so."""

from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page


def layout(**_: str) -> Page:
    """Draw the page."""
    return page(
        title="Samples",
        children=[
            empty_state("Samples is not here yet", "This part of the laboratory is being built.")
        ],
    )
