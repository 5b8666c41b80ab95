"""Facts about the log and the trail themselves."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBroke:
    """A check found that the audit trail was changed outside the program; told once a break."""

    TYPE: ClassVar[str] = "events.chain_broke"
    AGGREGATE: ClassVar[str] = "audit_chain"

    aggregate_id: UUID
    position: int
    said: str
