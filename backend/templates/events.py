"""Facts about imports."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStarted:
    """A file, or pasted rows, became a draft."""

    TYPE: ClassVar[str] = "templates.import_started"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    file_name: str
    project_id: UUID
    rows: int
    ready: int
    with_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportEdited:
    """Cells of a draft, or the meaning of a column, were changed."""

    TYPE: ClassVar[str] = "templates.import_edited"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRegistered:
    """Rows of a draft became samples; the rest stays a draft."""

    TYPE: ClassVar[str] = "templates.import_registered"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    file_name: str
    project_id: UUID
    registered: int
    left: int
    warnings_acknowledged: int
    updated: int = 0
    row_mode: str = "create"
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDiscarded:
    """A draft was given up; its rows are gone, the file is kept."""

    TYPE: ClassVar[str] = "templates.import_discarded"
    AGGREGATE: ClassVar[str] = "import"

    aggregate_id: UUID
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDrafted:
    """A template's draft was made or changed."""

    TYPE: ClassVar[str] = "templates.template_drafted"
    AGGREGATE: ClassVar[str] = "template"

    aggregate_id: UUID
    key: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePublished:
    """A version is what senders are given from now on."""

    TYPE: ClassVar[str] = "templates.template_published"
    AGGREGATE: ClassVar[str] = "template"

    aggregate_id: UUID
    key: str
    version: int
    schema_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDeprecated:
    """A version is handed out no more."""

    TYPE: ClassVar[str] = "templates.template_deprecated"
    AGGREGATE: ClassVar[str] = "template"

    aggregate_id: UUID
    key: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTemplateChosen:
    """A project's lists without a stamp are read by another template; empty for none."""

    TYPE: ClassVar[str] = "templates.project_template_chosen"
    AGGREGATE: ClassVar[str] = "project"

    aggregate_id: UUID
    template: str
