"""Ids of the Rack scans page."""

FILE = "rack-scan-file"
BOX = "rack-scan-box"
PROBLEMS = "rack-scan-problems"
LIST = "rack-scan-list"
REVIEW = "rack-scan-review"


def act(name: object) -> dict[str, object]:
    """Return the id of a button of the review; ALL fits too."""
    return {"type": "rack-scan-act", "act": name}


COMMIT, RECHECK, DISCARD, UNDO = "commit", "recheck", "discard", "undo"
