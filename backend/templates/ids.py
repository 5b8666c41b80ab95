"""Keys and states of imports."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

ImportId = NewType("ImportId", UUID)


class ImportState(StrEnum):
    """How far an import has come."""

    DRAFT = "draft"
    PARTLY = "partly"
    REGISTERED = "registered"
    DISCARDED = "discarded"
