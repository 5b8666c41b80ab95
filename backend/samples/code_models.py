"""Where tubes' codes come from: series made here, tubes bought with a code, what is accepted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.codes import ForeignCodes


class CodeSeries(Base):
    """A laboratory's own series of codes; its numbers come from a PostgreSQL sequence.

    A sequence and not a counter in the row: a registration that takes long, or is taken back,
    keeps nobody waiting. Numbers that it leaves out matter to no one.
    """

    __tablename__ = "code_series"
    __table_args__ = (CheckConstraint("digits BETWEEN 4 AND 12", name="digits_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    prefix: Mapped[str] = mapped_column(short_text(8), unique=True)
    material_types: Mapped[list[Any]]
    """Which materials take their codes from it; none named means every one without its own."""
    digits: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class TubeRange(Base):
    """Tubes that came with a code on them, from a first to a last number."""

    __tablename__ = "tube_range"
    __table_args__ = (
        CheckConstraint("first_number BETWEEN 0 AND last_number", name="runs_forwards"),
        CheckConstraint("digits BETWEEN 1 AND 18", name="digits_known"),
        Index("ix_tube_range_stem", "stem", "digits", "first_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    stem: Mapped[str] = mapped_column(short_text(64))
    """What stands before the number; may be nothing."""
    digits: Mapped[int]
    first_number: Mapped[int]
    last_number: Mapped[int]
    note: Mapped[str] = mapped_column(short_text(200), default="")
    """Whose tubes, which lot."""
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class CodePolicy(Base):
    """The laboratory's one row of what codes from elsewhere are accepted."""

    __tablename__ = "code_policy"
    __table_args__ = (CheckConstraint("is_only", name="one_row"),)

    is_only: Mapped[bool] = mapped_column(
        primary_key=True, default=True, server_default=text("true")
    )
    foreign_codes: Mapped[ForeignCodes] = mapped_column(text_enum(ForeignCodes))
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False
    )
