"""What the Storage page says of the cells of a box."""

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest

from backend.core.ids import new_id
from backend.samples.ids import HoldKind, MaterialType, QcVerdict, SampleId, TemperatureClass
from backend.storage.ids import (
    NodeId,
    NodeKind,
    Numbering,
    PlacementId,
    UnitStatus,
)
from backend.storage.rules import BoxShape, Position
from backend.storage.views import (
    BlockedView,
    BoxContents,
    BoxView,
    PlannedPlacementView,
    TubeView,
)
from dashboard.pages.storage import box_looks, box_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = NOW.astimezone(BERLIN).date()
BOX_ID = NodeId(new_id())


def tube(row: int, column: int, **facts: object) -> TubeView:
    shown = TubeView(
        position=Position(row, column),
        placement_id=PlacementId(new_id()),
        placed_at=NOW - timedelta(days=40),
        sample_id=SampleId(new_id()),
        barcode="DNA-1",
        name="Sample 1",
        project_code="P",
        material_type=MaterialType.GDNA,
        volume_ul=46.0,
        qc_verdict=QcVerdict.PASS,
        created_at=NOW,
        subject_code=None,
        thaws=0,
    )
    return dataclasses.replace(shown, **facts)  # type: ignore[arg-type]  # facts are its fields


def contents(*tubes: TubeView, blocked: tuple[BlockedView, ...] = ()) -> BoxContents:
    box = BoxView(
        id=BOX_ID,
        unit_id=NodeId(new_id()),
        unit_label="ULT-03",
        rack_id=None,
        kind=NodeKind.BOX,
        label="B-1",
        path="ULT-03/2/C/B-1",
        barcode=None,
        shape=BoxShape(2, 3),
        used=len(tubes),
        capacity=6 - len(blocked),
        temperature_class=TemperatureClass.MINUS_80,
        biosafety_level=2,
        status=UnitStatus.ACTIVE,
        reserved_for=None,
        allowed_types=frozenset(),
    )
    return BoxContents(box=box, tubes=tubes, blocked=blocked)


def test_the_map_reads_each_cell_by_the_fields_it_was_written_with() -> None:
    hidden = tube(1, 1, sample_id=None, barcode=None, name=None, material_type=None)
    drawn = box_store.drawn_box(contents(tube(1, 2), hidden), may_place=True, now=NOW, zone=BERLIN)

    read = orjson.loads(box_store.as_attribute(drawn) or "")

    cells = [
        {name: value for name, value in zip(read["fields"], cell, strict=True) if value is not None}
        for cell in read["cells"]
    ]
    assert cells == [
        {name: value for name, value in cell.items() if value is not None}
        for cell in drawn["cells"]
    ]
    assert len(drawn["cells"]) == 2
    assert read["modes"] == drawn["modes"]


def test_callbacks_know_the_open_box_by_its_shape_and_what_is_planned_there() -> None:
    drawn = box_store.drawn_box(contents(tube(1, 2)), may_place=True, now=NOW, zone=BERLIN)

    told = box_store.for_callbacks(drawn) or {}

    assert set(told) == {"id", "rows", "columns", "numbering", "planned"}
    assert (told["rows"], told["columns"], told["planned"]) == (drawn["rows"], drawn["columns"], {})
    assert (box_store.for_callbacks(None), box_store.as_attribute(None)) == (None, None)


def test_a_cell_is_called_what_a_technician_would_say() -> None:
    drawn = box_store.drawn_box(contents(tube(1, 2)), may_place=True, now=NOW, zone=BERLIN)

    (cell,) = drawn["cells"]
    assert cell["name"] == "A2, DNA-1, gDNA, 46\N{NO-BREAK SPACE}µL"
    looks = ("type", "age", "volume", "qc", "hold", "thaws", "expiry", "project")
    assert [cell[mode] for mode in looks] == [
        "gdna",
        "year",
        "some",
        "pass",
        "none",
        "0",
        "never",
        "P",
    ]


def test_of_a_hidden_sample_only_the_place_is_told() -> None:
    hidden = tube(1, 1, sample_id=None, barcode=None, name=None, material_type=None)

    (cell,) = box_store.drawn_box(contents(hidden), may_place=True, now=NOW, zone=BERLIN)["cells"]

    assert cell == {
        "p": "A1",
        "name": "A1, a sample of a project that you do not see",
        "kind": "hidden",
    }


def test_the_next_free_positions_are_suggested_to_who_may_place() -> None:
    blocked = BlockedView(position=Position(1, 2), reason="bent clip", reserved_until=None)
    inside = contents(tube(1, 1), blocked=(blocked,))

    shown = box_store.drawn_box(inside, may_place=True, now=NOW, zone=BERLIN)["next"]
    looked_at = box_store.drawn_box(inside, may_place=False, now=NOW, zone=BERLIN)["next"]

    assert [each["p"] for each in shown] == ["A3", "B1", "B2"]
    assert looked_at == []


def test_a_plan_marks_its_own_positions_instead() -> None:
    line = PlannedPlacementView(
        step=7,
        sample_id=SampleId(new_id()),
        barcode="DNA-9",
        material_type=MaterialType.GDNA,
        box_id=BOX_ID,
        path="ULT-03/2/C/B-1",
        position=Position(2, 3),
        reasons=(),
        outcome=None,
    )

    drawn = box_store.drawn_box(contents(), may_place=True, now=NOW, zone=BERLIN, planned=[line])

    (mark,) = drawn["next"]
    assert box_store.for_callbacks(drawn) == {
        "id": drawn["id"],
        "rows": drawn["rows"],
        "columns": drawn["columns"],
        "numbering": "letters",
        "planned": {"B3": "DNA-9"},
    }
    assert (mark["p"], mark["mark"], mark["planned"]) == ("B3", "7", "DNA-9")


