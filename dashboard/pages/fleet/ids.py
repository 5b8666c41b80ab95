"""Ids of the Fleet page."""

UNITS = "fleet-units"
TICK = "fleet-tick"
