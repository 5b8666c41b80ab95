"""Keys and closed vocabularies of telemetry."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

SensorId = NewType("SensorId", UUID)


class SensorSource(StrEnum):
    """Where a sensor's readings come from."""

    PROBE = "probe"
    SIMULATED = "simulated"
    """Made up for a demonstration laboratory; every screen that shows them says so."""
