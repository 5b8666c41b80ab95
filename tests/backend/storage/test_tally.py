"""How full units are, as added steps, is what their boxes say, whatever happens to these."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project
from backend.storage import queries, service
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import BlockedPosition, Placement, StorageNode, StorageTally
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SIDE = 3


@dataclass(frozen=True)
class Scene:
    """Where an act happens; ``drawn`` decides what is left open."""

    session: WriteSession
    project: Project
    freezers: list[Freezer]
    drawn: int

    @property
    def freezer(self) -> Freezer:
        return self.freezers[self.drawn % len(self.freezers)]

    @property
    def box_id(self) -> NodeId:
        return self.freezer.box_ids[self.drawn % 2]

    def run(self, sql: str, **given: object) -> None:
        ids = {"unit": self.freezer.unit_id, "box": self.box_id}
        self.session.execute(text(sql), ids | given)


def _add_freezer(scene: Scene) -> None:
    zone = list(TemperatureClass)[scene.drawn % len(TemperatureClass)]
    scene.freezers.append(make_freezer(scene.session, boxes=2, rows=SIDE, columns=SIDE, zone=zone))


def _stand(scene: Scene) -> None:
    free = _free(scene)
    if free:
        row, column = free[scene.drawn % len(free)]
        stand(scene.session, make_tube(scene.session, scene.project), scene.box_id, row, column)


def _take_out(scene: Scene) -> None:
    scene.run(
        "UPDATE placement SET removed_at = :now, removed_by_name = 'Test'"
        " WHERE box_id = :box AND removed_at IS NULL",
        now=clock.utc_now(),
    )


def _block(scene: Scene) -> None:
    free = _free(scene)
    if free:
        row, column = free[scene.drawn % len(free)]
        scene.session.add(
            BlockedPosition(box_id=scene.box_id, row=row, column=column, reason="bent")
        )
        scene.session.flush()


def _warm(scene: Scene) -> None:
    scene.run("UPDATE storage_node SET temperature_class = '-20' WHERE id = :box")


def _move_box(scene: Scene) -> None:
    other = scene.freezers[(scene.drawn + 1) % len(scene.freezers)]
    scene.run("UPDATE storage_node SET unit_id = :other WHERE id = :box", other=other.unit_id)


def _remove_box(scene: Scene) -> None:
    scene.run("DELETE FROM placement WHERE box_id = :box")
    scene.run("DELETE FROM blocked_position WHERE box_id = :box")
    scene.run("DELETE FROM storage_node WHERE id = :box")


def _retire(scene: Scene) -> None:
    scene.run("UPDATE storage_node SET status = 'retired' WHERE id = :unit")


def _fold(scene: Scene) -> None:
    service.fold_tally(scene.session)


ACTS = (_add_freezer, _stand, _take_out, _block, _warm, _move_box, _remove_box, _retire, _fold)


@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 99)), max_size=14))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_steps_add_up_to_the_boxes_after_anything(
    session: WriteSession,
    technician: Principal,
    project: Project,
    acts: list[tuple[Callable[[Scene], None], int]],
) -> None:
    freezers = [make_freezer(session, boxes=2, rows=SIDE, columns=SIDE)]

    for act, drawn in acts:
        act(Scene(session, project, freezers, drawn))

    units = queries.occupancy_by_unit(session, technician)
    assert {unit.unit_id: (unit.used, unit.capacity) for unit in units} == _by_unit(session)
    zones = queries.occupancy_by_zone(session, technician)
    told = {zone.temperature_class: (zone.used, zone.capacity, zone.units) for zone in zones}
    assert told == _by_zone(session)


def _free(scene: Scene) -> list[tuple[int, int]]:
    """Return the positions of the box that may be filled or blocked; none when it is gone."""
    box_id, session = scene.box_id, scene.session
    if session.scalar(select(StorageNode.id).where(StorageNode.id == box_id)) is None:
        return []
    standing = select(Placement.row, Placement.column).where(
        Placement.box_id == box_id, Placement.removed_at.is_(None)
    )
    blocked = select(BlockedPosition.row, BlockedPosition.column).where(
        BlockedPosition.box_id == box_id
    )
    taken = {
        (row, column) for row, column in [*session.execute(standing), *session.execute(blocked)]
    }
    places = product(range(1, SIDE + 1), repeat=2)
    return [place for place in places if place not in taken]


def _by_unit(session: WriteSession) -> dict[UUID, tuple[int, int]]:
    boxes = select(
        StorageNode.unit_id, func.sum(StorageNode.used), func.sum(StorageNode.capacity)
    ).where(StorageNode.kind == NodeKind.BOX)
    sums = {
        unit_id: (int(used), int(capacity))
        for unit_id, used, capacity in session.execute(boxes.group_by(StorageNode.unit_id))
    }
    units = session.scalars(select(StorageNode.id).where(StorageNode.kind == NodeKind.UNIT))
    return {unit_id: sums.get(unit_id, (0, 0)) for unit_id in units}


def _by_zone(session: WriteSession) -> dict[TemperatureClass, tuple[int, int, int]]:
    retired = select(StorageNode.id).where(StorageNode.status == UnitStatus.RETIRED)
    rows = session.execute(
        select(
            StorageNode.temperature_class,
            func.sum(StorageNode.used),
            func.sum(StorageNode.capacity),
            func.count(StorageNode.unit_id.distinct()),
        )
        .where(StorageNode.kind == NodeKind.BOX, StorageNode.unit_id.not_in(retired))
        .group_by(StorageNode.temperature_class)
    )
    return {
        zone: (int(used), int(capacity), units)
        for zone, used, capacity, units in rows
        if zone is not None
    }


def test_folding_leaves_one_step_a_unit(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session, boxes=3)
    for box_id in freezer.box_ids:
        stand(session, make_tube(session, project), box_id, 1, 1)

    service.fold_tally(session)

    steps = session.scalars(select(StorageTally).where(StorageTally.unit_id == freezer.unit_id))
    assert [(step.boxes, step.used, step.capacity) for step in steps] == [(3, 3, 243)]
