"""Workbooks, their versions, and the sheets and rows read from each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.workbooks.ids import ReadState


class Workbook(Base):
    """A workbook under its name; what stands in it is in its versions."""

    __tablename__ = "workbook"
    __table_args__ = (Index("ix_workbook_project", "project_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text())
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    """Without one, whoever may see documents may see the workbook."""
    created_by: Mapped[UUID | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class WorkbookVersion(Base):
    """A file of a workbook, numbered from 1. ``remarks`` are sentences of the reader."""

    __tablename__ = "workbook_version"
    __table_args__ = (
        UniqueConstraint("workbook_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(state = 'refused') = (refusal <> '')", name="refusal_says_why"),
        CheckConstraint("(state = 'waiting') = (read_at IS NULL)", name="read_at_a_time"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    workbook_id: Mapped[UUID] = mapped_column(ForeignKey("workbook.id"))
    number: Mapped[int]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), index=True)
    note: Mapped[str] = mapped_column(short_text(500), default="")
    state: Mapped[ReadState] = mapped_column(text_enum(ReadState), default=ReadState.WAITING)
    refusal: Mapped[str] = mapped_column(Text, default="")
    remarks: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    decimal_comma: Mapped[bool] = mapped_column(default=False)
    """Whether the file's figures may have one; what is sent on must say so again."""
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class WorkbookSheet(Base):
    """A sheet as read; ``columns`` are the statistics of its columns (workbooks.plain)."""

    __tablename__ = "workbook_sheet"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("heading_row >= 0", name="heading_row_not_negative"),
        CheckConstraint("row_count >= 0", name="rows_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("workbook_version.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(short_text())
    headings: Mapped[list[Any]] = mapped_column(JSONB)
    heading_row: Mapped[int]
    row_count: Mapped[int]
    columns: Mapped[list[Any]] = mapped_column(JSONB)


class WorkbookRow(Base):
    """A filled line of a sheet, the headings and what stands above them included.

    Empty cells at its end are left out. ``search`` holds the cells as they are searched.
    """

    __tablename__ = "workbook_row"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        # Every three bytes of the searched text, so that any part of a cell is found without
        # reading all rows; pg_trgm would do it, but is not in every PostgreSQL we start.
        Index("ix_workbook_row_search", text("workbook_grams(search)"), postgresql_using="gin"),
    )

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("workbook_sheet.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(ARRAY(Text))
    search: Mapped[str] = mapped_column(Text)
