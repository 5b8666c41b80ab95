"""Physical audits: which boxes are drawn, what counts as an error, when more is looked at. No I/O.

A sample is drawn by the order of SHA-256 digests of seed and key: whoever knows the seed and the
list of boxes draws the same one, on any machine and in any version of any library.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.core.shares import Interval, wilson
from backend.storage.ids import InventoryLevel, InventoryPurpose
from backend.storage.rules import Position
from backend.storage.scanning.verdicts import ScanLine, Verdict

SHARES: Mapping[InventoryPurpose, float] = {
    # Our own default; the laboratory chooses another one when it starts an audit.
    InventoryPurpose.PERIODIC: 0.05,
    # Federal Select Agent Program, Security Plan Guidance, "Inventory Audit Conditions": emergency
    # movement to a different area: 10 % of what is not sealed, all sealed containers.
    InventoryPurpose.MOVED_UNSEALED: 0.10,
    InventoryPurpose.MOVED_SEALED: 1.0,
}

ERRORS_FROM = 2
"""More than one error asks for the next level."""
ERRORS_FROM_AGAIN = 1
"""So does a single one where the audit before had errors as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Tubes of a check or of an audit. What could not be read is neither right nor wrong."""

    checked: int = 0
    correct: int = 0
    unread: int = 0

    @property
    def errors(self) -> int:
        return self.checked - self.correct


def draw_boxes(
    strata: Mapping[str, Collection[UUID]], *, share: float, seed: int
) -> dict[str, tuple[UUID, ...]]:
    """Return the drawn boxes of each unit: ``share`` of them rounded up, so never none.

    ``strata`` holds the boxes of each unit by the unit's label; their order does not matter.
    """
    return {
        label: tuple(_in_drawn_order(boxes, seed)[: _size_of(len(boxes), share)])
        for label, boxes in sorted(strata.items())
        if boxes
    }


def draw_positions(
    taken: Collection[Position], *, count: int, box_id: UUID, seed: int
) -> tuple[Position, ...]:
    """Return ``count`` of the taken positions of a box, in fill order."""
    drawn = sorted(taken, key=lambda spot: _digest(seed, f"{box_id}/{spot.key}"))
    return tuple(sorted(drawn[:count]))


def tally(lines: Collection[ScanLine]) -> Tally:
    """Count the verdicts of a box, one for each tube.

    A tube that stands in another position of the box has two lines; the one where it was found
    counts. A position that is empty, as it should be, counts nowhere.
    """
    counted = [line for line in lines if line.found or line.verdict is Verdict.MISSING]
    return Tally(
        checked=len(counted),
        correct=sum(line.verdict is Verdict.MATCH for line in counted),
        unread=sum(line.verdict is Verdict.NO_READ for line in lines),
    )


def total(tallies: Collection[Tally]) -> Tally:
    """Return the sum of tallies."""
    return Tally(
        checked=sum(each.checked for each in tallies),
        correct=sum(each.correct for each in tallies),
        unread=sum(each.unread for each in tallies),
    )


def accuracy(counted: Tally) -> Interval | None:
    """Return correct over checked with its Wilson interval; None where nothing was checked."""
    return wilson(counted.correct, counted.checked)


def escalation(
    errors: int,
    *,
    is_part: bool,
    rack_errors: Sequence[int],
    boxes_in_rack: int,
    erred_before: bool,
) -> InventoryLevel | None:
    """Return what is looked at next because of a check's errors; None where they do not ask for it.

    Some tubes of a box lead to all of it, a box to its rack, and a rack to its unit as soon as its
    errors are not those of one box alone. ``rack_errors`` are the errors of every box of the rack
    that has been looked at, this one among them.
    """
    limit = ERRORS_FROM_AGAIN if erred_before else ERRORS_FROM
    if is_part:
        return InventoryLevel.BOX if errors >= limit else None
    beyond_one_box = sum(rack_errors) - max(rack_errors, default=0)
    if errors and beyond_one_box >= limit:
        return InventoryLevel.UNIT
    if errors < limit:
        return None
    return InventoryLevel.UNIT if boxes_in_rack == 1 else InventoryLevel.RACK


def _size_of(boxes: int, share: float) -> int:
    # 0.1 of 30 is 3.0000000000000004 in floating point, and must stay three boxes.
    return min(boxes, max(1, math.ceil(round(share * boxes, 6))))


def _in_drawn_order(keys: Collection[UUID], seed: int) -> list[UUID]:
    return sorted(keys, key=lambda key: _digest(seed, str(key)))


def _digest(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed}/{key}".encode()).digest()
