"""Ids of what the page of a shipment and that of a parcel from outside are both made of.

A callback of one page must find all that it names there, so each page has stores of its own.
"""

from typing import NamedTuple


class StoreIds(NamedTuple):
    """The ids of what such a page remembers unseen."""

    changed: str
    """A new value after every act, which draws the page anew."""
    close: str
    """``{"dialog", "at"}`` of the dialog that the browser closes."""
    close_sink: str


def stores_below(name: str) -> StoreIds:
    """Return the ids of a page's stores, all below one name."""
    return StoreIds(*(f"{name}-{part.replace('_', '-')}" for part in StoreIds._fields))


HOLD_TELLS = "parcel-hold-tells"
"""Store: the id of the store that draws the page anew."""
HOLD_CLOSE = "parcel-hold-close"
HOLD_CLOSE_SINK = "parcel-hold-close-sink"

HOLD_WHICH = "parcel-hold-which"
"""Store: the barcodes of the samples that may be put on hold."""
HOLD_OPEN = "parcel-hold-open"
"""Store: ``{"dialog", "at"}`` of the dialog that the browser opens."""
HOLD_OPEN_SINK = "parcel-hold-open-sink"
HOLD_DIALOG = "parcel-hold-dialog"
HOLD_PROBLEMS = "parcel-hold-problems"
HOLD_WHAT = "parcel-hold-what"
HOLD_KIND = "parcel-hold-kind"
HOLD_REASON = "parcel-hold-reason"
HOLD_SEND = "parcel-hold-send"
