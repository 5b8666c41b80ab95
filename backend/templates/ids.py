"""Keys and states of imports."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

ImportId = NewType("ImportId", UUID)

LONGEST_REASON = 240
"""Of a list that changes samples; the list's name stands beside it in the ledger of volumes."""


class RowMode(StrEnum):
    """What becomes of rows whose sample is registered already, and of those whose is not."""

    CREATE = "create"
    """New samples only; a row whose sample exists is an error, the others go on."""
    UPSERT = "upsert"
    """New samples are registered, existing ones changed."""
    UPDATE_ONLY = "update-only"
    """Existing samples are changed; a row whose sample is not there is an error."""
    SKIP_EXISTING = "skip-existing"
    """New samples are registered, rows whose sample exists are left out."""
    FAIL_IF_EXISTS = "fail-if-exists"
    """New samples only, and nothing of the list at all while one of its rows exists."""


UPDATING = frozenset({RowMode.UPSERT, RowMode.UPDATE_ONLY})


class CommitMode(StrEnum):
    """What registering does while some rows have errors. Always chosen, never implied."""

    ALL_OR_NOTHING = "all-or-nothing"
    VALID_ROWS = "valid-rows"


class ImportState(StrEnum):
    """How far an import has come."""

    DRAFT = "draft"
    PARTLY = "partly"
    REGISTERED = "registered"
    DISCARDED = "discarded"


class TemplateKind(StrEnum):
    """What a template's rows become."""

    SAMPLE_INTAKE = "sample_intake"
    LIBRARY_SUBMISSION = "library_submission"
    SEQUENCING_REQUEST = "sequencing_request"


class VersionState(StrEnum):
    """How far a version of a template has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"
