"""The pages that say why another page is not shown."""

from backend.core.errors import AppError, NotFound, PermissionDenied, Unavailable
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.page import Page, page


def not_found(path: str) -> Page:
    """Draw the answer to an address that no page has."""
    return page(
        title="Page not found",
        children=[
            empty_state(
                "There is no page at this address",
                f"Check the address {path}, or search for the barcode.",
                button("Open overview", href="/", kind="primary"),
                icon="signpost-split",
            )
        ],
    )


def refused() -> Page:
    """Draw the answer to a page that the person's role does not include."""
    return page(
        title="Not included in your role",
        children=[
            empty_state(
                "Your role does not include this page",
                "Ask an administrator of the laboratory for it.",
                button("Open overview", href="/", kind="primary"),
                icon="lock",
            )
        ],
    )


def failed(error: AppError | None, *, reference: str = "") -> Page:
    """Draw what a page's refusal says; None stands for a defect, shown by its reference."""
    match error:
        case None:
            title, why, icon = (
                "This page could not be drawn",
                "The fault is recorded. Quote the reference if you report it.",
                "x-octagon",
            )
        case PermissionDenied():
            return refused()
        case NotFound():
            title, why, icon = "Not found", error.message, "signpost-split"
        case Unavailable():
            title, why, icon = (
                "The laboratory’s database did not answer",
                error.message,
                "cloud-slash",
            )
        case _:
            title, why, icon = "This page cannot be shown", error.message, "exclamation-triangle"
    return page(
        title=title,
        children=[
            empty_state(
                title,
                why,
                button("Open overview", href="/", kind="primary"),
                icon=icon,
                reference=reference,
            )
        ],
    )
