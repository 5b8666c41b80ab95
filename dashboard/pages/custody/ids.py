"""Ids of the Custody page."""

from dashboard.pages.custody.offer_dialog import OfferIds

BODY = "custody-body"
CHANGED = "custody-changed"
"""Store: a new value after every act, which draws the view anew."""
CLOSE = "custody-close"
"""Store: ``{"dialog", "at"}`` of the dialog whose act is done, which the browser closes."""
CLOSE_SINK = "custody-close-sink"

CODE = "custody-code"
TRAY = "custody-tray"
"""Store: the barcodes that are scanned to be handed over."""
TRAY_LIST = "custody-tray-list"
TRAY_CLEAR = "custody-tray-clear"

OFFER = OfferIds("custody-offer")

DECLINE_DIALOG = "custody-decline-dialog"
DECLINE_PROBLEMS = "custody-decline-problems"
DECLINE_WHICH = "custody-decline-which"
DECLINE_REASON = "custody-decline-reason"
DECLINE_SEND = "custody-decline-send"


def accept(offer: object) -> dict[str, object]:
    """Return the id of the button that accepts all of an offer; ALL fits too."""
    return {"type": "custody-accept", "offer": offer}


def withdraw(offer: object) -> dict[str, object]:
    """Return the id of the button that takes an offer back; ALL fits too."""
    return {"type": "custody-withdraw", "offer": offer}
