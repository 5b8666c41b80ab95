"""Alarms, the rules that raise them, and the hours in which nobody is told."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, UnitClass


class AlarmRule(Base):
    """A laboratory's version of a rule; the defaults (alarm_terms.py) are version 1 of each.

    It holds for a class, or for one unit or sensor, whose rules of a kind take the place of all of
    the class's. A change makes the next version and keeps the one before.
    """

    __tablename__ = "alarm_rule"
    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_id, sensor_id) <= 1", name="one_scope"),
        CheckConstraint(
            "delay_s >= 0 AND deadband >= 0 AND version >= 1 "
            "AND (window_s IS NULL OR window_s > 0)",
            name="terms_positive",
        ),
        CheckConstraint(
            "kind NOT IN ('rate', 'cumulative') OR window_s IS NOT NULL", name="window_given"
        ),
        Index(
            "uq_alarm_rule_standing",
            "rule_key",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("uq_alarm_rule_version", "rule_key", "version", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    rule_key: Mapped[str] = mapped_column(short_text(120))
    """Scope, measure, kind and first severity in one word: what a version is a version of."""
    unit_class: Mapped[UnitClass] = mapped_column(text_enum(UnitClass))
    measure: Mapped[Measure] = mapped_column(text_enum(Measure))
    kind: Mapped[AlarmKind] = mapped_column(text_enum(AlarmKind))
    severity: Mapped[AlarmSeverity] = mapped_column(text_enum(AlarmSeverity))
    limit_value: Mapped[float]
    delay_s: Mapped[int]
    deadband: Mapped[float]
    version: Mapped[int]
    set_by_name: Mapped[str] = mapped_column(short_text())
    set_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(short_text(500))
    unit_id: Mapped[UUID | None] = mapped_column(default=None)
    sensor_id: Mapped[UUID | None] = mapped_column(ForeignKey("sensor.id"), default=None)
    scope_label: Mapped[str | None] = mapped_column(short_text(60), default=None)
    window_s: Mapped[int | None] = mapped_column(default=None)
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    is_withdrawn: Mapped[bool] = mapped_column(server_default="false", default=False)
    """Retired; of one unit or sensor taken back: the wider rule holds again."""
    replaced_at: Mapped[datetime | None] = mapped_column(default=None)


class Alarm(Base):
    """One alarm of a sensor, from its beginning until it is over and acknowledged."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_open",
            "sensor_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_alarm_of_sensor", "sensor_id", "closed_at"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_name IS NULL)", name="acknowledged_whole"
        ),
        CheckConstraint("(snoozed_until IS NULL) = (snooze_reason IS NULL)", name="snoozed_whole"),
        CheckConstraint("(storm_id IS NULL) = (storm_version IS NULL)", name="gathered_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"))
    kind: Mapped[AlarmKind] = mapped_column(text_enum(AlarmKind))
    severity: Mapped[AlarmSeverity] = mapped_column(text_enum(AlarmSeverity))
    limit_value: Mapped[float]
    rule_key: Mapped[str] = mapped_column(short_text(120))
    rule_version: Mapped[int]
    since: Mapped[datetime]
    raised_at: Mapped[datetime]
    lowest: Mapped[float | None] = mapped_column(default=None)
    highest: Mapped[float | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: its unit is in maintenance, so nobody has been told."""
    storm_id: Mapped[UUID | None] = mapped_column(default=None)
    """Of the alarm with which it was told together, its own for that one."""
    storm_version: Mapped[int | None] = mapped_column(default=None)
    """Of the common rule by which it was gathered."""
    back_since: Mapped[datetime | None] = mapped_column(default=None)
    """Safely in range again since; the alarm stays open until it is acknowledged."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    snoozed_until: Mapped[datetime | None] = mapped_column(default=None)
    snooze_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
    steps_told: Mapped[int] = mapped_column(server_default="0", default=0)
    """Of the ladder of escalation."""
    ladder_from: Mapped[datetime | None] = mapped_column(default=None)
    """From when its minutes are counted: told, or moved by the time that it was snoozed."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class MaintenanceWindow(Base):
    """Hours in which alarms of some units are recorded and nobody is told, such as a defrost."""

    __tablename__ = "maintenance_window"
    __table_args__ = (
        CheckConstraint(
            "ends_at > starts_at AND ends_at <= starts_at + interval '7 days'",
            name="a_week_at_most",
        ),
        Index("ix_maintenance_window_ends_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    unit_ids: Mapped[list[Any]]
    """As text; JSON knows no UUID."""
    unit_labels: Mapped[list[Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Also the instant at which it was ended early."""
    reason: Mapped[str] = mapped_column(short_text(500))
    set_by_name: Mapped[str] = mapped_column(short_text())
    ended_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)


class EscalationLadder(Base):
    """A laboratory's version of who is told when; the default (ladder_rules.py) is version 1."""

    __tablename__ = "escalation_ladder"
    __table_args__ = (
        Index("uq_escalation_ladder_version", "version", unique=True),
        CheckConstraint("version > 1", name="after_the_default"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int]
    steps: Mapped[list[Any]]
    set_by_name: Mapped[str] = mapped_column(short_text())
    reason: Mapped[str] = mapped_column(short_text(500))
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class AlarmCommonRule(Base):
    """A laboratory's version of what holds for every alarm; the default is version 1.

    That stands in common_rules.py.
    """

    __tablename__ = "alarm_common_rule"
    __table_args__ = (
        Index("uq_alarm_common_rule_version", "version", unique=True),
        CheckConstraint("version > 1", name="after_the_default"),
        CheckConstraint(
            "storm_units > 1 AND storm_within_min > 0 AND stable_min > 0 "
            "AND longest_snooze_min > 0",
            name="numbers_positive",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int]
    storm_units: Mapped[int]
    storm_within_min: Mapped[int]
    stable_min: Mapped[int]
    longest_snooze_min: Mapped[int]
    set_by_name: Mapped[str] = mapped_column(short_text())
    reason: Mapped[str] = mapped_column(short_text(500))
    set_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class AlarmTest(Base):
    """A test of the ladder: what was sent is marked as a test, and no alarm is made of it."""

    __tablename__ = "alarm_test"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(short_text())
    steps: Mapped[int]
    ladder_version: Mapped[int]


class LadderTestTold(Base):
    """People were told that the ladder's test is due on a day."""

    __tablename__ = "ladder_test_told"

    due_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
