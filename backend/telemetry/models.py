"""Sensors and their readings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.telemetry.ids import SensorKind, SensorSource


class Sensor(Base):
    """A probe in a storage unit, from when it is connected there until it is taken out.

    One that is moved has a row for each unit that it stood in, with the same code: so readings,
    their sums, alarms, incidents and models stay with the unit in which it measured. One row of a
    code is standing, that without ``disconnected_at``.

    Limits of its own, where it has some, take the place of those of its class (alarm_terms.py);
    where freezing is damage, as at 2–8 °C, there is a low limit too, and a deadband that fits.
    """

    __tablename__ = "sensor"
    __table_args__ = (
        Index(
            "uq_sensor_standing",
            "code",
            unique=True,
            postgresql_where=text("disconnected_at IS NULL"),
        ),
        Index("ix_sensor_code", "code"),
        CheckConstraint("disconnected_at > connected_at", name="connected_first"),
        CheckConstraint("deadband_c >= 0 AND alarm_delay_s >= 0", name="limits_positive"),
        CheckConstraint(
            "alarm_low_c IS NULL OR alarm_high_c - alarm_low_c > 2 * deadband_c",
            name="deadband_fits",
        ),
        CheckConstraint(
            "kind NOT IN ('temperature_probe', 'temperature_air') OR (setpoint_c IS NOT NULL "
            "AND warning_high_c IS NOT NULL)",
            name="temperatures_have_limits",
        ),
        CheckConstraint("alarm_low_c IS NULL OR alarm_high_c IS NOT NULL", name="low_with_high"),
        CheckConstraint("correction = 0 OR calibrated_on IS NOT NULL", name="corrected_since"),
        CheckConstraint(
            "calibration_due_on IS NULL OR calibration_due_on > calibrated_on", name="due_later"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    code: Mapped[str] = mapped_column(short_text(60))
    unit_id: Mapped[UUID] = mapped_column(index=True)
    """The storage unit it stands in. No foreign key: telemetry lies below storage."""
    unit_label: Mapped[str] = mapped_column(short_text(60))
    # NULL for what is no temperature; whoever looks at limits asks for temperatures only.
    setpoint_c: Mapped[float] = mapped_column(nullable=True)
    warning_high_c: Mapped[float] = mapped_column(nullable=True)
    alarm_high_c: Mapped[float | None] = mapped_column(default=None)
    """None: the rules of its unit and class hold."""
    alarm_low_c: Mapped[float | None] = mapped_column(default=None)
    alarm_delay_s: Mapped[int] = mapped_column(default=900)
    deadband_c: Mapped[float] = mapped_column(server_default="2", default=2.0)
    source: Mapped[SensorSource] = mapped_column(
        text_enum(SensorSource), server_default="probe", default=SensorSource.PROBE
    )
    kind: Mapped[SensorKind] = mapped_column(
        text_enum(SensorKind),
        server_default="temperature_probe",
        default=SensorKind.TEMPERATURE_PROBE,
    )
    correction: Mapped[float] = mapped_column(server_default="0", default=0.0)
    """Added to what the sensor says, in its unit, from the calibration on."""
    calibrated_on: Mapped[date | None] = mapped_column(default=None)
    calibration_due_on: Mapped[date | None] = mapped_column(default=None)
    certificate: Mapped[str | None] = mapped_column(short_text(120), default=None)
    connected_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it stands there; None: since its first reading."""
    registered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a person registered it here; what it measured before may still be brought in.

    None of one that is moved at once: then it is when it was connected.
    """
    disconnected_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was taken out; None: it stands there."""

    @property
    def awaited_from(self) -> datetime | None:
        """Return since when it should speak; None where no person has connected it."""
        # A move may be dated back; until somebody registers it, nobody listens for it there.
        return self.registered_at or self.connected_at


class Reading(Base):
    """One measurement, in the unit of its sensor's kind.

    ``value`` is what counts. Where the sensor had a correction when it was recorded, ``raw_value``
    is what it said and ``correction`` what was added; without one the value is what it said.
    Partitions are made by the month (keeping.py).
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_at", "at"),
        CheckConstraint("(raw_value IS NULL) = (correction = 0)", name="corrected_whole"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[float]
    correction: Mapped[float] = mapped_column(server_default="0", default=0.0)
    raw_value: Mapped[float | None] = mapped_column(default=None)
    temperature_c: Mapped[float] = synonym("value", init=False)
    """The value, for those who asked for temperatures only."""
