"""Words of templates."""

from collections.abc import Mapping

from backend.templates.definition_views import VersionLine
from backend.templates.ids import TemplateKind, VersionState

KINDS: Mapping[TemplateKind, str] = {
    TemplateKind.SAMPLE_INTAKE: "Sample intake",
    TemplateKind.LIBRARY_SUBMISSION: "Library submission",
    TemplateKind.SEQUENCING_REQUEST: "Sequencing request",
}
STATES: Mapping[VersionState, str] = {
    VersionState.DRAFT: "Draft",
    VersionState.PUBLISHED: "Published",
    VersionState.DEPRECATED: "Not in use any more",
}


def download_of(key: str, number: int) -> str:
    """Return the address of a version's workbook."""
    return f"/files/templates/{key}/{number}"


def version_words(version: VersionLine | None, *, absent: str) -> str:
    """Return a version's number in words."""
    return f"Version {version.number}" if version else absent
