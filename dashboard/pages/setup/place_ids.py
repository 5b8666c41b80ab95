"""Ids of the page that sets up one place."""

BODY = "place-body"
WHICH = "place-which"
"""Store: path of the place."""
DONE = "place-done"
"""Store: a new value after every act, which draws the place anew."""

BARCODE = "place-barcode"
CIRCUIT = "place-circuit"
SETPOINT = "place-setpoint"
NUMBERING = "place-numbering"
ABOUT_PROBLEMS = "place-about-problems"
ABOUT_SAVE = "place-about-save"

STATUS = "place-status"
STATUS_REASON = "place-status-reason"
MOVE_BACK = "place-move-back"
STATUS_PROBLEMS = "place-status-problems"
STATUS_SAVE = "place-status-save"

PROJECT = "place-project"
LEVEL = "place-level"
TYPES = "place-types"
LIMITS_PROBLEMS = "place-limits-problems"
LIMITS_SAVE = "place-limits-save"

SLOTS = "place-slots"
SLOTS_PROBLEMS = "place-slots-problems"
SLOTS_SAVE = "place-slots-save"

BLOCK_POSITIONS = "place-block-positions"
BLOCK_REASON = "place-block-reason"
BLOCK_UNTIL = "place-block-until"
BLOCK_PROBLEMS = "place-block-problems"
BLOCK = "place-block"

INNER_LABEL = "place-inner-label"
INNER_BARCODE = "place-inner-barcode"
INNER_KIND = "place-inner-kind"
INNER_SLOTS = "place-inner-slots"
INNER_ROWS = "place-inner-rows"
INNER_COLUMNS = "place-inner-columns"
INNER_NUMBERING = "place-inner-numbering"
INNER_PROBLEMS = "place-inner-problems"
INNER_ADD = "place-inner-add"

LOOSE_LABEL = "place-loose-label"
LOOSE_BARCODE = "place-loose-barcode"
LOOSE_TUBES = "place-loose-tubes"
LOOSE_PROBLEMS = "place-loose-problems"
LOOSE_ADD = "place-loose-add"

TUBES = "place-tubes"
TUBES_PROBLEMS = "place-tubes-problems"
TUBES_SAVE = "place-tubes-save"

NAME = "place-name"
NAME_PROBLEMS = "place-name-problems"
NAME_SAVE = "place-name-save"

REMOVE_DIALOG = "place-remove-dialog"
REMOVE_REASON = "place-remove-reason"
REMOVE_PROBLEMS = "place-remove-problems"
REMOVE = "place-remove"
REOPEN = "place-reopen"
REOPEN_PROBLEMS = "place-reopen-problems"


def free(position: object) -> dict[str, object]:
    """Return the id of the button that frees a blocked position; ALL fits too."""
    return {"type": "place-free", "position": position}
