"""Ids of the pages of pick lists."""

WHICH = "pick-which"
"""Store: the name of the list that is open."""
CODE = "pick-code"
SAID = "pick-said"
BODY = "pick-body"

TITLE = "pick-title"
PURPOSE = "pick-purpose"
CODES = "pick-codes"
GOAL = "pick-goal"
MAKE = "pick-make"
PROBLEMS = "pick-problems"
LISTS = "pick-lists"

CLOSE_DIALOG = "pick-close-dialog"

PLATE = "pick-plate"
FORMAT = "pick-format"
VOLUME = "pick-volume"
EACH = "pick-each"
WORKLIST = "pick-worklist"
WORKLIST_PROBLEMS = "pick-worklist-problems"
WORKLIST_FILES = "pick-worklist-files"

CLOSE, SKIP = "close", "skip"
"""Answers beside those of ShortReason."""


def answer(name: object, step: object) -> dict[str, object]:
    """Return the id of a button that answers a line without a scan; ALL fits too."""
    return {"type": "pick-answer", "act": name, "step": step}


def undo(step: object) -> dict[str, object]:
    """Return the id of a button that takes an answer back; ALL fits too."""
    return {"type": "pick-undo", "step": step}
