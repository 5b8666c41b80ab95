"""Facts about run folders."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolderRead:
    """A folder was read, for the first time or with something changed.

    ``is_news`` says that people are to hear of it: it is whole now, or its verdict is another.
    """

    TYPE: ClassVar[str] = "sequencing.run_folder_read"
    AGGREGATE: ClassVar[str] = "run_folder"

    aggregate_id: UUID
    name: str
    run_code: str
    state: str
    verdict: str
    sentence: str
    version: int
    is_news: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMatched:
    """A person said which booked run a folder is of."""

    TYPE: ClassVar[str] = "sequencing.run_matched"
    AGGREGATE: ClassVar[str] = "run_folder"

    aggregate_id: UUID
    name: str
    run_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfirmed:
    """A person confirmed what came of a run."""

    TYPE: ClassVar[str] = "sequencing.run_confirmed"
    AGGREGATE: ClassVar[str] = "run_folder"

    aggregate_id: UUID
    name: str
    run_code: str
    verdict: str
    proposals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDecided:
    """A person accepted or dismissed a proposal."""

    TYPE: ClassVar[str] = "sequencing.run_proposal_decided"
    AGGREGATE: ClassVar[str] = "run_folder"

    aggregate_id: UUID
    barcode: str
    kind: str
    state: str
    request_code: str
    pool_codes: str
    """Of the pools whose top-up it opened, with commas between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimitsPublished:
    """Other limits hold for runs from now on."""

    TYPE: ClassVar[str] = "sequencing.run_limits_published"
    AGGREGATE: ClassVar[str] = "run_limit_set"

    aggregate_id: UUID
    version: int
    limits: int
