"""Ids of shipments: the dialog that begins one, and the page of one."""

from dashboard.pages.custody.parcel_ids import stores_below
from dashboard.pages.custody.parcel_parts import closing_below
from dashboard.pages.custody.scan_form import ids_below

NEW_DIALOG = "shipment-new-dialog"
NEW_PROBLEMS = "shipment-new-problems"
NEW_FROM_SITE = "shipment-new-from-site"
NEW_TO_SITE = "shipment-new-to-site"
NEW_RECIPIENT = "shipment-new-recipient"
NEW_CONDITION = "shipment-new-condition"
NEW_SEND = "shipment-new-send"

WHICH = "shipment-which"
"""Store: the code of the shipment that is shown."""
BODY = "shipment-body"
STORES = stores_below("shipment")
SCAN = ids_below("shipment-scan")
PACKED = "shipment-packed"

SHIP_DIALOG = "shipment-ship-dialog"
SHIP_PROBLEMS = "shipment-ship-problems"
SHIP_CARRIER = "shipment-ship-carrier"
SHIP_TRACKING = "shipment-ship-tracking"
SHIP_SEAL = "shipment-ship-seal"
SHIP_DOCUMENT = "shipment-ship-document"
SHIP_EXPECTED = "shipment-ship-expected"
SHIP_SEND = "shipment-ship-send"

FINISH = closing_below("shipment-finish")


def unpack(barcode: object) -> dict[str, object]:
    """Return the id of the button that takes a sample out of the box; ALL fits too."""
    return {"type": "shipment-unpack", "barcode": barcode}


def hold(barcode: object) -> dict[str, object]:
    """Return the id of the button that asks to put a sample on hold; ALL fits too."""
    return {"type": "shipment-hold", "barcode": barcode}
