"""Ids of the list of incidents and of the page of one."""

LIST = "incidents-list"
SHOW = "incidents-show"
"""Store: which incidents are listed, as the address says."""
SHOW_FROM = "incidents-from"

WHICH = "incident-which"
"""Store: the code of the incident that is shown."""
SHOWN = "incident-shown"
"""Store: which of its items are listed, as the address says."""
BODY = "incident-body"
CHANGED = "incident-changed"
"""Store: a new value after every act draws the page anew."""
CLOSE = "incident-close"
CLOSE_SINK = "incident-close-sink"
TAKE = "incident-take"

ACCEPT_DIALOG = "incident-accept-dialog"
ACCEPT_PROBLEMS = "incident-accept-problems"
ACCEPT_WHICH = "incident-accept-which"
ACCEPT_NOTE = "incident-accept-note"
ACCEPT_SEND = "incident-accept-send"

DECLINE_DIALOG = "incident-decline-dialog"
DECLINE_PROBLEMS = "incident-decline-problems"
DECLINE_WHICH = "incident-decline-which"
DECLINE_REASON = "incident-decline-reason"
DECLINE_SEND = "incident-decline-send"

BACK_DIALOG = "incident-back-dialog"
BACK_PROBLEMS = "incident-back-problems"
BACK_UNIT = "incident-back-unit"
BACK_REASON = "incident-back-reason"
BACK_SEND = "incident-back-send"

CLOSING_DIALOG = "incident-closing-dialog"
CLOSING_PROBLEMS = "incident-closing-problems"
CLOSING_CAUSE = "incident-closing-cause"
CLOSING_ACTION = "incident-closing-action"
CLOSING_DISPOSITION = "incident-closing-disposition"
CLOSING_NOTE = "incident-closing-note"
CLOSING_PASSWORD = "incident-closing-password"  # noqa: S105 -- an id
CLOSING_SEND = "incident-closing-send"


def curve(unit_id: object) -> str:
    """Return the id of a unit's temperature curve."""
    return f"incident-curve-{unit_id}"


def evacuate(unit_id: object) -> dict[str, object]:
    """Return the id of the button that asks for a unit's evacuation; ALL fits too."""
    return {"type": "incident-evacuate", "unit": unit_id}


def choose(item: object) -> dict[str, object]:
    """Return the id of the box that chooses an item; ALL fits too."""
    return {"type": "incident-choose", "item": item}