def test_each_way_of_colouring_counts_every_tube_once() -> None:
    inside = contents(tube(1, 1), tube(1, 2, volume_ul=4.0), tube(1, 3, volume_ul=None))

    modes = box_store.drawn_box(inside, may_place=True, now=NOW, zone=BERLIN)["modes"]

    assert {mode: sum(look["count"] for look in looks) for mode, looks in modes.items()} == (
        dict.fromkeys(box_looks.MODE_WORDS, 3)
    )


def test_no_two_looks_of_a_way_of_colouring_share_their_mark() -> None:
    """With more projects than there are hues: only the letters tell those apart."""
    tubes = [tube(1, 1, project_code=f"P{number:02d}") for number in range(30)]

    for name, mode in box_looks.modes(tubes, NOW, BERLIN).items():
        marks = [look.mark for look in mode.looks]
        assert "" not in marks, name
        assert len(set(marks)) == len(marks), name
        assert len({look.key for look in mode.looks}) == len(marks), name


def test_a_figure_that_is_seen_is_a_word_of_the_looks_name() -> None:
    for name, mode in box_looks.modes([tube(1, 1)], NOW, BERLIN).items():
        unheard = [
            look.mark
            for look in mode.looks
            if look.mark.isdigit() and look.mark not in look.word.split()
        ]
        assert unheard == [], name


@pytest.mark.parametrize(
    ("facts", "mode", "look"),
    [
        ({"volume_ul": 9.9}, "volume", "under 10 µL"),
        ({"volume_ul": 10.0}, "volume", "10 to 50 µL"),
        ({"volume_ul": None}, "volume", "not measured"),
        ({"placed_at": NOW - timedelta(days=365 * 5)}, "age", "5 years or longer here"),
        ({"thaws": 2}, "thaws", "2 thaws"),
        ({"thaws": 4}, "thaws", "3 or 4 thaws"),
        ({"thaws": 9}, "thaws", "5 thaws or more"),
        ({"holds": (HoldKind.LEGAL_HOLD,)}, "hold", "legal hold"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expiry", "expired"),
        ({"expires_on": TODAY}, "expiry", "expires within 30 days"),
        ({"expires_on": TODAY + timedelta(days=30)}, "expiry", "expires within 30 days"),
        ({"expires_on": TODAY + timedelta(days=31)}, "expiry", "expires later"),
        ({"expires_on": None}, "expiry", "no expiry recorded"),
        ({"holds": (HoldKind.LEGAL_HOLD, HoldKind.PAYMENT)}, "hold", "several holds"),
    ],
)
def test_a_tube_has_the_look_of_its_facts(facts: dict[str, object], mode: str, look: str) -> None:
    (shown,) = box_store.drawn_box(
        contents(tube(1, 1, **facts)), may_place=True, now=NOW, zone=BERLIN
    )["modes"][mode]

    assert (shown["word"], shown["count"]) == (look, 1)


def test_a_tube_expires_with_the_laboratorys_day() -> None:
    """At 23:30 in UTC it is tomorrow in Berlin, and what was good until today has expired."""
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    seen = tube(1, 1, expires_on=late.date())

    here = box_looks.modes([seen], late, BERLIN)["expiry"].key_of(seen)
    there = box_looks.modes([seen], late, ZoneInfo("UTC"))["expiry"].key_of(seen)

    assert (here, there) == ("expired", "soon")


def test_a_lid_with_numbers_is_drawn_with_its_numbers() -> None:
    lettered = contents(tube(1, 2))
    shape = BoxShape(2, 3, Numbering.ROWS)
    inside = dataclasses.replace(
        lettered,
        box=dataclasses.replace(lettered.box, shape=shape),
        tubes=(dataclasses.replace(lettered.tubes[0], position=shape.at(2, 1)),),
    )

    drawn = box_store.drawn_box(inside, may_place=True, now=NOW, zone=BERLIN)

    assert drawn["numbering"] == "rows"
    assert [cell["p"] for cell in drawn["cells"]] == ["4"]
    assert drawn["cells"][0]["name"].startswith("4, DNA-1")
    # A mark of another number beside the lid's own would be read as a position.
    assert [(each["p"], each["mark"]) for each in drawn["next"]] == [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
    ]
    assert box_store.shape_of(box_store.for_callbacks(drawn) or {}).at(2, 1).label == "4"


def test_a_closer_look_tells_what_the_name_does_not() -> None:
    seen = tube(
        1,
        1,
        concentration_ng_per_ul=12.34,
        parent_barcode="DNA-0",
        placed_by="Ada",
        holds=(HoldKind.QUARANTINE,),
    )

    told = dict(zip(box_store.FACTS, box_store.closer(seen, BERLIN, NOW), strict=True))

    assert told["Taken from"] == "DNA-0"
    assert told["Concentration"] == "12.3\N{NO-BREAK SPACE}ng/µL"
    assert told["Placed"].endswith(", Ada")
    assert told["On hold"] == "Quarantine"
    assert box_store.spoken(seen).endswith("on hold")
