"""Register: the page is on its way; until then it says so."""

from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page


def layout() -> Page:
    """Draw the page."""
    return page(
        title="Register",
        children=[
            empty_state("Register is not here yet", "This part of the laboratory is being built.")
        ],
    )


def import_layout(**_: str) -> Page:
    """Draw the page."""
    return page(
        title="Import file",
        children=[
            empty_state(
                "Import file is not here yet", "This part of the laboratory is being built."
            )
        ],
    )


def single_layout(**_: str) -> Page:
    """Draw the page."""
    return page(
        title="Register a sample",
        children=[
            empty_state(
                "Register a sample is not here yet", "This part of the laboratory is being built."
            )
        ],
    )
