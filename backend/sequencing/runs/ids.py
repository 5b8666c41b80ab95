"""Keys and closed vocabularies of run folders."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

RunFolderId = NewType("RunFolderId", UUID)
ProposalId = NewType("ProposalId", UUID)


class FolderState(StrEnum):
    """How far a folder is. Only a person makes it confirmed; nothing is final before."""

    ARRIVING = "arriving"
    READ = "read"
    FAILED = "failed"
    CONFIRMED = "confirmed"


class MatchedBy(StrEnum):
    """What said which booked run a folder is of."""

    NAME = "name"
    LIBRARIES = "libraries"
    PERSON = "person"


class ProposalKind(StrEnum):
    """What is proposed for a library that got too little."""

    REQUEUE = "requeue"
    TOP_UP = "top_up"


class ProposalState(StrEnum):
    """A proposal does nothing until a person accepts it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
