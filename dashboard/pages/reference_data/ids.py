"""Ids of the page of reference data."""

WHICH = "reference-which"
"""Store: kind, key and version that the form was drawn from."""
NAME = "reference-name"
SOURCE = "reference-source"
REASON = "reference-reason"
PROBLEMS = "reference-problems"
SAVE = "reference-save"
RETIRE_DIALOG = "reference-retire-dialog"
RETIRE_REASON = "reference-retire-reason"
RETIRE_SAID = "reference-retire-said"
RETIRE = "reference-retire"
RETIRE_WHICH = "reference-retire-which"
KIT_PROBLEMS = "reference-kit-problems"
KIT_FILE = "reference-kit-file"
KIT_NAME = "reference-kit-name"
KIT_MAKER = "reference-kit-maker"
KIT_SOURCE = "reference-kit-source"
KIT_REVERSED = "reference-kit-reversed"
KIT_FOUND = "reference-kit-found"
KIT_KEEP = "reference-kit-keep"
FIELD = "reference-field"


def field(name: object) -> dict[str, object]:
    """Return the id of a field of the content; ALL fits too."""
    return {"type": FIELD, "name": name}
