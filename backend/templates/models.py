"""Imports, their rows, and the headings a project's senders use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.templates.ids import ImportState, RowMode
from backend.templates.reading.batch import RowState


class SampleImport(Base):
    """A sample list on its way in: a draft until its rows are registered.

    ``columns`` holds what each column was taken for, ``findings`` what concerns the whole file.
    """

    __tablename__ = "sample_import"
    __table_args__ = (
        CheckConstraint("row_count >= 0", name="rows_not_negative"),
        CheckConstraint("registered_count >= 0", name="registered_not_negative"),
        CheckConstraint("updated_count >= 0", name="updated_not_negative"),
        CheckConstraint("registered_count + updated_count <= row_count", name="done_within_rows"),
        # One file goes into a project once; a second time leads back to the first.
        Index(
            "uq_sample_import_file",
            "project_id",
            "sha256",
            unique=True,
            postgresql_where=text("sha256 IS NOT NULL AND state <> 'discarded'"),
        ),
        Index("ix_sample_import_created", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str] = mapped_column(short_text(255))
    sha256: Mapped[str | None] = mapped_column(short_text(64))
    dialect: Mapped[str] = mapped_column(short_text(40))
    details: Mapped[dict[str, Any]]
    columns: Mapped[list[Any]] = mapped_column(JSONB)
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    notes: Mapped[list[Any]] = mapped_column(JSONB)
    template_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("template_version.id"), index=True, default=None
    )
    """The version that the list is read by: of its stamp, chosen, or of the form it came from."""
    received_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[ImportState] = mapped_column(text_enum(ImportState), default=ImportState.DRAFT)
    row_count: Mapped[int] = mapped_column(default=0)
    registered_count: Mapped[int] = mapped_column(default=0)
    updated_count: Mapped[int] = mapped_column(default=0)
    row_mode: Mapped[RowMode] = mapped_column(text_enum(RowMode), default=RowMode.CREATE)
    created_by: Mapped[UUID | None] = mapped_column(default=None)
    created_by_name: Mapped[str] = mapped_column(short_text(), default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    registered_at: Mapped[datetime | None] = mapped_column(default=None)


class ImportRow(Base):
    """One row of an import: the texts as they stand now, as they were sent, and what is wrong.

    ``cells`` maps a field to its text, ``extras`` a heading of the sender's to its text, ``sent``
    the fields a person changed to what the file said, ``kept`` the warnings a person vouched for.

    That each has its import, and goes with it, is held by triggers on both tables, a statement at a
    time (backend/decisions/0021).
    """

    __tablename__ = "import_row"
    # Rows are written once more when they are registered: with room beside them that costs a fifth,
    # for no index hears of it. Without, the table would grow as much by then.
    __table_args__ = ({"postgresql_with": {"fillfactor": 45}},)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RowState] = mapped_column(text_enum(RowState))
    cells: Mapped[dict[str, Any]]
    extras: Mapped[dict[str, Any]]
    lines: Mapped[dict[str, Any]]
    sent: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    kept: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    sample_id: Mapped[UUID | None] = mapped_column(default=None)


class ImportStep(Base):
    """What one act changed in a draft, kept until the rows are registered.

    ``columns_before`` and ``columns_after`` are filled where the meaning of columns was changed.
    """

    __tablename__ = "import_step"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("sample_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[UUID | None]
    columns_before: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    columns_after: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    heading: Mapped[str | None] = mapped_column(short_text(200), default=None)
    field_before: Mapped[str | None] = mapped_column(short_text(40), default=None)
    field_after: Mapped[str | None] = mapped_column(short_text(40), default=None)
    is_undone: Mapped[bool] = mapped_column(default=False)


class ImportStepRow(Base):
    """A row that a step touched: its parts as they were and as they became.

    Null where the row was not in the draft, before it was added or after it was taken out.
    """

    __tablename__ = "import_step_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["import_id", "step"],
            ["import_step.import_id", "import_step.number"],
            name="fk_import_step_row_step",
            ondelete="CASCADE",
        ),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class HeaderMap(Base):
    """What a project's senders mean by a heading, as a person once said."""

    __tablename__ = "header_map"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    heading: Mapped[str] = mapped_column(short_text(200), primary_key=True)
    field: Mapped[str] = mapped_column(short_text(40))
    chosen_by: Mapped[UUID | None] = mapped_column(default=None)
    chosen_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False
    )


class ProjectTemplate(Base):
    """The template by which a project's lists without a stamp are read, as a person last chose.

    Without one a list is recognised by itself.
    """

    __tablename__ = "project_template"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("template.id"), index=True)
    chosen_by: Mapped[UUID | None] = mapped_column(default=None)
    chosen_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False
    )
