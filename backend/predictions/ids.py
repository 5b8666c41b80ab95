"""Keys of predictions."""

from typing import NewType
from uuid import UUID

ForecastId = NewType("ForecastId", UUID)
