"""Ids of the pages of pools."""

LIST = "pools-list"
CODES = "pools-codes"
NAME = "pools-name"
DRAFT = "pools-draft"
DRAFT_PROBLEMS = "pools-draft-problems"

WHICH = "pool-which"
"""Store: code of the pool that is open, and the make of sequencer its light is judged for."""
BODY = "pool-body"
PROBLEMS = "pool-problems"

MODE = "pool-mode"
NM = "pool-nm"
UL = "pool-ul"
PHIX = "pool-phix"
BY = "pool-by"
DEAD = "pool-dead"
DEPTH = "pool-depth"
TARGET_MB = "pool-target-mb"
DUPLICATES = "pool-duplicates"
CALCULATE = "pool-calculate"

ADD_CODES = "pool-add-codes"
ADD = "pool-add"

MAKE_DIALOG = "pool-make-dialog"
TUBE = "pool-tube"
ZONE = "pool-zone"
PROJECT = "pool-project"
MAKE = "pool-make"

CANCEL_DIALOG = "pool-cancel-dialog"
CANCEL_REASON = "pool-cancel-reason"
CANCEL = "pool-cancel"

YIELDS = "pool-yields"
FROM_RUNS = "pool-from-runs"
TOP_UPS = "pool-top-ups"
AIM_TIMES = "pool-aim-times"
AIM_RUNS = "pool-aim-runs"
TOP_UP_PROBLEMS = "pool-top-up-problems"
TOP_UP_REASON = "pool-top-up-reason"

APPROVE, REJECT = "approve", "reject"


def reads(barcode: object) -> dict[str, object]:
    """Return the id of the field with a library's reads; ALL fits too."""
    return {"type": "pool-reads", "barcode": barcode}


def remove(barcode: object) -> dict[str, object]:
    """Return the id of the button that takes a library out of a draft; ALL fits too."""
    return {"type": "pool-remove", "barcode": barcode}


def fix(barcode: object, what: object, value: object) -> dict[str, object]:
    """Return the id of a button that mends something: ``dilution``, ``target_ul``, ``target_nm``.

    ``barcode`` is "" where the whole pool is meant; ALL fits everywhere.
    """
    return {"type": "pool-fix", "barcode": barcode, "what": what, "value": value}


def decide(top_up: object, act: object) -> dict[str, object]:
    """Return the id of a button that decides a top-up; ALL fits too."""
    return {"type": "pool-decide", "top_up": top_up, "act": act}
