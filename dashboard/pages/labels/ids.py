"""Ids of the label queue and of the dialog that prints labels from any page."""

QUEUE = "labels-queue"
REASON_DIALOG = "labels-reason-dialog"
REASON = "labels-reason"
REASON_FOR = "labels-reason-for"
"""Store: the print that is to be repeated."""
REASON_GO = "labels-reason-go"
REASON_SAID = "labels-reason-said"

DIALOG = "labels-dialog"
WHAT = "labels-what"
"""Store: whose labels, as {"samples": […]}, {"import": key}, {"session": true}, {"place": key,
"alone": true} or, of a stored query, {"query": key, "total": number}."""
TEMPLATE = "labels-template"
WHERE = "labels-where"
PRINTER = "labels-printer"
SHEET = "labels-sheet"
START_AT = "labels-start-at"
COPIES = "labels-copies"
ONLY_NEW = "labels-only-new"
AGAIN_FOR = "labels-again-for"
PREVIEW = "labels-preview"
ASK = "labels-ask"
STATE = "labels-printer-state"
ON_PRINTER = "labels-on-printer"
ON_SHEET = "labels-on-sheet"
GO = "labels-go"
SAID = "labels-said"
FILE = "labels-file"
SHEETS_JOB = "labels-sheets-job"
"""Store: the job that makes a file of very many labels, if one was asked for."""
SHEETS_FILE = "labels-sheets-file"


def act(kind: object, print_id: object) -> dict[str, object]:
    """Return the id of a button of one print; ALL fits too."""
    return {"type": "labels-act", "kind": kind, "print": print_id}
