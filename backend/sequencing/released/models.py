"""Releases of runs, each with the sample sheet that was signed for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.sheets.values import Dialect


class RunRelease(Base):
    """A run that somebody signed for. Nothing but its voiding is written to it afterwards."""

    __tablename__ = "run_release"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256_whole"),
        CheckConstraint("octet_length(lanes_sha256) = 32", name="lanes_sha256_whole"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_with_reason"),
        # A run stands released once.
        Index(
            "uq_run_release_standing",
            "run_id",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_run.id"))
    number: Mapped[int]
    """Which release of the run, from 1."""
    dialect: Mapped[Dialect] = mapped_column(text_enum(Dialect))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """The sample sheet, as it was signed for."""
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    lanes_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """Of what was on the lanes: another one says that they have changed since."""
    checks: Mapped[list[Any]] = mapped_column(JSONB)
    """Each check as it stood: kind, verdict, title, sentences."""
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("electronic_signature.id"))
    released_by: Mapped[UUID | None]
    released_by_name: Mapped[str] = mapped_column(short_text())
    released_at: Mapped[datetime]
    flow_cell: Mapped[str] = mapped_column(short_text(60), default="")
    reagent_kit: Mapped[str] = mapped_column(short_text(60), default="")
    reagents_expire_on: Mapped[date | None] = mapped_column(default=None)
    voided_at: Mapped[datetime | None] = mapped_column(default=None)
    voided_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    void_reason: Mapped[str | None] = mapped_column(short_text(300), default=None)


class RunLoadingCheck(Base):
    """Who confirmed last that the lanes of a run are loaded as planned; the log has the others."""

    __tablename__ = "run_loading_check"
    __table_args__ = (
        CheckConstraint("octet_length(lanes_sha256) = 32", name="lanes_sha256_whole"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_run.id"), primary_key=True)
    lanes_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """Of what was on the lanes: another one says that they have changed since."""
    checked_by: Mapped[UUID | None]
    checked_by_name: Mapped[str] = mapped_column(short_text())
    checked_at: Mapped[datetime]
