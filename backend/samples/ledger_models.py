"""What was drawn from which tube, and what came from what.

Both tables are kept whole by the database (db/migrations/sql/12_volumes.sql, 13_lineage.sql): the
ledger only grows and each line follows from the one before it, a sample's volume is its ledger's
last balance, and every way of registering a child leaves its edge here.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import LineageKind, VolumeCause


class SampleVolumeEntry(Base):
    """One line of a tube's ledger, in µL.

    A tube that nothing was drawn from yet has no line: its balance is what was registered. The
    first movement writes the opening line before its own, so registering a hundred thousand
    tubes costs no ledger.
    """

    __tablename__ = "sample_volume_entry"
    __table_args__ = (
        UniqueConstraint("sample_id", "number"),
        CheckConstraint("balance_ul >= 0", name="balance_not_negative"),
        CheckConstraint("delta_ul IS NOT NULL OR balance_ul IS NOT NULL", name="says_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    number: Mapped[int]
    """1 for the sample's first line, then without gaps."""
    cause: Mapped[VolumeCause] = mapped_column(text_enum(VolumeCause))
    delta_ul: Mapped[Decimal | None]
    """Signed; None where a volume was measured of which nothing was known before."""
    balance_ul: Mapped[Decimal | None]
    """After the change; None while nobody knows how much is in the tube."""
    counterpart_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    """The tube that it went into or came from."""
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(short_text())
    reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
    at: Mapped[datetime]


class SampleParent(Base):
    """An edge of the lineage: a sample and one that it was made from."""

    __tablename__ = "sample_parent"
    __table_args__ = (
        Index("ix_sample_parent_parent", "parent_id"),
        CheckConstraint("child_id <> parent_id", name="not_its_own"),
        CheckConstraint("volume_ul > 0", name="volume_positive"),
        CheckConstraint("proportion > 0 AND proportion <= 1", name="proportion_in_range"),
    )

    child_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    kind: Mapped[LineageKind] = mapped_column(text_enum(LineageKind))
    volume_ul: Mapped[Decimal | None] = mapped_column(default=None)
    """Drawn from the parent for this child; None where nobody wrote it down."""
    proportion: Mapped[Decimal | None] = mapped_column(Numeric(7, 6), default=None)
    """Share of the parent in a pool, 0–1."""
    at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
