"""Ids of the Rack scans page."""

FILE = "rack-scan-file"
BOX = "rack-scan-box"
PROBLEMS = "rack-scan-problems"
SCANNER = "rack-scan-scanner"
SCAN_NOW = "rack-scan-now"
SCANNER_PROBLEMS = "rack-scan-scanner-problems"
LIST = "rack-scan-list"
REVIEW = "rack-scan-review"


def act(name: object) -> dict[str, object]:
    """Return the id of a button of the review; ALL fits too."""
    return {"type": "rack-scan-act", "act": name}


def leave(position: object) -> dict[str, object]:
    """Return the id of the button that leaves a line out, or takes it in; ALL fits too."""
    return {"type": "rack-scan-leave", "position": position}


def line_id(position: str) -> str:
    """Return the id of a line in the groups: Enter in the map leads there."""
    return f"rack-scan-line-{position}"


COMMIT, RECHECK, DISCARD, UNDO = "commit", "recheck", "discard", "undo"
