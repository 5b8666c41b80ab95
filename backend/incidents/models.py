"""Incidents: the units and alarms in them, what stood there then, and how warm it got.

What is closed never changes (22_incidents.sql).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.incidents.ids import (
    Disposition,
    HoldState,
    IncidentKind,
    IncidentState,
    ReadingsFrom,
)
from backend.samples.ids import TemperatureClass
from backend.telemetry.ids import AlarmKind, AlarmSeverity


class Incident(Base):
    """What an alarm opened: from when until when, and what people say of it at its end."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) "
            "AND (closed_at IS NULL) = (signature_id IS NULL) "
            "AND (closed_at IS NULL) = (disposition IS NULL)",
            name="closed_whole",
        ),
        CheckConstraint("state = 'closed' OR cause = '' AND action = ''", name="told_at_closing"),
        CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_one"
        ),
        CheckConstraint("ended_at >= began_at", name="ended_after_began"),
        CheckConstraint(
            "(kind = 'site_power') = (storm_version IS NOT NULL)", name="gathered_by_rule"
        ),
        Index("ix_incident_state", "state", "began_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(Identity(), unique=True, init=False)
    kind: Mapped[IncidentKind] = mapped_column(text_enum(IncidentKind))
    storm_version: Mapped[int | None] = mapped_column(default=None)
    """Of the common rule of alarms by which its units are one matter; None of one unit alone."""
    state: Mapped[IncidentState] = mapped_column(
        text_enum(IncidentState), default=IncidentState.OPEN
    )
    opened_at: Mapped[datetime]
    began_at: Mapped[datetime]
    """Since when the first of its units was out of range."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when the last of its units has been back in range."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    owner_name: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), default=None)
    evacuation_id: Mapped[UUID | None] = mapped_column(default=None)
    """The plan by which its units are emptied; asked for from its page."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by_name: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    cause: Mapped[str] = mapped_column(short_text(1000), default="", server_default="")
    action: Mapped[str] = mapped_column(short_text(1000), default="", server_default="")
    disposition: Mapped[Disposition | None] = mapped_column(text_enum(Disposition), default=None)
    disposition_note: Mapped[str] = mapped_column(short_text(1000), default="", server_default="")
    signature_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("electronic_signature.id"), default=None
    )


