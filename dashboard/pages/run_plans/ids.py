"""Ids of the pages of run plans."""

LIST = "run-plans-list"
BODY = "run-plan-body"
WHICH = "run-plan-which"
LAST = "run-plan-last"
"""The last moves of pools, so that Undo can take them back."""
MOVED = "run-plan-moved"
"""What was dropped on another lane: set by assets/run-plan.js."""
CHANGED = "run-plan-changed"
CLOSE = "run-plan-close"
CLOSE_SINK = "run-plan-close-sink"
UNDO = "run-plan-undo"
REBALANCE = "run-plan-rebalance"
PREVIEW = "run-plan-preview"
"""Store: whether a better arrangement of the lanes is shown, which nobody has accepted yet."""
DISMISS = "run-plan-dismiss"

REINDEX_WISH = "run-plan-reindex-wish"
"""Store: the run, the lane, and the change of its indexes as it was shown."""
REINDEX_REASON = "run-plan-reindex-reason"
REINDEX_SEND = "run-plan-reindex-send"
REINDEX_TOLD = "run-plan-reindex-told"

RELEASE_DIALOG = "run-plan-release"
RELEASE_PROBLEMS = "run-plan-release-problems"
RELEASE_MEANING = "run-plan-release-meaning"
RELEASE_DIALECT = "run-plan-release-dialect"
RELEASE_FLOW_CELL = "run-plan-release-flow-cell"
RELEASE_KIT = "run-plan-release-kit"
RELEASE_EXPIRY = "run-plan-release-expiry"
RELEASE_PASSWORD = "run-plan-release-password"  # noqa: S105 the id of a field
RELEASE_SEND = "run-plan-release-send"


def lane(pool: object, at: object) -> dict[str, object]:
    """Return the id of the choice that says on which lane a pool stands; ALL fits too."""
    return {"type": "run-plan-lane", "pool": pool, "at": at}


def way(pool: object, at: object, to: object) -> dict[str, object]:
    """Return the id of the button that moves a pool as it was proposed; ALL fits too."""
    return {"type": "run-plan-way", "pool": pool, "at": at, "to": to}


def add(pool: object, to: object) -> dict[str, object]:
    """Return the id of the button that loads a waiting pool; ALL fits too."""
    return {"type": "run-plan-add", "pool": pool, "to": to}


def loaded(lanes: object) -> dict[str, object]:
    """Return the id of the button that confirms ``lanes``, their SHA-256, as loaded; ALL fits."""
    return {"type": "run-plan-loaded", "lanes": lanes}


def accept(moves: object) -> dict[str, object]:
    """Return the id of the button that does ``moves``, as `words.written` writes them; ALL fits."""
    return {"type": "run-plan-accept", "moves": moves}


def suggest(moves: object) -> dict[str, object]:
    """Return the id of the button that loads what was suggested; ALL fits too."""
    return {"type": "run-plan-suggest", "moves": moves}
