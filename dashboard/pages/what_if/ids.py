"""Ids of the What-if page."""

UNIT = "what-if-unit"
LIMIT = "what-if-limit"
SHIFT = "what-if-shift"
SET_POINT = "what-if-set-point"
BODY = "what-if-body"
WARM_UP = "what-if-warm-up"

DRILL = "what-if-drill"
DRILL_RUN = "what-if-drill-run"

ZONE = "what-if-zone"
BOXES = "what-if-boxes"
ROWS = "what-if-rows"
COLUMNS = "what-if-columns"
ARRIVAL = "what-if-arrival"
