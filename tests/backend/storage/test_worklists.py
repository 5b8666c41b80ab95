"""Worklists for robots: wells counted down the columns, never more than the ledger holds."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project
from backend.storage import pick_worklists, service
from backend.storage.errors import WorklistRefused
from backend.storage.ids import PickPurpose, ShortReason
from backend.storage.picking import PickWish
from backend.storage.rules import BoxShape, Position
from backend.storage.worklists import (
    CherryPick,
    PlateFormat,
    Robot,
    Source,
    Transfer,
    cherry_pick,
    poured,
    well_index,
    wells_by_column,
    written,
)
from tests.factories.storage import make_freezer, make_tube, stand

P96, P384 = BoxShape(8, 12), BoxShape(16, 24)


def source(line: int, **facts: object) -> Source:
    values: dict[str, object] = {
        "line": line,
        "barcode": f"DNA-{line:04d}",
        "labware": "B-0418",
        "shape": P96,
        "position": Position(line, 2),
        "available_ul": Decimal(50),
    }
    return Source(**(values | facts))


def wanted(**facts: object) -> CherryPick:
    values: dict[str, object] = {
        "plate": "P1",
        "format": PlateFormat.WELLS_96,
        "volume_ul": Decimal("12.5"),
    }
    return CherryPick(**(values | facts))


@pytest.mark.parametrize(
    ("shape", "label", "index"),
    [
        (P96, Position(1, 1), 1),
        (P96, Position(2, 1), 2),
        (P96, Position(8, 1), 8),
        (P96, Position(1, 2), 9),
        (P96, Position(8, 12), 96),
        (P384, Position(16, 1), 16),
        (P384, Position(1, 2), 17),
        (P384, Position(16, 24), 384),
    ],
)
def test_wells_are_numbered_down_the_columns(shape: BoxShape, label: Position, index: int) -> None:
    assert well_index(label, shape) == index


@given(st.sampled_from([P96, P384, BoxShape(9, 9)]))
def test_every_well_has_a_number_of_its_own_in_the_order_of_filling(shape: BoxShape) -> None:
    numbers = [well_index(well, shape) for well in wells_by_column(shape)]

    assert numbers == list(range(1, shape.capacity + 1))


def test_tecan_reads_aspirate_dispense_and_a_new_tip() -> None:
    transfers = cherry_pick([source(1), source(2)], wanted())

    assert written(Robot.TECAN, transfers).split("\r\n") == [
        "A;B-0418;;;9;DNA-0001;12.5;;;;",
        "D;P1;;;1;;12.5;;;;",
        "W;",
        "A;B-0418;;;10;DNA-0002;12.5;;;;",
        "D;P1;;;2;;12.5;;;;",
        "W;",
        "",
    ]


def test_hamilton_reads_numbers_and_biomek_reads_wells() -> None:
    transfers = cherry_pick(
        [source(1, position=Position(2, 2))], wanted(wells_each=2, format=PlateFormat.WELLS_384)
    )

    hamilton = list(csv.reader(io.StringIO(written(Robot.HAMILTON, transfers))))
    biomek = list(csv.reader(io.StringIO(written(Robot.BIOMEK, transfers))))

    assert hamilton == [
        ["SourceLabware", "SourcePosition", "TargetLabware", "TargetPosition", "Volume"],
        ["B-0418", "10", "P1", "1", "12.5"],
        ["B-0418", "10", "P1", "2", "12.5"],
    ]
    assert biomek[1:] == [
        ["B-0418", "B2", "P1", "A1", "12.5"],
        ["B-0418", "B2", "P1", "B1", "12.5"],
    ]


@pytest.mark.parametrize(
    ("sources", "asked", "sentence"),
    [
        ([source(3, available_ul=Decimal(12))], {}, "Line 3, DNA-0003: 12.5 µL are asked and 12"),
        ([source(3, available_ul=None)], {}, "Line 3, DNA-0003: nobody has written down"),
        (
            [source(3, available_ul=Decimal(20))],
            {"wells_each": 2},
            "Line 3, DNA-0003: 25 µL are asked and 20",
        ),
        ([source(1), source(2, barcode="DNA-0001")], {}, "Line 1, DNA-0001: .* named 2 times"),
        ([source(1, labware="B;1")], {}, "Line 1, DNA-0001 in B;1: a robot cannot read"),
        ([source(1)], {"plate": "=1+1"}, "Name the plate"),
        ([source(1)], {"volume_ul": Decimal("0.05")}, "Write a volume"),
        ([source(1)], {"volume_ul": Decimal("1.25")}, "steps of 0.1"),
        ([source(1)], {"wells_each": 0}, "how many wells"),
        ([source(1), source(2)], {"wells_each": 49}, "98 wells are needed and a plate has 96"),
        ([], {}, "No tube is left"),
    ],
)
def test_what_a_robot_cannot_be_given_is_refused_with_the_line(
    sources: list[Source], asked: dict[str, object], sentence: str
) -> None:
    with pytest.raises(WorklistRefused, match=sentence):
        cherry_pick(sources, wanted(**asked))


def test_a_tube_may_be_named_twice_when_that_is_said_and_its_volumes_add_up() -> None:
    twice = [source(1), source(2, barcode="DNA-0001")]

    assert len(cherry_pick(twice, wanted(may_repeat=True))) == 2
    with pytest.raises(WorklistRefused, match="60 µL are asked and 50"):
        cherry_pick(twice, wanted(may_repeat=True, volume_ul=Decimal(30)))


def test_a_list_leaves_out_short_tubes_and_tells_boxes_of_one_label_apart(
    session: WriteSession, technician: Principal, project: Project
) -> None:
    cold, colder = make_freezer(session, label="ULT-90"), make_freezer(session, label="ULT-91")
    tubes = [make_tube(session, project, volume_ul=Decimal(40)) for _ in range(3)]
    for tube, box, column in zip(
        tubes, (cold.box_id, cold.box_id, colder.box_id), (1, 2, 3), strict=True
    ):
        stand(session, tube, box, 1, column)
    key = service.make_list(
        session,
        technician,
        title="Plate 1",
        purpose=PickPurpose.WORKLIST,
        lines=[PickWish(sample_id=tube) for tube in tubes],
    )
    service.short_pick(session, technician, list_id=key, step=2, reason=ShortReason.EMPTY)

    transfers = pick_worklists.transfers_of(session, technician, key, wanted())

    assert [(each.source.labware, each.source.line) for each in transfers] == [
        ("ULT-90-1-A-B-1", 1),
        ("ULT-91-1-A-B-1", 3),
    ]
    assert [each.well.label for each in transfers] == ["A1", "B1"]


def transfer(line: int, volume: str, **facts: object) -> Transfer:
    return Transfer(
        source=source(line, **facts),
        plate="POOL",
        plate_shape=BoxShape(1, 1),
        well=Position(1, 1),
        volume_ul=Decimal(volume),
    )


def test_each_tube_of_a_pool_gives_a_volume_of_its_own() -> None:
    transfers = poured([transfer(1, "4.2"), transfer(2, "0.8")])

    rows = list(csv.reader(io.StringIO(written(Robot.HAMILTON, transfers))))
    assert rows[1:] == [["B-0418", "9", "POOL", "1", "4.2"], ["B-0418", "10", "POOL", "1", "0.8"]]


def test_volumes_and_names_that_a_robot_cannot_read_are_told_by_line() -> None:
    with pytest.raises(WorklistRefused) as refused:
        poured([transfer(1, "0.04"), transfer(2, "1.25"), transfer(3, "1", labware="a;b")])

    assert (
        "Line 1, DNA-0001: a robot is given 0.1 to 5,000 µL in steps of 0.1, not 0.04 µL."
        in str(refused.value)
    )
    assert "Line 2, DNA-0002" in str(refused.value)
    assert "Line 3, DNA-0003 in a;b: a robot cannot read this name." in str(refused.value)
    with pytest.raises(WorklistRefused, match="nothing to pipette"):
        poured([])
