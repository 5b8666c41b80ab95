"""Ids of parcels from outside: the dialog that announces one, and the page of one."""

from dashboard.pages.custody.parcel_ids import stores_below
from dashboard.pages.custody.parcel_parts import closing_below
from dashboard.pages.custody.scan_form import ids_below

NEW_DIALOG = "incoming-new-dialog"
NEW_PROBLEMS = "incoming-new-problems"
NEW_PROJECT = "incoming-new-project"
NEW_SENDER = "incoming-new-sender"
NEW_EXPECTED = "incoming-new-expected"
NEW_CARRIER = "incoming-new-carrier"
NEW_TRACKING = "incoming-new-tracking"
NEW_SEAL = "incoming-new-seal"
NEW_DOCUMENT = "incoming-new-document"
NEW_CODES = "incoming-new-codes"
NEW_SEND = "incoming-new-send"

WHICH = "incoming-which"
"""Store: the code of the parcel that is shown."""
BODY = "incoming-body"
STORES = stores_below("incoming")
SCAN = ids_below("incoming-scan")
END = closing_below("incoming-end")


def hold(barcode: object) -> dict[str, object]:
    """Return the id of the button that asks to put a sample on hold; ALL fits too."""
    return {"type": "incoming-hold", "barcode": barcode}
