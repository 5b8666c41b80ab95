"""Readings as loggers send them, by HTTP or by MQTT: one schema for both."""

from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MOST_READINGS: Final = 5_000
"""Of one request or message."""


class ReadingIn(BaseModel):
    """A number as the sensor said it, in the unit of its kind; null where it measured nothing."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    sensor: str = Field(min_length=1, max_length=60, description="The sensor's code.")
    at: AwareDatetime
    value: float | None


class ReadingsIn(BaseModel):
    """Readings in any order, of any sensors that the token records for."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    readings: list[ReadingIn] = Field(min_length=1, max_length=MOST_READINGS)
