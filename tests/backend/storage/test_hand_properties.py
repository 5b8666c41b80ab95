"""Whatever people do with tubes, each is in one box, in one hand, or was taken out."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import service
from backend.storage.hand_models import HandTrayItem
from backend.storage.ids import BlockId, Conflict, NodeId, PlacementId
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import Position
from tests.factories.sequencing import make_person
from tests.factories.storage import make_freezer, make_tube

TUBES, BOXES, SIDE = 5, 2, 2

numbers = st.integers(0, TUBES - 1)
some = st.lists(numbers, min_size=1, max_size=3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), some),
        st.tuples(st.just("back"), some),
        st.tuples(st.just("out"), numbers),
        st.tuples(st.just("place"), numbers, st.integers(0, BOXES - 1)),
        st.tuples(
            st.just("block"),
            some,
            st.integers(0, BOXES - 1),
            st.none() | st.tuples(st.integers(1, SIDE), st.integers(1, SIDE)),
            st.sampled_from(list(Conflict)),
        ),
        st.tuples(st.just("undo block"), st.integers(0, 3)),
        st.tuples(st.just("undo"), st.integers(0, 3)),
    ),
    min_size=5,
    max_size=12,
)


class Bench:
    """Two people, some tubes, two small boxes; a step that is refused changes nothing."""

    def __init__(self, session: WriteSession, people: list[Principal], project: Project) -> None:
        self.session, self.people = session, people
        self.boxes = make_freezer(session, boxes=BOXES, rows=SIDE, columns=SIDE).box_ids
        self.tubes = [make_tube(session, project) for _ in range(TUBES)]
        self.blocks: list[BlockId] = []
        self.stays: list[PlacementId] = []

    def act(self, number: int, step: tuple[Any, ...]) -> None:
        person = self.people[number % len(self.people)]
        with suppress(AppError), self.session.begin_nested():
            self._do(person, step)

    def _do(self, person: Principal, step: tuple[Any, ...]) -> None:
        session = self.session
        match step:
            case ("take", chosen):
                service.take_in_hand(session, person, sample_ids=self._named(chosen))
            case ("back", chosen):
                service.put_hand_back(session, person, sample_ids=self._named(chosen))
            case ("out", chosen):
                stay = service.take_out(
                    session, person, sample_id=self.tubes[chosen], reason="away"
                )
                self.stays.append(stay.id)
            case ("place", chosen, box):
                stay = service.place_sample(
                    session, person, sample_id=self.tubes[chosen], box_id=self.boxes[box]
                )
                self.stays.append(stay.id)
            case ("block", chosen, box, start, conflict):
                moved = service.move_block(
                    session,
                    person,
                    sample_ids=self._named(chosen),
                    box_id=self.boxes[box],
                    start=None if start is None else Position(*start),
                    conflict=conflict,
                )
                self.blocks.append(moved.block_id)
            case ("undo block", back) if back < len(self.blocks):
                service.undo_block(session, person, self.blocks[-1 - back])
            case ("undo", back) if back < len(self.stays):
                service.undo_placement(session, person, placement_id=self.stays[-1 - back])

    def _named(self, chosen: list[int]) -> list[SampleId]:
        return [self.tubes[number] for number in chosen]

    def require_nothing_lost(self) -> None:
        """Fail unless every tube is in exactly the one place that its custody names."""
        session = self.session
        stays = session.execute(
            select(Placement.sample_id, Placement.box_id, Placement.row, Placement.column).where(
                Placement.removed_at.is_(None), Placement.sample_id.in_(self.tubes)
            )
        ).all()
        standing = [row.sample_id for row in stays]
        hands = list(
            session.scalars(
                select(HandTrayItem.sample_id).where(HandTrayItem.sample_id.in_(self.tubes))
            )
        )
        custody = dict(
            session.execute(
                select(Sample.id, Sample.custody).where(Sample.id.in_(self.tubes))
            ).all()
        )
        assert len(set(standing)) == len(standing)
        assert len({tuple(row)[1:] for row in stays}) == len(stays)
        assert not set(standing) & set(hands)
        assert {key for key, is_at in custody.items() if is_at is Custody.IN_STORAGE} == set(
            standing
        )
        assert {key for key, is_at in custody.items() if is_at is Custody.HAND_TRAY} == set(hands)
        assert set(custody.values()) <= {
            Custody.IN_STORAGE,
            Custody.HAND_TRAY,
            Custody.CHECKED_OUT,
            Custody.NOT_PLACED,
        }
        used = session.execute(
            select(StorageNode.id, StorageNode.used).where(StorageNode.id.in_(self.boxes))
        ).all()
        assert {NodeId(key): count for key, count in used if count} == Counter(
            row.box_id for row in stays
        )


@pytest.mark.slow
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_any_sequence_of_steps_leaves_every_tube_in_one_place(
    session: WriteSession,
    technician: Principal,
    project: Project,
    steps: list[tuple[Any, ...]],
) -> None:
    with session.begin_nested() as example:
        other = make_person(
            session,
            Permission.SAMPLES_VIEW,
            Permission.SAMPLES_VIEW_ALL_PROJECTS,
            Permission.STORAGE_VIEW,
            Permission.STORAGE_PLACE,
            name="Ben",
        )
        bench = Bench(session, [technician, other], project)
        for tube, box in zip(bench.tubes[:3], (0, 0, 1), strict=True):
            service.place_sample(session, technician, sample_id=tube, box_id=bench.boxes[box])
        for number, step in enumerate(steps):
            bench.act(number, step)
            bench.require_nothing_lost()
        example.rollback()
