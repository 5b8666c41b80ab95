"""Ids of the System health page."""

HEAD = "health-head"
PARTS = "health-parts"
SENSORS = "health-sensors"
ASIDE = "health-aside"
SPAN = "health-span"
TICK = "health-tick"

ALARM = "health-alarm"
"""Store: the sensor whose alarm the form acknowledges."""
REASON = "health-reason"
ACKNOWLEDGE = "health-acknowledge"