class IncidentUnit(Base):
    """A unit of an incident, the probe that counts for it, and the limits as they were then."""

    __tablename__ = "incident_unit"
    __table_args__ = (
        Index("uq_incident_unit_open", "unit_id", unique=True, postgresql_where=text("is_open")),
        Index("ix_incident_unit_began", "unit_id", "began_at"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    """As alarms name it. No foreign key: the unit of a sensor has none either."""
    unit_label: Mapped[str] = mapped_column(short_text(60))
    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"))
    setpoint_c: Mapped[float]
    alarm_high_c: Mapped[float | None]
    alarm_low_c: Mapped[float | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    said_back_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a person said that it is back in range, where no thermometer of it was heard."""
    said_back_by_name: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    said_back_why: Mapped[str] = mapped_column(short_text(400), default="", server_default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    """Its incident is not closed; a unit has one such at most."""
    highest_c: Mapped[float | None] = mapped_column(default=None)
    lowest_c: Mapped[float | None] = mapped_column(default=None)
    out_min: Mapped[float] = mapped_column(default=0.0)
    """Minutes out of the alarm's limits, above or below."""
    known_min: Mapped[float] = mapped_column(default=0.0)
    unknown_min: Mapped[float] = mapped_column(default=0.0)
    readings: Mapped[int] = mapped_column(default=0)
    """How many were there when it was reckoned last: more come late, from a logger's file."""
    readings_from: Mapped[ReadingsFrom] = mapped_column(
        text_enum(ReadingsFrom), default=ReadingsFrom.NOTHING
    )


class IncidentAlarm(Base):
    """An alarm of an incident, from its beginning until it was over."""

    __tablename__ = "incident_alarm"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    sensor_id: Mapped[UUID] = mapped_column(ForeignKey("sensor.id"), primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(text_enum(AlarmKind), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    severity: Mapped[AlarmSeverity] = mapped_column(text_enum(AlarmSeverity))
    rule_key: Mapped[str] = mapped_column(short_text(120))
    rule_version: Mapped[int]
    """Of the rule by which it was as severe, whatever the rule became since."""
    limit_value: Mapped[float]
    """In the unit of that rule."""
    back_since: Mapped[datetime | None] = mapped_column(default=None)
    over_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the check found it gone: back in range and acknowledged."""


class IncidentExposure(Base):
    """What a stay in a unit meant for one kind of sample.

    Tubes that came and went together share it: a freezer holds tens of thousands of tubes and few
    different stays.
    """

    __tablename__ = "incident_exposure"
    __table_args__ = (
        Index(
            "uq_incident_exposure_stay",
            "incident_id",
            "unit_id",
            "temperature_class",
            "in_from",
            text("coalesce(in_until, 'infinity'::timestamptz)"),
            unique=True,
        ),
        CheckConstraint("in_until >= in_from", name="left_after_came"),
        CheckConstraint("known_min >= 0 AND unknown_min >= 0", name="minutes_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    unit_id: Mapped[UUID]
    temperature_class: Mapped[TemperatureClass] = mapped_column(text_enum(TemperatureClass))
    """Of the samples: it decides what was too warm for them."""
    in_from: Mapped[datetime]
    in_until: Mapped[datetime | None]
    """When they were taken out or moved; None for those that stayed to the end."""
    above_minus_60_min: Mapped[float] = mapped_column(default=0.0)
    above_minus_40_min: Mapped[float] = mapped_column(default=0.0)
    above_minus_20_min: Mapped[float] = mapped_column(default=0.0)
    above_0_min: Mapped[float] = mapped_column(default=0.0)
    out_of_alarm_min: Mapped[float] = mapped_column(default=0.0)
    out_of_product_min: Mapped[float] = mapped_column(default=0.0)
    degree_hours: Mapped[float] = mapped_column(default=0.0)
    highest_c: Mapped[float | None] = mapped_column(default=None)
    lowest_c: Mapped[float | None] = mapped_column(default=None)
    known_min: Mapped[float] = mapped_column(default=0.0)
    unknown_min: Mapped[float] = mapped_column(default=0.0)
    hold_reason: Mapped[str | None] = mapped_column(short_text(300), default=None)
    """Why a hold is proposed; None when none is."""


class IncidentItem(Base):
    """A sample that stood in a unit of an incident meanwhile, where, and what is done about it."""

    __tablename__ = "incident_item"
    __table_args__ = (
        UniqueConstraint("incident_id", "placement_id"),
        CheckConstraint(
            "(hold_state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)",
            name="decided_with_time",
        ),
        Index("ix_incident_item_sample", "sample_id"),
        Index("ix_incident_item_exposure", "exposure_id"),
        Index(
            "ix_incident_item_proposed",
            "incident_id",
            postgresql_where=text("hold_state = 'proposed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default_factory=new_id, server_default=text("gen_random_uuid()")
    )
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    exposure_id: Mapped[UUID] = mapped_column(ForeignKey("incident_exposure.id"))
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    box_path: Mapped[str] = mapped_column(short_text(300))
    """As the box was called then."""
    row: Mapped[int]
    column: Mapped[int]
    hold_state: Mapped[HoldState] = mapped_column(
        text_enum(HoldState), default=HoldState.NONE, server_default="none"
    )
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by_name: Mapped[str] = mapped_column(short_text(), default="", server_default="")
    decision_reason: Mapped[str] = mapped_column(short_text(500), default="", server_default="")


class IncidentTold(Base):
    """A person was told which samples of theirs an incident concerns; once an incident."""

    __tablename__ = "incident_told"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    user_name: Mapped[str] = mapped_column(short_text())
    samples: Mapped[int]
    told_at: Mapped[datetime]
