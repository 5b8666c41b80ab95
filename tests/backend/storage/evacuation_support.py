"""A laboratory with a failing unit, made up by lot: what stands in it, and what could take it."""

from datetime import timedelta
from random import Random

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import MaterialType, QcVerdict, SampleId, TemperatureClass
from backend.samples.models import Project
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import BlockedPosition, StorageNode
from backend.storage.relocation_views import RelocationPlanView
from tests.factories.relocations import evacuation
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand
from tests.factories.telemetry import make_sensor, open_alarm

ROWS, COLUMNS = 2, 3


def evacuate_generated(
    session: WriteSession, person: Principal, lot: Random
) -> tuple[Freezer, RelocationPlanView]:
    """Generate a laboratory and evacuate its first unit as people do; return it and the plan."""
    projects = [make_project(session, person), make_project(session, person)]
    failing = make_freezer(
        session, boxes=lot.randint(2, 3), rows=ROWS, columns=COLUMNS, biosafety_level=3
    )
    inside = [
        _tube(session, lot, projects, box, place)
        for box in failing.box_ids
        for place in range(lot.randint(1, 4))
    ]
    drawer = make_loose(session, failing.unit_id, label="Drawer")
    loose = make_tube(session, projects[0])
    stand(session, loose, drawer, 0, 1)
    promised = lot.choice(inside)
    session.add(CustodyBlock(sample_id=promised, reason="It is offered to Ada Marsh."))
    for _ in range(lot.randint(2, 4)):
        _shelter(session, lot, projects, inside)
    session.flush()
    return failing, evacuation(session, person, failing)


def _tube(
    session: WriteSession, lot: Random, projects: list[Project], box: NodeId, place: int
) -> SampleId:
    today = clock.utc_now().date()
    tube = make_tube(
        session,
        lot.choice(projects),
        material_type=MaterialType(lot.choice(["gdna", "rna", "plasma"])),
        # Now and then it is kept at another temperature than it needs.
        temperature_class=lot.choice([TemperatureClass.MINUS_80] * 9 + [TemperatureClass.MINUS_20]),
        biosafety_level=lot.choice([1, 2, 2, 3]),
        volume_ul=lot.choice([None, 10, 50]),
        freeze_thaw_count=lot.randint(0, 6),
        qc_verdict=lot.choice([QcVerdict.PASS, QcVerdict.PASS, QcVerdict.FAIL]),
        expires_on=lot.choice([None, None, today - timedelta(days=3), today + timedelta(days=9)]),
    )
    stand(session, tube, box, 1 + place // COLUMNS, 1 + place % COLUMNS)
    return tube


def _shelter(
    session: WriteSession, lot: Random, projects: list[Project], inside: list[SampleId]
) -> None:
    """Add a unit that may take something: backup or open, or closed, in alarm, kept for others."""
    unit = make_freezer(
        session,
        boxes=lot.randint(1, 2),
        rows=ROWS,
        columns=COLUMNS,
        zone=lot.choice([TemperatureClass.MINUS_80] * 4 + [TemperatureClass.MINUS_20]),
        biosafety_level=lot.choice([2, 3]),
        status=lot.choice(
            [UnitStatus.BACKUP, UnitStatus.BACKUP, UnitStatus.ACTIVE, UnitStatus.DEFROSTING]
        ),
    )
    rack = session.get_one(StorageNode, unit.rack_id)
    rack.box_slots = lot.choice([None, len(unit.box_ids), len(unit.box_ids) + 1])
    for node_id in (unit.unit_id, unit.rack_id, *unit.box_ids):
        node = session.get_one(StorageNode, node_id)
        node.reserved_for_project_id = lot.choice([None] * 7 + [projects[1].id])
        node.allowed_material_types = lot.choice([None] * 7 + [["rna", "plasma"]])
    for number, box in enumerate(unit.box_ids):
        _occupy(session, lot, projects, box, inside if number == 0 else [])
    if lot.randint(0, 5) == 0:
        sensor = make_sensor(session, unit_label=unit.label)
        sensor.unit_id = unit.unit_id
        open_alarm(session, sensor, clock.utc_now())


def _occupy(
    session: WriteSession, lot: Random, projects: list[Project], box: NodeId, family: list[SampleId]
) -> None:
    """Leave few positions of a box free; some of what stands there is a copy of a tube to save."""
    taken = lot.randint(2, ROWS * COLUMNS - 1)
    for place in range(taken):
        row, column = 1 + place // COLUMNS, 1 + place % COLUMNS
        if lot.randint(0, 4) == 0:
            session.add(BlockedPosition(box_id=box, row=row, column=column, reason="Broken"))
            session.flush()
            continue
        copied = lot.choice(family) if family and lot.randint(0, 2) == 0 else None
        tube = make_tube(session, lot.choice(projects), family_id=copied)
        stand(session, tube, box, row, column)
