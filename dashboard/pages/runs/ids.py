"""Ids of the list of runs and of the page of one."""

LIST = "runs-list"

WHICH = "run-which"
"""Store: the code of the run that is shown."""
SEEN = "run-seen"
"""Store: the version of its folder that is shown, so that nobody confirms what they did not see."""
BODY = "run-body"
CHANGED = "run-changed"
"""Store: a new value after every act draws the page anew."""
CLOSE = "run-close"
CLOSE_SINK = "run-close-sink"

CONFIRM_DIALOG = "run-confirm-dialog"
CONFIRM_PROBLEMS = "run-confirm-problems"
CONFIRM_NOTE = "run-confirm-note"
CONFIRM_SEND = "run-confirm-send"

MATCH_DIALOG = "run-match-dialog"
MATCH_PROBLEMS = "run-match-problems"
MATCH_RUN = "run-match-run"
MATCH_SEND = "run-match-send"

LIMIT_WHICH = "run-limit-which"
"""Store: the version that is shown, and the key of the limit that is open."""
LIMIT_PROBLEMS = "run-limit-problems"
LIMIT_REASON = "run-limit-reason"
LIMIT_SEND = "run-limit-send"
LIMIT_DROP = "run-limit-drop"

ACCEPT, DISMISS = "accept", "dismiss"


def limit(field: str) -> str:
    """Return the id of the control that holds a field of a limit."""
    return f"run-limit-{field.replace('_', '-')}"


def decide(proposal: object, act: object) -> dict[str, object]:
    """Return the id of the button that decides a proposal; ALL fits too."""
    return {"type": "run-decide", "proposal": proposal, "act": act}
