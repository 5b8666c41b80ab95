"""Ids of the Reports page."""

LIST = "reports-list"
JOB = "reports-job"


def run(report: object) -> dict[str, object]:
    """Return the id of the button that builds a report now; ALL fits too."""
    return {"type": "reports-run", "report": report}
