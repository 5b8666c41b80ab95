"""Ids of the page of a spilled box."""

WHICH = "spill-which"
"""Store: the path of the box."""
NEXT = "spill-next"
"""Store: the answer to the last tube, ``{"barcode", "position", "was_back"}``."""
BODY = "spill-body"
BENCH = "spill-bench"
PROBLEMS = "spill-problems"
CODE = "spill-code"


def act(name: object) -> dict[str, object]:
    """Return the id of a button of the page; ALL fits too."""
    return {"type": "spill-act", "act": name}


SPILL, END = "spill", "end"
