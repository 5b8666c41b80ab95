"""Ids of the Turnaround page."""

BODY = "turnaround-body"
CURVE = "turnaround-curve"

TERMS = "turnaround-terms"
VERSION = "turnaround-version"
TARGET = "turnaround-target"
WEEKDAYS = "turnaround-weekdays"
CUT_OFF = "turnaround-cut-off"
STARTS = "turnaround-starts"
HOLIDAYS = "turnaround-holidays"
PAUSING = "turnaround-pausing"
REASON = "turnaround-reason"
SAVE = "turnaround-save"
PROBLEMS = "turnaround-problems"
FORECAST = "turnaround-forecast"
JOB = "turnaround-job"


def stage(state: object) -> dict[str, object]:
    """Return the id of the field with a column's target; ALL fits too."""
    return {"type": "turnaround-stage", "state": state}
