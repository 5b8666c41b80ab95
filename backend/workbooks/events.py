"""Facts about workbooks."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookAdded:
    """A workbook came, with its first version."""

    TYPE: ClassVar[str] = "workbooks.added"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    name: str
    file_name: str
    project_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionAdded:
    """A workbook got a further version."""

    TYPE: ClassVar[str] = "workbooks.version_added"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    number: int
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRead:
    """A version's sheets were read."""

    TYPE: ClassVar[str] = "workbooks.read"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    number: int
    sheets: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRefused:
    """A version's file could not be read; it is kept."""

    TYPE: ClassVar[str] = "workbooks.refused"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    number: int
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookRenamed:
    """A workbook got another name."""

    TYPE: ClassVar[str] = "workbooks.renamed"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsSent:
    """Rows of a sheet became a draft of the Register page."""

    TYPE: ClassVar[str] = "workbooks.rows_sent"
    AGGREGATE: ClassVar[str] = "workbook"

    aggregate_id: UUID
    number: int
    sheet: str
    rows: int
    import_id: UUID
