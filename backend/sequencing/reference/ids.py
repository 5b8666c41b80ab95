"""Keys and kinds of reference data."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

EntryId = NewType("EntryId", UUID)
VersionId = NewType("VersionId", UUID)


class ReferenceKind(StrEnum):
    """What is kept, in the order in which the page lists it."""

    PLATFORM = "platform"
    FLOW_CELL = "flow_cell"
    CHEMISTRY = "chemistry"
    INDEX_KIT = "index_kit"
    RECIPE = "recipe"
    ASSAY = "assay"
    POOLING = "pooling"
    QUEUE_PLANNING = "queue_planning"


SETTINGS = frozenset({ReferenceKind.POOLING, ReferenceKind.QUEUE_PLANNING})
"""Kinds of which a laboratory has one entry, its own settings: revised and never retired."""


class MixingClass(StrEnum):
    """What else may lie in a lane with the libraries of an assay."""

    ANY = "any"
    SAME_TYPE = "same_type"
    ALONE = "alone"
