"""Ids of shipments: the dialog that begins one, and the page of one."""

NEW_DIALOG = "shipment-new-dialog"
NEW_PROBLEMS = "shipment-new-problems"
NEW_RECIPIENT = "shipment-new-recipient"
NEW_CONDITION = "shipment-new-condition"
NEW_SEND = "shipment-new-send"

WHICH = "shipment-which"
"""Store: the code of the shipment that is shown."""
BODY = "shipment-body"
CHANGED = "shipment-changed"
CLOSE = "shipment-close"
CLOSE_SINK = "shipment-close-sink"
SCANNING = "shipment-scanning"
"""What stands above the list while scans are taken."""
ON_ARRIVAL = "shipment-on-arrival"
"""How a sample arrived; hidden while the box is packed."""
CODE = "shipment-code"
PROBLEMS = "shipment-problems"
HOW = "shipment-how"
CONDITION = "shipment-condition"
PACKED = "shipment-packed"

SHIP_DIALOG = "shipment-ship-dialog"
SHIP_PROBLEMS = "shipment-ship-problems"
SHIP_CARRIER = "shipment-ship-carrier"
SHIP_TRACKING = "shipment-ship-tracking"
SHIP_SEAL = "shipment-ship-seal"
SHIP_DOCUMENT = "shipment-ship-document"
SHIP_EXPECTED = "shipment-ship-expected"
SHIP_SEND = "shipment-ship-send"

FINISH_DIALOG = "shipment-finish-dialog"
FINISH_PROBLEMS = "shipment-finish-problems"
FINISH_SHORT = "shipment-finish-short"
FINISH_SEND = "shipment-finish-send"

HOLD_WHICH = "shipment-hold-which"
"""Store: the barcodes of the samples that may be put on hold."""
HOLD_OPEN = "shipment-hold-open"
"""Store: ``{"dialog", "at"}`` of the dialog that the browser opens."""
HOLD_OPEN_SINK = "shipment-hold-open-sink"
HOLD_DIALOG = "shipment-hold-dialog"
HOLD_PROBLEMS = "shipment-hold-problems"
HOLD_WHAT = "shipment-hold-what"
HOLD_KIND = "shipment-hold-kind"
HOLD_REASON = "shipment-hold-reason"
HOLD_SEND = "shipment-hold-send"


def unpack(barcode: object) -> dict[str, object]:
    """Return the id of the button that takes a sample out of the box; ALL fits too."""
    return {"type": "shipment-unpack", "barcode": barcode}


def hold(barcode: object) -> dict[str, object]:
    """Return the id of the button that asks to put a sample on hold; ALL fits too."""
    return {"type": "shipment-hold", "barcode": barcode}
