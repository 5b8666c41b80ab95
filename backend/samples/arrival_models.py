"""In what condition samples arrived."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text
from backend.samples.ids import ArrivalCondition

_KNOWN = ", ".join(f"'{each.value}'" for each in ArrivalCondition)


class SampleArrival(Base):
    """What was found when a sample was received: once a sample, for it arrives once.

    A sample without a row was received, if it was, by somebody who wrote nothing down. What is
    corrected stays readable as a SampleArrivalCorrection.
    """

    __tablename__ = "sample_arrival"
    __table_args__ = (
        CheckConstraint("cardinality(conditions) > 0", name="says_something"),
        CheckConstraint(f"conditions <@ ARRAY[{_KNOWN}]::varchar[]", name="conditions_known"),
        CheckConstraint(
            "'good' <> ALL (conditions) OR cardinality(conditions) = 1", name="good_alone"
        ),
        CheckConstraint("'other' <> ALL (conditions) OR note <> ''", name="other_explained"),
        CheckConstraint("temperature_c BETWEEN -200 AND 60", name="temperature_possible"),
        # For lists such as ``arrival:thawed``.
        Index("ix_sample_arrival_conditions", "conditions", postgresql_using="gin"),
    )

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    conditions: Mapped[list[str]] = mapped_column(ARRAY(short_text(32)))
    """Values of ArrivalCondition, each once, in its order."""
    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(5, 1), default=None)
    """Measured on arrival; None where nobody measured."""
    note: Mapped[str] = mapped_column(short_text(300), default="", server_default="")
    received_by: Mapped[UUID | None] = mapped_column(default=None)
    received_by_name: Mapped[str] = mapped_column(short_text())
    received_at: Mapped[datetime]


class SampleArrivalCorrection(Base):
    """What an arrival said until it was corrected, and why it was; such rows are only added."""

    __tablename__ = "sample_arrival_correction"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="explained"),
        Index("ix_sample_arrival_correction_sample_id", "sample_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id, kw_only=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample_arrival.sample_id"))
    conditions: Mapped[list[str]] = mapped_column(ARRAY(short_text(32)))
    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    note: Mapped[str] = mapped_column(short_text(300))
    reason: Mapped[str] = mapped_column(short_text(500))
    corrected_by: Mapped[UUID | None]
    corrected_by_name: Mapped[str] = mapped_column(short_text())
    corrected_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
