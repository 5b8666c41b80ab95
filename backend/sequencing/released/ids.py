"""Keys and closed vocabularies of released runs."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

ReleaseId = NewType("ReleaseId", UUID)


class CheckVerdict(StrEnum):
    """What a check says of a run; only a failing one stands in the way of its release."""

    PASS = "pass"  # noqa: S105 a verdict, no secret
    WARNING = "warning"
    FAIL = "fail"
    UNKNOWN = "unknown"


class CheckKind(StrEnum):
    """What is checked before a run is released, in the order of the list."""

    COLLISIONS = "collisions"
    BALANCE = "balance"
    READS = "reads"
    INDEX_LENGTH = "index_length"
    MOLARITY = "molarity"
    PHIX = "phix"
    SAMPLES = "samples"
    REAGENTS = "reagents"
    FLOW_CELL = "flow_cell"
    OPERATOR = "operator"
    SHEET = "sheet"
