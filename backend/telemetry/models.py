"""Sensors and their readings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text


class Sensor(Base):
    """A temperature probe of a storage unit, with the limits that make its reading an alarm.

    Defaults of a −80 °C unit (DOMAIN 2h): warning above −74 °C, alarm above −70 °C for 15 min.
    """

    __tablename__ = "sensor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    code: Mapped[str] = mapped_column(short_text(60), unique=True)
    unit_id: Mapped[UUID] = mapped_column(index=True)
    """The storage unit it stands in. No foreign key: telemetry lies below storage."""
    unit_label: Mapped[str] = mapped_column(short_text(60))
    setpoint_c: Mapped[float]
    warning_high_c: Mapped[float]
    alarm_high_c: Mapped[float]
    alarm_delay_s: Mapped[int] = mapped_column(default=900)
    alarm_since: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)


class Reading(Base):
    """One temperature, °C."""

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_at", "at"),)

    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    temperature_c: Mapped[float]
