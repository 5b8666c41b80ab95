"""What readers of templates receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.templates.definition import Definition
from backend.templates.ids import TemplateKind, VersionState


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version in a template's history."""

    id: UUID
    number: int
    state: VersionState
    columns: int
    note: str
    changed_by_name: str
    changed_at: datetime
    published_at: datetime | None
    published_by_name: str | None
    deprecated_at: datetime | None
    deprecation_reason: str | None
    imports: int
    """Lists that came in with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """A template with its versions, newest first."""

    id: UUID
    key: str
    name: str
    kind: TemplateKind
    versions: Sequence[VersionLine]

    @property
    def published(self) -> VersionLine | None:
        """The version that senders are given: the newest published one."""
        return next((v for v in self.versions if v.state is VersionState.PUBLISHED), None)

    @property
    def draft(self) -> VersionLine | None:
        """The version that is being changed."""
        return next((v for v in self.versions if v.state is VersionState.DRAFT), None)

    @property
    def imports(self) -> int:
        """Lists that came in with any version."""
        return sum(version.imports for version in self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A version with what it says."""

    id: UUID
    template_key: str
    template_name: str
    kind: TemplateKind
    number: int
    state: VersionState
    definition: Definition
    schema_hash: str
    note: str

    @property
    def stamp(self) -> str:
        """What a workbook made of it carries: key, version and the definition's hash."""
        return f"{self.template_key}/{self.number}/{self.schema_hash}"
