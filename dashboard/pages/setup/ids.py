"""Ids of the pages that set up storage."""

TYPES = "setup-types"
"""The list of types of units."""

UNIT_TYPE = "setup-unit-type"
UNIT_PLACE = "setup-unit-place"
UNIT_LABEL = "setup-unit-label"
UNIT_BARCODE = "setup-unit-barcode"
UNIT_PREVIEW = "setup-unit-preview"
UNIT_PROBLEMS = "setup-unit-problems"
UNIT_MAKE = "setup-unit-make"

TYPE_NAME = "setup-type-name"
TYPE_CLASS = "setup-type-class"
TYPE_SETPOINT = "setup-type-setpoint"
TYPE_LEVEL = "setup-type-level"
TYPE_SLOTS = "setup-type-slots"
TYPE_BOX_KIND = "setup-type-box-kind"
TYPE_NUMBERING = "setup-type-numbering"
TYPE_ROWS = "setup-type-rows"
TYPE_COLUMNS = "setup-type-columns"
TYPE_LOOSE = "setup-type-loose"
TYPE_NOTE = "setup-type-note"
TYPE_PREVIEW = "setup-type-preview"
TYPE_PROBLEMS = "setup-type-problems"
TYPE_KEEP = "setup-type-keep"

GROUND_LABEL = "setup-ground-label"
GROUND_PLACE = "setup-ground-place"
GROUND_PROBLEMS = "setup-ground-problems"
GROUND_MAKE = "setup-ground-make"


def level(part: str, depth: int) -> str:
    """Return the id of a field of a division: its kind, number or labels, from outside in."""
    return f"setup-type-{part}-{depth}"


def close_type(name: object) -> dict[str, object]:
    """Return the id of the button that closes a type or opens it again; ALL fits too."""
    return {"type": "setup-close-type", "name": name}
