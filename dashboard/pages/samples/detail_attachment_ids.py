"""Ids of what is attached to a sample, on its page."""

ATTACH_DIALOG = "sample-attach-dialog"
ATTACH_KIND = "sample-attach-kind"
ATTACH_FILE = "sample-attach-file"
ATTACH_MOST = "sample-attach-most"
"""Store: how many bytes a file may have."""
ATTACH_CHOSEN = "sample-attach-chosen"
ATTACH_NOTE = "sample-attach-note"
ATTACH_PROBLEMS = "sample-attach-problems"
ATTACH_SEND = "sample-attach-send"

REMOVE_DIALOG = "sample-detach-dialog"
REMOVE_WHICH = "sample-detach-which"
"""Store: key of the attachment whose button was pressed."""
REMOVE_SAID = "sample-detach-said"
REMOVE_REASON = "sample-detach-reason"
REMOVE_PROBLEMS = "sample-detach-problems"
REMOVE_SEND = "sample-detach-send"


def remove(key: object) -> dict[str, object]:
    """Return the id of the button that removes one attachment; ALL for all of them."""
    return {"type": "sample-detach", "key": key}
