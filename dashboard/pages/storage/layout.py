"""Storage: the page is on its way; until then it says so."""

from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page


def layout(**_: str) -> Page:
    """Draw the page."""
    return page(
        title="Storage",
        children=[
            empty_state("Storage is not here yet", "This part of the laboratory is being built.")
        ],
    )
