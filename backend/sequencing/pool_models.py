"""Pools of libraries, and the lanes of runs that they are loaded on."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.ids import PoolingMode, PoolState


class LibraryPool(Base):
    """Libraries that are sequenced as one liquid."""

    __tablename__ = "library_pool"
    __table_args__ = (
        CheckConstraint("phix_percent >= 0 AND phix_percent < 100", name="phix_is_percent"),
        CheckConstraint("target_nm > 0", name="target_nm_positive"),
        CheckConstraint("target_ul > 0", name="target_ul_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=False), init=False, unique=True)
    state: Mapped[PoolState] = mapped_column(text_enum(PoolState))
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    name: Mapped[str] = mapped_column(short_text(60), default="")
    mode: Mapped[PoolingMode] = mapped_column(text_enum(PoolingMode), default=PoolingMode.BY_READS)
    target_nm: Mapped[Decimal | None] = mapped_column(Numeric(12, 4), default=None)
    """Molarity that the pool shall have, nmol/L."""
    target_ul: Mapped[Decimal | None] = mapped_column(Numeric(12, 3), default=None)
    """Volume that the pool shall have, µL."""
    phix_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(1))
    """Share of PhiX by volume, percent."""
    recipe: Mapped[dict[str, Any] | None] = mapped_column(JSONB, default=None)
    """What was calculated and pipetted, as it was when the tube was made."""
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    """The pool's tube; none while it exists on paper alone."""
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class PoolMember(Base):
    """A library of a pool, with the share of it that was asked for."""

    __tablename__ = "library_pool_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ("request_id", "sample_id"),
            ("request_sample.request_id", "request_sample.sample_id"),
        ),
        CheckConstraint("reads_millions > 0", name="reads_positive"),
        CheckConstraint("molarity_nm > 0", name="molarity_positive"),
        CheckConstraint("volume_ul > 0", name="volume_positive"),
        Index("ix_library_pool_member_request", "request_id", "sample_id"),
        Index("ix_library_pool_member_sample", "sample_id"),
    )

    pool_id: Mapped[UUID] = mapped_column(ForeignKey("library_pool.id"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int]
    """Order in the pool, from 1."""
    reads_millions: Mapped[Decimal]
    """Reads wanted of it from this pool, millions."""
    molarity_nm: Mapped[Decimal | None] = mapped_column(Numeric(12, 4), default=None)
    """Molarity it was pooled by, nmol/L."""
    volume_ul: Mapped[Decimal | None] = mapped_column(Numeric(12, 3), default=None)
    """Volume of it that went into the pool, µL."""


class RunLoad(Base):
    """A pool on a lane of a run."""

    __tablename__ = "sequencing_run_load"
    __table_args__ = (
        CheckConstraint("lane >= 1", name="lane_from_one"),
        CheckConstraint("reads_millions > 0", name="reads_positive"),
        Index("ix_sequencing_run_load_pool_id", "pool_id"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_run.id"), primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[UUID] = mapped_column(ForeignKey("library_pool.id"), primary_key=True)
    reads_millions: Mapped[Decimal]
    """Reads that all libraries of the pool together shall have from this lane, millions."""
