"""Ids of the Relocations page, and of the questions that a unit's page asks."""

REVIEW = "relocation-review"
LINES = "relocation-lines"
BOX_CODE = "relocation-box-code"
HELD = "relocation-held"

FREE_DIALOG = "relocation-free-dialog"
FREE = "relocation-free"
BOXES = "relocation-boxes"
TO_OTHERS = "relocation-to-others"
SAVE_DIALOG = "relocation-save-dialog"
SAVE = "relocation-save"

ACCEPT, ACCEPT_CHOSEN, DISCARD = "accept", "accept-chosen", "discard"


def act(name: object) -> dict[str, object]:
    """Return the id of a button of the review; ALL fits too."""
    return {"type": "relocation-act", "act": name}
