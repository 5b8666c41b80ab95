"""One sample: the page is on its way; until then it says so."""

from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page


def detail_layout(**_: str) -> Page:
    """Draw the page."""
    return page(
        title="Sample",
        children=[
            empty_state("Sample is not here yet", "This part of the laboratory is being built.")
        ],
    )
