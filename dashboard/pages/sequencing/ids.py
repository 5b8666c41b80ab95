"""Ids of the Sequencing pages."""

BOARD = "sequencing-board"
CALENDAR = "sequencing-calendar"

REQUEST_PROJECT = "sequencing-project"
REQUEST_ASSAY = "sequencing-assay"
REQUEST_ASSAYS = "sequencing-assays"
"""Store: what each assay asks for."""
NO_ASSAY = "-"
"""Value of the choice of none: no key is so, and an empty one would show an empty field."""
REQUEST_WHY = "sequencing-why-again"
REQUEST_LIBRARIES = "sequencing-libraries"
REQUEST_READS = "sequencing-reads"
REQUEST_DEPTH = "sequencing-depth"
REQUEST_TARGET = "sequencing-target"
REQUEST_DUPLICATES = "sequencing-duplicates"
REQUEST_ON_TARGET = "sequencing-on-target"
REQUEST_LENGTH = "sequencing-length"
REQUEST_DUE = "sequencing-due"
REQUEST_NOTES = "sequencing-notes"
REQUEST_SEND = "sequencing-request-send"
REQUEST_PROBLEMS = "sequencing-request-problems"

PLAN_INSTRUMENT = "sequencing-instrument"
PLAN_FLOW_CELL = "sequencing-flow-cell"
PLAN_FLOW_CELLS = "sequencing-flow-cells"
"""Store: what flow cells there are, and the instruments that take each."""
PLAN_RECIPE = "sequencing-recipe"
PLAN_RECIPES = "sequencing-recipes"
"""Store: what recipes there are, the flow cell that each is of, and its hours."""
NO_RECIPE = "-"
"""Value of the choice of none: no key is so, and an empty one would show an empty field."""
PLAN_START = "sequencing-start"
PLAN_HOURS = "sequencing-hours"
PLAN_SEND = "sequencing-plan-send"
PLAN_PROBLEMS = "sequencing-plan-problems"


def move(request: object, at: object, to: object) -> dict[str, object]:
    """Return the id of the button that moves a card from one column to another; ALL fits too."""
    return {"type": "sequencing-move", "request": request, "at": at, "to": to}


def lane(pool: object) -> dict[str, object]:
    """Return the id of the field that says on which lane a pool goes."""
    return {"type": "sequencing-lane", "pool": pool}
