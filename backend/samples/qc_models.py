"""Measurements, the thresholds that judge them, and the judgements. All are written once."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import MaterialType, Metric, QcOutcome, QcVerdict


class QcThresholdSet(Base):
    """One version of what is asked of a material, of an application or of any (``''``)."""

    __tablename__ = "qc_threshold_set"
    __table_args__ = (UniqueConstraint("material_type", "application", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    material_type: Mapped[MaterialType] = mapped_column(text_enum(MaterialType))
    application: Mapped[str] = mapped_column(short_text(80))
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(short_text(500))
    published_by: Mapped[UUID | None]
    published_by_name: Mapped[str] = mapped_column(short_text())
    published_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class QcThreshold(Base):
    """Limits of one metric; a value at a limit still passes it. Open where None."""

    __tablename__ = "qc_threshold"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(fail_low, warn_low, warn_high, fail_high) > 0", name="asks_something"
        ),
        CheckConstraint("fail_low <= warn_low AND warn_high <= fail_high", name="limits_in_order"),
    )

    set_id: Mapped[UUID] = mapped_column(ForeignKey("qc_threshold_set.id"), primary_key=True)
    metric: Mapped[Metric] = mapped_column(text_enum(Metric), primary_key=True)
    is_required: Mapped[bool]
    fail_low: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    warn_low: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    warn_high: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    fail_high: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))


class SampleMeasurement(Base):
    """One value that somebody measured; a later one of the same metric takes its place in use."""

    __tablename__ = "sample_measurement"
    __table_args__ = (Index("ix_sample_measurement_sample", "sample_id", "metric", "measured_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    metric: Mapped[Metric] = mapped_column(text_enum(Metric))
    value: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    """In the metric's own unit (samples.qc_rules.UNITS)."""
    method: Mapped[str] = mapped_column(short_text(60))
    instrument: Mapped[str | None] = mapped_column(short_text(60))
    measured_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(short_text())
    recorded_at: Mapped[datetime]


class QcJudgement(Base):
    """What quality control said of a sample, by which version of which thresholds."""

    __tablename__ = "qc_judgement"
    __table_args__ = (
        Index("ix_qc_judgement_sample", "sample_id", "at"),
        # Against the thresholds only with a reason and a signature.
        CheckConstraint(
            "NOT is_override OR (reason IS NOT NULL AND signature_id IS NOT NULL)",
            name="override_signed",
        ),
        # Without thresholds a person decides and answers for it.
        CheckConstraint(
            "set_id IS NOT NULL OR (reason IS NOT NULL AND signature_id IS NOT NULL)",
            name="by_hand_signed",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    set_id: Mapped[UUID | None] = mapped_column(ForeignKey("qc_threshold_set.id"))
    """None where no thresholds are published and a person decided by hand."""
    outcome: Mapped[QcOutcome | None] = mapped_column(text_enum(QcOutcome))
    """What the thresholds say; None without any."""
    verdict: Mapped[QcVerdict] = mapped_column(text_enum(QcVerdict))
    findings: Mapped[list[Any]]
    """Per metric: its value, what it was found to be, and in words."""
    is_override: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(short_text(500))
    signature_id: Mapped[UUID | None] = mapped_column(ForeignKey("electronic_signature.id"))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(short_text())
    at: Mapped[datetime]
