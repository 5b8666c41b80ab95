"""How full units are, as added steps, is what their boxes say, whatever happens to these."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project
from backend.storage import queries, service
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import BlockedPosition, Placement, StorageNode, StorageTally
from backend.storage.place_kinds import HOLDERS
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand

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


def _add_loose(scene: Scene) -> None:
    """Add a loose place with something in it; half of them say how many tubes they take."""
    label = f"Bag {new_id()}"
    capacity = 4 if scene.drawn % 2 else None
    bag = make_loose(scene.session, scene.freezer.rack_id, label=label, capacity=capacity)
    for number in range(1, 1 + scene.drawn % 4):
        stand(scene.session, make_tube(scene.session, scene.project), bag, 0, number)


def _measure(scene: Scene) -> None:
    scene.run(
        "UPDATE storage_node SET capacity = CASE capacity WHEN 0 THEN 9 ELSE 0 END "
        "WHERE unit_id = :unit AND kind = 'bag'"
    )


def _close(scene: Scene) -> None:
    scene.run("UPDATE storage_node SET closed_at = now() WHERE id = :box AND used = 0")


def _reopen(scene: Scene) -> None:
    scene.run("UPDATE storage_node SET closed_at = NULL WHERE id = :box")


ACTS = (
    *(_add_freezer, _stand, _take_out, _block, _warm, _move_box, _remove_box, _retire, _fold),
    *(_add_loose, _measure, _close, _reopen),
)


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
    said = {unit.unit_id: (unit.used, unit.capacity, unit.loose) for unit in units}
    assert said == _by_unit(session)
    zones = queries.occupancy_by_zone(session, technician)
    told = {zone.temperature_class: (zone.used, zone.capacity, zone.units) for zone in zones}
    assert told == _by_zone(session)


def _free(scene: Scene) -> list[tuple[int, int]]:
    """Return the positions of the box that may be filled; none when it is gone or closed."""
    box_id, session = scene.box_id, scene.session
    is_open = select(StorageNode.id).where(
        StorageNode.id == box_id, StorageNode.closed_at.is_(None)
    )
    if session.scalar(is_open) is None:
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


def _boxes(session: WriteSession) -> list[StorageNode]:
    nodes = select(StorageNode).where(StorageNode.kind.in_(HOLDERS))
    return list(session.scalars(nodes.execution_options(populate_existing=True)))


def _counts(box: StorageNode) -> bool:
    """Closed ones do not, nor loose ones of which nobody has said how many they take."""
    return box.closed_at is None and (box.box_rows > 0 or box.capacity > 0)


def _by_unit(session: WriteSession) -> dict[UUID | None, tuple[int, int, int]]:
    units = session.scalars(select(StorageNode.id).where(StorageNode.kind == NodeKind.UNIT))
    sums: dict[UUID | None, tuple[int, int, int]] = dict.fromkeys(units, (0, 0, 0))
    for box in _boxes(session):
        used, capacity, loose = sums[box.unit_id]
        if _counts(box):
            sums[box.unit_id] = (used + box.used, capacity + box.capacity, loose)
        else:
            sums[box.unit_id] = (used, capacity, loose + box.used)
    return sums


def _by_zone(session: WriteSession) -> dict[TemperatureClass, tuple[int, int, int]]:
    retired = select(StorageNode.id).where(StorageNode.status == UnitStatus.RETIRED)
    gone = set(session.scalars(retired))
    zones: dict[TemperatureClass, list[StorageNode]] = {}
    for box in _boxes(session):
        if _counts(box) and box.unit_id not in gone and box.temperature_class is not None:
            zones.setdefault(box.temperature_class, []).append(box)
    return {
        zone: (
            sum(box.used for box in boxes),
            sum(box.capacity for box in boxes),
            len({box.unit_id for box in boxes}),
        )
        for zone, boxes in zones.items()
    }


def test_folding_leaves_one_step_a_unit(session: WriteSession, project: Project) -> None:
    freezer = make_freezer(session, boxes=3)
    for box_id in freezer.box_ids:
        stand(session, make_tube(session, project), box_id, 1, 1)

    service.fold_tally(session)

    steps = session.scalars(select(StorageTally).where(StorageTally.unit_id == freezer.unit_id))
    assert [(step.boxes, step.used, step.capacity) for step in steps] == [(3, 3, 243)]
