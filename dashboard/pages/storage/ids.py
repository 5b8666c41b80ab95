"""Ids of the Storage page."""

TREE = "storage-tree"
FILTER = "storage-filter"
ALARM = "storage-alarm"
PLACE = "storage-place"
BOX_META = "storage-box-meta"
ASIDE = "storage-aside"

MAP = "storage-map"
MAP_BOX = "data-box"
"""Attribute of the map: the open box as it is drawn (`box_store.as_attribute`)."""
BOX = "storage-box"
"""Store: the open box as callbacks know it (`box_store.for_callbacks`)."""
SELECTED = "storage-selected"
"""Store: ``{"box", "pos"}`` of the position that the details are about."""
OPENED = "storage-opened"
"""Store: ``{"box", "pos", "at"}`` of a free position on which Enter was pressed."""
PAINTED = "storage-painted"
DETAILS = "storage-details"

SELECTION = "storage-selection"
"""Store: ``{"box", "samples"}``, the selected tubes of the open box in fill order."""
SELECTION_BAR = "storage-selection-bar"
SELECT_MENU = "storage-select-menu"
FIND = "storage-find"
FIND_SAID = "storage-find-said"
FIND_DIALOG = "storage-find-dialog"
TAKE_SELECTED = "storage-take-selected"
REMOVE_DIALOG = "storage-remove-dialog"
REMOVE_REASON = "storage-remove-reason"
REMOVE_OUT = "storage-remove-out"
REMOVE_DISCARD = "storage-remove-discard"
REMOVE_SECOND = "storage-remove-second"

MOVING_BAR = "storage-moving-bar"
MOVE = "storage-move"
"""Store: ``{"samples", "box", "pos", "at"}`` of tubes that are to go to a position and on."""
MOVE_DIALOG = "storage-move-dialog"
MOVE_ASKED = "storage-move-asked"
"""Store: ``{"dialog", "at"}`` once a move would push tubes away; opens the dialog."""
MOVE_CLASHES = "storage-move-clashes"
MOVE_SWAP = "storage-move-swap"
MOVE_TRAY = "storage-move-tray"

CODE = "storage-code"
HELD = "storage-held"
"""Store: ``{"sample", "barcode", "by"}`` of the tube in somebody's hand, kept from box to box."""
IN_HAND = "storage-in-hand"
DROP = "storage-drop"
HELD_BOX = "storage-held-box"
"""Store: ``{"box", "label", "path", "by"}`` of the box that waits for the scan of a rack."""
TRAY = "storage-tray"
SUGGESTED = "storage-suggested"
NEXT_SCAN = "storage-next-scan"
CHANGED = "storage-changed"
"""Store: a new value after every change made here, so that one's own act shows at once."""

TAKE_OUT = "storage-take-out"
TAKE_OUT_DIALOG = "storage-take-out-dialog"
TAKE_OUT_OF = "storage-take-out-of"
CHOSEN_TUBE = "storage-chosen-tube"
"""Store: ``{"sample", "barcode", "position"}`` of the tube in the chosen position."""
REASON = "storage-reason"

OPTIMISE = "storage-optimise"
OPTIMISE_CHOSEN = "storage-optimise-chosen"

PLAN = "storage-plan"
PLAN_SHOWN = "storage-plan-shown"
"""Store: state of the plan as it is drawn; a redraw would lose the chosen lines."""
PLAN_LINES = "storage-plan-lines"
ACCEPT = "storage-accept"
ACCEPT_CHOSEN = "storage-accept-chosen"
TAKE_BACK = "storage-take-back"
TAKE_BACK_DIALOG = "storage-take-back-dialog"
DISCARD = "storage-discard"
DISCARD_DIALOG = "storage-discard-dialog"
DISCARD_REASON = "storage-discard-reason"


def hold(sample: object) -> dict[str, object]:
    """Return the id of the button that takes a tube in hand; ALL fits too."""
    return {"type": "storage-hold", "sample": sample}


def hold_box(box: object) -> dict[str, object]:
    """Return the id of the button that takes a box in hand; ALL fits too."""
    return {"type": "storage-hold-box", "box": box}


def put_back(sample: object) -> dict[str, object]:
    """Return the id of the button that puts a tube of the hand tray back; ALL fits too."""
    return {"type": "storage-put-back", "sample": sample}


def choose(sample: object) -> dict[str, object]:
    """Return the id of the box that chooses an unplaced sample for a plan; ALL fits too."""
    return {"type": "storage-choose", "sample": sample}


def put(position: object) -> dict[str, object]:
    """Return the id of the button that puts the tube in hand into a position; ALL fits too."""
    return {"type": "storage-put", "position": position}
