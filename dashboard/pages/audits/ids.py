"""Ids of the physical audits: the list with its form, and the page of one."""

from dashboard.pages.custody.parcel_ids import stores_below

PROBLEMS = "audit-problems"
TITLE = "audit-title"
UNITS = "audit-units"
PURPOSE = "audit-purpose"
SHARE = "audit-share"
TUBES = "audit-tubes"
START = "audit-start"

WHICH = "audit-which"
"""Store: the key of the audit that is shown."""
AT = "audit-at"
"""Store: ``{"check", "position"}`` of what is looked at; None for the next of the walk."""
STORES = stores_below("audit")
BODY = "audit-body"
FOUND = "audit-found"
BENCH = "audit-bench"
HAND = "audit-hand"
HAND_PROBLEMS = "audit-hand-problems"
CODE = "audit-code"
FILE = "audit-file"
ABSENT_DIALOG = "audit-absent-dialog"

CLOSE_DIALOG = "audit-close-dialog"
CLOSE_PROBLEMS = "audit-close-problems"
NOTE = "audit-close-note"
CLOSE = "audit-close-send"


def act(name: object) -> dict[str, object]:
    """Return the id of a button for the box at hand; ALL fits too."""
    return {"type": "audit-act", "act": name}


EMPTY, UNREAD, DONE, SEAL, ABSENT = "empty", "unread", "done", "seal", "absent"


def choose(check: object) -> dict[str, object]:
    """Return the id of the button that takes a box to hand; ALL fits too."""
    return {"type": "audit-choose", "check": check}
