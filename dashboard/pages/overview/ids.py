"""Ids of the Overview: one region each, refreshed on its own."""

ATTENTION = "overview-attention"
FIGURES = "overview-figures"
FLOW = "overview-flow"
OCCUPANCY = "overview-occupancy"
PREDICTIONS = "overview-predictions"
SEQUENCING = "overview-sequencing"
HEALTH = "overview-health"
NOTICES = "overview-notices"


def acknowledge(sensor_unit: str) -> dict[str, str]:
    """Return the id of the button that acknowledges a unit's alarm."""
    return {"type": "overview-acknowledge", "unit": sensor_unit}
