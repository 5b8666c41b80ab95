"""Ids of the workbook pages."""

LIST = "workbooks-list"
FIND = "workbooks-find"
FIND_OLDER = "workbooks-find-older"
FIND_GO = "workbooks-find-go"
NAMED = "workbooks-named"
NAMED_GO = "workbooks-named-go"

UPLOAD = "workbook-upload"
CHOSEN = "workbook-chosen"
NOTE = "workbook-note"

NEW_DIALOG = "workbook-new-dialog"
NEW_PROBLEMS = "workbook-new-problems"
NEW_PROJECT = "workbook-new-project"
NEW_SEND = "workbook-new-send"

WHICH = "workbook-which"
"""Store: the key of the workbook that is shown."""
SHOWN = "workbook-shown"
"""Store: ``{"version", "state"}`` as drawn; only another state draws the version anew."""
RAIL = "workbook-rail"
MAIN = "workbook-main"

VERSION_DIALOG = "workbook-version-dialog"
VERSION_PROBLEMS = "workbook-version-problems"
VERSION_SEND = "workbook-version-send"

NAME_DIALOG = "workbook-name-dialog"
NAME_PROBLEMS = "workbook-name-problems"
NAME = "workbook-name"
NAME_SEND = "workbook-name-send"
CLOSE = "workbook-close"
"""Store: ``{"dialog", "at"}`` of the dialog whose act is done, which the browser closes."""
CLOSE_SINK = "workbook-close-sink"

ROWS_FIND = "workbook-rows-find"
ROWS_FIND_GO = "workbook-rows-find-go"
TICKED = "workbook-ticked"
AGAINST = "workbook-against"
KEY = "workbook-key"
LONG = "workbook-long"
LONG_GO = "workbook-long-go"

SHEET = "workbook-sheet"
"""Store: the key of the sheet that is shown."""
SEND_DIALOG = "workbook-send-dialog"
SEND_PROBLEMS = "workbook-send-problems"
SEND_WHICH = "workbook-send-which"
SEND_PROJECT = "workbook-send-project"
SEND = "workbook-send"
SEND_GOING = "workbook-send-going"


def rows(sheet: object, find: object) -> dict[str, object]:
    """Return the id of the grid of a sheet's rows that contain a text; ALL and MATCH fit too.

    Another sheet or another text is another grid, so that it asks for its rows anew.
    """
    return {"type": "workbook-rows", "sheet": sheet, "find": find}


def compared(job: object) -> dict[str, object]:
    """Return the id of the place of what a job has compared."""
    return {"type": "workbook-compared", "job": job}


def sent(job: object) -> dict[str, object]:
    """Return the id of the place of the draft that a job makes."""
    return {"type": "workbook-sent", "job": job}
