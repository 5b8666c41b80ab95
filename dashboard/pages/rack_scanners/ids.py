"""Ids of the Rack scanners page."""

LIST = "rack-scanners"
PROBLEMS = "rack-scanner-problems"
EDITED = "rack-scanner-edited"
"""Store: the scanner whose facts stand in the form; empty for a new one."""
NAME = "rack-scanner-name"
HOST = "rack-scanner-host"
PORT = "rack-scanner-port"
DIALECT = "rack-scanner-dialect"
TRIGGER = "rack-scanner-trigger"
TERMINATOR = "rack-scanner-terminator"
DELIMITER = "rack-scanner-delimiter"
ORDER = "rack-scanner-order"
WAIT = "rack-scanner-wait"
ACTIVE = "rack-scanner-active"
SAVE = "rack-scanner-save"


def act(kind: object, scanner: object) -> dict[str, object]:
    """Return the id of a button of one scanner, by its name; ALL fits too."""
    return {"type": "rack-scanner-act", "act": kind, "scanner": scanner}


def said(scanner: object) -> dict[str, object]:
    """Return the id of the words a scanner said last; ALL and MATCH fit too."""
    return {"type": "rack-scanner-said", "scanner": scanner}
