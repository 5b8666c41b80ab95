"""Readings summed up: by 5 minutes and by hour, and the hours that are to be summed up again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.orm import Base


class ReadingFine(Base):
    """The readings of 5 minutes from ``start`` on, in the unit of the sensor's kind."""

    __tablename__ = "reading_5min"
    __table_args__ = (Index("ix_reading_5min_start", "start"),)

    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    lowest: Mapped[float]
    highest: Mapped[float]
    mean: Mapped[float]
    count: Mapped[int]


class ReadingHour(Base):
    """The readings of an hour from ``start`` on, in the unit of the sensor's kind."""

    __tablename__ = "reading_hour"

    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    lowest: Mapped[float]
    highest: Mapped[float]
    mean: Mapped[float]
    count: Mapped[int]


class StaleHour(Base):
    """An hour of a sensor that has readings which are not summed up yet; a trigger writes it."""

    __tablename__ = "reading_stale_hour"
    __table_args__ = (Index("ix_reading_stale_hour_sensor_id_hour", "sensor_id", "hour"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    # No foreign key: it comes from a reading, which has one, and is gone in minutes.
    sensor_id: Mapped[UUID]
    hour: Mapped[datetime]
