"""Evacuations of generated units, read back from the tables and checked by rules written anew.

Nothing here is shared with the planner, nor with the checker that its job asks: what a place offers
is read from its row and those around it, and what could have been saved is found by trying.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.custody_models import CustodyBlock
from backend.samples.handling_models import HandlingPolicy
from backend.samples.ids import MaterialType, QcVerdict
from backend.samples.models import Sample
from backend.storage.ids import UnitStatus
from backend.storage.models import BlockedPosition, Placement, StorageNode
from backend.storage.relocation_models import RelocationMove
from backend.storage.relocation_views import RelocationPlanView
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.models import Sensor
from tests.backend.storage.evacuation_support import evacuate_generated
from tests.factories.storage import Freezer

pytestmark = pytest.mark.slow

THAWS = {"gdna": 5, "rna": 1}
Position = tuple[int, int]


@dataclass(slots=True)
class Found:
    """A plan as it stands in the tables, and the laboratory around it."""

    failing: UUID
    nodes: dict[UUID, StorageNode]
    samples: dict[UUID, Sample]
    stays: dict[UUID, Placement]
    """Where every sample stands, by sample."""
    moves: list[RelocationMove]
    plan: RelocationPlanView
    alarmed: set[UUID]
    promised: set[UUID]
    blocked: set[tuple[UUID, int, int]]

    def inside(self) -> list[UUID]:
        """Return the samples in the failing unit."""
        return [key for key, stay in self.stays.items() if self._unit(stay.box_id) == self.failing]

    def _unit(self, box_id: UUID) -> UUID | None:
        return self.nodes[box_id].unit_id

    def around(self, node: StorageNode) -> list[StorageNode]:
        """Return a place and what is around it, outwards to its unit."""
        chain = [node]
        while chain[-1].parent_id is not None:
            chain.append(self.nodes[chain[-1].parent_id])
        return chain

    def broken(self, sample: Sample, place: StorageNode) -> list[str]:
        """Return the rules that keep a sample out of a place, whatever stands beside it."""
        chain = self.around(place)
        unit = chain[-1]
        reserved = next(
            (n.reserved_for_project_id for n in chain if n.reserved_for_project_id), None
        )
        types = next((n.allowed_material_types for n in chain if n.allowed_material_types), None)
        rules = {
            "temperature": place.temperature_class is not sample.temperature_class,
            "biosafety": place.biosafety_level < sample.biosafety_level,
            "reserved": reserved not in (None, sample.project_id),
            "types": types is not None and sample.material_type.value not in types,
            "unit": unit.status not in (UnitStatus.ACTIVE, UnitStatus.BACKUP),
            "alarm": unit.id in self.alarmed,
            "closed": any(node.closed_at is not None for node in chain),
            "itself": unit.id == self.failing,
        }
        return [name for name, is_broken in rules.items() if is_broken]

    def free(self, box: StorageNode) -> list[Position]:
        taken = {(s.row, s.column) for s in self.stays.values() if s.box_id == box.id}
        taken |= {(row, column) for box_id, row, column in self.blocked if box_id == box.id}
        grid = [(r, c) for r in range(1, box.box_rows + 1) for c in range(1, box.box_columns + 1)]
        return [position for position in grid if position not in taken]

    def value(self, key: UUID) -> tuple[bool, bool, int, bool, float]:
        """Answer the five questions of the rule of value; smaller is saved earlier."""
        sample = self.samples[key]
        today = clock.utc_now().date()
        is_spoiled = sample.qc_verdict is QcVerdict.FAIL or (
            sample.expires_on is not None and sample.expires_on < today
        )
        family = sample.family_id or key
        has_copy = any(
            (self.samples[other].family_id or other) == family
            for other, stay in self.stays.items()
            if self._unit(stay.box_id) != self.failing
        )
        limit = THAWS.get(sample.material_type.value)
        left = 10**9 if limit is None else max(limit - sample.freeze_thaw_count, 0)
        perishes = sample.material_type.value in {"rna", "cells"}
        return is_spoiled, has_copy, left, not perishes, -float(sample.volume_ul or 0)


@pytest.fixture(autouse=True)
def thaw_limits(session: WriteSession) -> None:
    for material, limit in THAWS.items():
        policy = HandlingPolicy(
            material_type=MaterialType(material),
            version=1_000,
            thaw_limit=limit,
            good_for_days=None,
            keep_for_days=None,
            disposal_witnessed=False,
            set_by=None,
            set_by_name="Test",
        )
        session.add(policy)
    session.flush()


@pytest.mark.parametrize("seed", range(14))
def test_nothing_goes_over_the_capacity_of_any_backup_and_every_rule_of_the_samples_holds(
    session: WriteSession, technician: Principal, seed: int
) -> None:
    found = evacuate(session, technician, Random(seed))  # noqa: S311 -- a laboratory, no secret

    assert _overfilled(found) == []
    assert _against_the_rules(found) == []
    assert _side_by_side(found) == []


@pytest.mark.parametrize("seed", range(14))
def test_every_tube_is_saved_or_counted_as_left_and_the_best_go_first(
    session: WriteSession, technician: Principal, seed: int
) -> None:
    found = evacuate(session, technician, Random(seed))  # noqa: S311 -- a laboratory, no secret

    inside = found.inside()
    tubes = [move.sample_id for move in found.moves if move.sample_id is not None]
    carried = sum(move.tubes for move in found.moves if move.sample_id is None)
    assert found.plan.summary is not None
    left = sum(stay.tubes for stay in found.plan.summary.stay)
    assert len(tubes) + carried + left == len(inside)
    named = {code for stay in found.plan.summary.stay for code in stay.barcodes}
    assert named == {found.samples[key].barcode for key in _left(found)}
    values = [found.value(key) for key in tubes]
    assert values == sorted(values)
    assert _could_have_been_saved(found) == []


def _overfilled(found: Found) -> list[str]:
    """Positions that are taken, blocked, outside the grid or given twice, and racks too small."""
    goals = Counter(
        (move.to_box_id, move.to_row, move.to_column)
        for move in found.moves
        if move.to_box_id is not None
    )
    wrong = [
        f"{found.nodes[box_id].path} {row}/{column}"
        for (box_id, row, column), times in goals.items()
        if times > 1 or (row, column) not in found.free(found.nodes[box_id])
    ]
    for rack_id, arriving in _arrivals(found).items():
        rack = found.nodes[rack_id]
        there = [n for n in found.nodes.values() if n.parent_id == rack_id and n.closed_at is None]
        if rack.box_slots is None or len(there) + len(arriving) > rack.box_slots:
            wrong.append(f"{rack.path} takes {len(arriving)} beside {len(there)}")
        names = Counter(node.label for node in (*there, *arriving))
        wrong += [f"{rack.path} has {name} twice" for name, times in names.items() if times > 1]
    return wrong


def _against_the_rules(found: Found) -> list[str]:
    wrong = []
    for move in found.moves:
        goal = found.nodes[move.to_box_id or move.to_rack_id or move.id]
        keys = [move.sample_id] if move.sample_id else _inside_box(found, move.from_box_id)
        for key in keys:
            rules = found.broken(found.samples[key], goal)
            rules += ["promised"] if key in found.promised else []
            wrong += [f"{found.samples[key].barcode} to {goal.path}: {rule}" for rule in rules]
        if move.sample_id is None and found.nodes[move.from_box_id].box_rows == 0:
            wrong.append(f"{found.nodes[move.from_box_id].path} is no box to carry")
    return wrong


def _side_by_side(found: Found) -> list[str]:
    """Racks in which contained material would stand beside other material."""
    held = _classes_with_boxes(found)
    for move in found.moves:
        if move.sample_id is not None and move.to_box_id is not None:
            rack = found.nodes[move.to_box_id].parent_id
            assert rack is not None
            held.setdefault(rack, set()).add(_class(found.samples[move.sample_id]))
    # A box of the failing unit may be mixed already; where it stays is nothing of the plan.
    return [
        found.nodes[rack].path
        for rack, classes in held.items()
        if len(classes) > 1 and found.nodes[rack].unit_id != found.failing
    ]


def _could_have_been_saved(found: Found) -> list[str]:
    """Tubes left behind for which there was room beside all that are worth as much or more."""
    saved = [move.sample_id for move in found.moves if move.sample_id is not None]
    wrong = []
    for key in _left(found):
        better = [each for each in saved if found.value(each) <= found.value(key)]
        if key not in found.promised and _fit(found, [key, *better]):
            wrong.append(found.samples[key].barcode)
    return wrong


def _fit(found: Found, keys: Sequence[UUID]) -> bool:
    """Try every way to stand the samples in free positions; the whole boxes have moved."""
    gone = {move.from_box_id for move in found.moves if move.sample_id is None}
    boxes = [n for n in found.nodes.values() if n.box_rows and n.id not in gone]
    room = {box.id: len(found.free(box)) for box in boxes}
    ways = {
        key: [box for box in boxes if room[box.id] and not found.broken(found.samples[key], box)]
        for key in keys
    }
    return _stand(
        found,
        sorted(keys, key=lambda key: (len(ways[key]), key)),
        ways,
        room,
        set(),
        racks=_classes_with_boxes(found),
    )


def _stand(
    found: Found,
    keys: Sequence[UUID],
    ways: dict[UUID, list[StorageNode]],
    room: dict[UUID, int],
    dead: set[object],
    *,
    racks: dict[UUID, set[str]],
) -> bool:
    state = len(keys), tuple(room.values()), str({k: sorted(v) for k, v in racks.items()})
    if not keys or state in dead:
        return not keys
    key, *rest = keys
    kind = _class(found.samples[key])
    for box in ways[key]:
        assert box.parent_id is not None
        there = racks.setdefault(box.parent_id, set())
        if not room[box.id] or there - {kind}:
            continue
        is_first = kind not in there
        room[box.id] -= 1
        there.add(kind)
        fits = _stand(found, rest, ways, room, dead, racks=racks)
        room[box.id] += 1
        if is_first:
            there.discard(kind)
        if fits:
            return True
    dead.add(state)
    return False


def _classes_with_boxes(found: Found) -> dict[UUID, set[str]]:
    """Return what stands in every rack once the whole boxes of the plan have come."""
    to = {m.from_box_id: m.to_rack_id for m in found.moves if m.sample_id is None}
    held: dict[UUID, set[str]] = {}
    for key, stay in found.stays.items():
        rack = to.get(stay.box_id) or found.nodes[stay.box_id].parent_id
        assert rack is not None
        held.setdefault(rack, set()).add(_class(found.samples[key]))
    return held


def _class(sample: Sample) -> str:
    return "contained" if sample.biosafety_level >= 3 else "general"


def _inside_box(found: Found, box_id: UUID) -> list[UUID]:
    return [key for key, stay in found.stays.items() if stay.box_id == box_id]


def _arrivals(found: Found) -> dict[UUID, list[StorageNode]]:
    arriving: dict[UUID, list[StorageNode]] = {}
    for move in found.moves:
        if move.to_rack_id is not None:
            arriving.setdefault(move.to_rack_id, []).append(found.nodes[move.from_box_id])
    return arriving


def _left(found: Found) -> list[UUID]:
    tubes = {move.sample_id for move in found.moves}
    boxes = {move.from_box_id for move in found.moves if move.sample_id is None}
    return [
        key for key in found.inside() if key not in tubes and found.stays[key].box_id not in boxes
    ]


def evacuate(session: WriteSession, person: Principal, lot: Random) -> Found:
    """Evacuate a generated unit and read all of it back."""
    return _read_back(session, *evacuate_generated(session, person, lot))


def _read_back(session: WriteSession, failing: Freezer, plan: RelocationPlanView) -> Found:
    session.expire_all()
    moves = select(RelocationMove).where(RelocationMove.plan_id == plan.id)
    return Found(
        failing=failing.unit_id,
        nodes={node.id: node for node in session.scalars(select(StorageNode))},
        samples={sample.id: sample for sample in session.scalars(select(Sample))},
        stays={
            stay.sample_id: stay
            for stay in session.scalars(select(Placement).where(Placement.removed_at.is_(None)))
        },
        moves=list(session.scalars(moves.order_by(RelocationMove.step))),
        plan=plan,
        alarmed=set(session.scalars(select(Sensor.unit_id).join(Alarm))),
        promised=set(session.scalars(select(CustodyBlock.sample_id))),
        blocked={
            (row.box_id, row.row, row.column) for row in session.scalars(select(BlockedPosition))
        },
    )
