"""The rooms of Sequencing: one row of tabs that every page of it shows."""

from dashboard.components.page import Tab

_PARTS = (
    ("Queue board", "/sequencing"),
    ("Libraries", "/sequencing/libraries"),
    ("Pools", "/sequencing/pools"),
    ("Run plans", "/sequencing/plans"),
    ("Calendar", "/sequencing/calendar"),
    ("Run QC", "/sequencing/runs"),
    ("Sheets", "/sequencing/sheets"),
    ("Turnaround", "/sequencing/turnaround"),
    ("Reference data", "/sequencing/reference"),
)
"""In the order of the work: label and address; a page adds its own line."""


def tabs(selected: str) -> list[Tab]:
    """Return the tabs; ``selected`` is the address of the part that is open."""
    return [Tab(label, href, selected=href == selected) for label, href in _PARTS]
