"""Keys and closed vocabularies of reports."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

ReportRunId = NewType("ReportRunId", UUID)
ArtifactId = NewType("ArtifactId", UUID)


class ReportFormat(StrEnum):
    """Kinds of file a report comes as."""

    XLSX = "xlsx"
    PDF = "pdf"
