"""What readers of pick lists receive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.samples.ids import SampleId
from backend.storage import pick_rules
from backend.storage.ids import (
    NodeId,
    PickLineId,
    PickListId,
    PickOutcome,
    PickPurpose,
    PickState,
)
from backend.storage.rules import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLineView:
    """One tube to fetch; ``outcome`` is None while nobody has answered."""

    id: PickLineId
    step: int
    sample_id: SampleId
    barcode: str
    name: str
    volume_ul: float | None
    from_box_id: NodeId
    from_path: str
    from_position: Position
    to_box_id: NodeId | None
    to_path: str | None
    to_position: Position | None
    """Where it goes, or went; None: to the first free position, or nowhere."""
    reason: str
    outcome: PickOutcome | None
    outcome_reason: str
    by_name: str | None
    at: datetime | None

    @property
    def stands_in(self) -> str:
        """Box and position that it is fetched from."""
        return f"{self.from_path}/{self.from_position.label}"

    @property
    def goes_to(self) -> str:
        """Box and position that it is brought to; empty where none is known."""
        if self.to_path is None:
            return ""
        where = "" if self.to_position is None else f"/{self.to_position.label}"
        return f"{self.to_path}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListView:
    """A pick list from outside. ``counts`` has every outcome, and None for lines to come."""

    id: PickListId
    number: int
    title: str
    purpose: PickPurpose
    state: PickState
    made_by_name: str
    made_at: datetime
    closed_at: datetime | None
    closed_by_name: str | None
    counts: Mapping[PickOutcome | None, int]

    @property
    def label(self) -> str:
        """What people call it."""
        return pick_rules.list_name(self.number)

    @property
    def lines(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """Lines without an answer, tubes in a hand included."""
        in_hand = self.counts[PickOutcome.PICKED] if self.purpose.moves else 0
        return self.counts[None] + in_hand

    @property
    def answered(self) -> int:
        return self.lines - self.left


class StepKind(StrEnum):
    """What a scan did."""

    TAKEN = "taken"
    IN_HAND = "in_hand"
    PLACED = "placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickStep:
    """What a scan did, to which lines, as a sentence, and how many lines are left."""

    kind: StepKind
    lines: tuple[PickLineView, ...]
    sentence: str
    left: int
