"""Keys and closed vocabularies of pooling."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

TopUpId = NewType("TopUpId", UUID)


class PipettedBy(StrEnum):
    """Who puts a pool together."""

    HAND = "hand"
    ROBOT = "robot"


class TopUpState(StrEnum):
    """What people have decided of a proposal."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
