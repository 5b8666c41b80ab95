"""Ids of the list of samples."""

GRID = "samples-grid"
COUNT = "samples-count"
FACETS = "samples-facets"
COUNTING = "samples-counting"
"""Ticks while a long list is being counted."""
REFRESH_SINK = "samples-refresh-sink"
CLOSE_SINK = "samples-close-sink"

FILTER_DIALOG = "samples-filter-dialog"
FILTER_APPLY = "samples-filter-apply"
FILTER_PROBLEMS = "samples-filter-problems"
FILTER_ROWS = "samples-filter-rows"
FILTER_ADD = "samples-filter-add"
FILTER_DRAWN = "samples-filter-drawn"
"""Which fields and comparisons the rows are drawn for."""

COLUMNS_DIALOG = "samples-columns-dialog"
COLUMNS = "samples-columns"
COLUMNS_APPLY = "samples-columns-apply"

VIEW_DIALOG = "samples-view-dialog"
VIEW_NAME = "samples-view-name"
VIEW_PROJECT = "samples-view-project"
VIEW_SAVE = "samples-view-save"
VIEW_PROBLEMS = "samples-view-problems"
VIEW_RENAME = "samples-view-rename"
VIEW_REMOVE = "samples-view-remove"

EXPORT_DIALOG = "samples-export-dialog"
EXPORT_FORMAT = "samples-export-format"
EXPORT_WHICH = "samples-export-which"
EXPORT_START = "samples-export-start"
EXPORT_JOB = "samples-export-job"
EXPORT_FILE = "samples-export-file"
EXPORT_ID = "samples-export-id"

BULK = "samples-bulk"
BULK_COUNT = "samples-bulk-count"
BULK_PLAN = "samples-bulk-plan"
BULK_SEQUENCE = "samples-bulk-sequence"
STATUS_DIALOG = "samples-status-dialog"
STATUS_ACTION = "samples-status-action"
STATUS_REASON = "samples-status-reason"
STATUS_APPLY = "samples-status-apply"
STATUS_OUTCOME = "samples-status-outcome"
HOLD_DIALOG = "samples-hold-dialog"
HOLD_KIND = "samples-hold-kind"
HOLD_WAY = "samples-hold-way"
HOLD_REASON = "samples-hold-reason"
HOLD_APPLY = "samples-hold-apply"
HOLD_OUTCOME = "samples-hold-outcome"
SELECTED_TOTAL = "samples-selected-total"
BULK_ALL = "samples-bulk-all"
QUERY = "samples-query"
"""The stored query of which everything is selected; None while rows are."""


HOLD_EVIDENCE = "samples-hold-evidence"

PICK_DIALOG = "samples-pick-dialog"
PICK_TITLE = "samples-pick-title"
PICK_PURPOSE = "samples-pick-purpose"
PICK_OUTCOME = "samples-pick-outcome"
PICK_APPLY = "samples-pick-apply"
POOL_DIALOG = "samples-pool-dialog"
POOL_NAME = "samples-pool-name"
POOL_VOLUME = "samples-pool-volume"
POOL_ZONE = "samples-pool-zone"
POOL_PROJECT = "samples-pool-project"
POOL_OUTCOME = "samples-pool-outcome"
POOL_APPLY = "samples-pool-apply"


def filter_part(part: str, row: object) -> dict[str, object]:
    """Return the id of a part of a row of the filter builder; ALL fits for ``row``."""
    return {"type": f"samples-filter-{part}", "row": row}


def arrival(part: str, of: object) -> dict[str, object]:
    """Return the id of a part of the fields of an arrival, of ``one`` or ``many``; MATCH fits."""
    return {"type": f"samples-arrival-{part}", "of": of}


def act_outcome(job: object) -> dict[str, object]:
    """Return the id of what became of an act for many; MATCH fits, too."""
    return {"type": "samples-act", "job": job}
