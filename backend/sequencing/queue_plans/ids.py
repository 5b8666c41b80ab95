"""Keys and closed vocabularies of queue plans."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

QueuePlanId = NewType("QueuePlanId", UUID)
QueuePinId = NewType("QueuePinId", UUID)


class QueuePlanState(StrEnum):
    """Where a plan stands; nothing moves before a person accepts."""

    ASKED = "asked"
    READY = "ready"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    FAILED = "failed"
