"""A scan against a box: every position gets one verdict, and a commit can never collide."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.storage.errors import ScanRefused
from backend.storage.rules import BoxShape, Position, parse_position
from backend.storage.scanning.boxless import judge_alone, shape_of
from backend.storage.scanning.reading import RackFile, ReadState, TubeRead, read_scan
from backend.storage.scanning.verdicts import Expected, KnownTube, ScanLine, Step, Verdict, judge

_SHAPE = BoxShape(3, 3)


def _box(
    standing: Mapping[str, str], blocked: Mapping[str, str] | None = None, shape: BoxShape = _SHAPE
) -> Expected:
    return Expected(
        path="ULT-01/1/A/B-1",
        codes=frozenset({"RK-1", "B-1"}),
        shape=shape,
        standing={_at(label, shape): code for label, code in standing.items()},
        blocked={_at(label, shape): reason for label, reason in (blocked or {}).items()},
    )


def _at(label: str, shape: BoxShape = _SHAPE) -> Position:
    position = parse_position(label, shape)
    assert position is not None
    return position


def _judge(
    written: str,
    standing: Mapping[str, str],
    *,
    blocked: Mapping[str, str] | None = None,
    **known: KnownTube,
) -> dict[str, ScanLine]:
    tubes = {code: KnownTube(barcode=code) for code in standing.values()}
    lines = judge(read_scan(written.encode()), _box(standing, blocked), tubes | known)
    return {line.position: line for line in lines}


def _filled(lines: Mapping[str, ScanLine]) -> dict[str, Verdict]:
    return {
        label: line.verdict for label, line in lines.items() if line.verdict is not Verdict.EMPTY
    }


def test_what_stands_as_expected_matches_and_is_confirmed() -> None:
    lines = _judge("A1,TUBE-1\nB2,TUBE-2\n", {"A1": "TUBE-1", "B2": "TUBE-2"})

    assert _filled(lines) == {"A1": Verdict.MATCH, "B2": Verdict.MATCH}
    assert len(lines) == 9
    assert lines["A1"].step is Step.CONFIRM


@pytest.mark.parametrize("word", ["NO READ", "No Tube", "NOSCAN"])
def test_an_unread_position_is_not_a_missing_tube(word: str) -> None:
    line = _judge(f"A1,{word}\nB1,TUBE-2\n", {"A1": "TUBE-1", "B1": "TUBE-2"})["A1"]

    assert (line.verdict, line.step, line.takes_out) == (Verdict.NO_READ, Step.DOUBT, "")


@pytest.mark.parametrize("written", ["A1,EMPTY\nB1,TUBE-2\n", "A1,\nB1,TUBE-2\n"])
def test_an_empty_position_misses_its_tube(written: str) -> None:
    line = _judge(written, {"A1": "TUBE-1", "B1": "TUBE-2"})["A1"]

    assert (line.verdict, line.takes_out) == (Verdict.MISSING, "TUBE-1")


def test_a_position_that_the_file_leaves_out_takes_no_tube_away() -> None:
    lines = _judge("B1,TUBE-2\n", {"A1": "TUBE-1", "B1": "TUBE-2"})

    assert (lines["A1"].verdict, lines["A1"].step) == (Verdict.NO_READ, Step.DOUBT)
    assert lines["A1"].takes_out == ""
    assert lines["A2"].verdict is Verdict.EMPTY


def test_no_tube_where_none_is_expected_is_empty_and_an_unread_one_is_not() -> None:
    lines = _judge("A1,NO TUBE\nA2,NO READ\nA3,TUBE-1\n", {"A3": "TUBE-1"})

    assert [lines[label].verdict for label in ("A1", "A2")] == [Verdict.EMPTY, Verdict.NO_READ]
    assert lines["A2"].step is Step.NONE


def test_a_tube_from_elsewhere_is_told_from_one_that_stood_nowhere() -> None:
    known = {
        "FAR": KnownTube(barcode="FAR", elsewhere="ULT-02/1/A/B-9/C4"),
        "NEW": KnownTube(barcode="NEW"),
    }

    lines = _judge("A1,FAR\nA2,NEW\n", {}, **known)

    assert _filled(lines) == {"A1": Verdict.MOVED_HERE, "A2": Verdict.NEW}
    assert lines["A1"].came_from == "ULT-02/1/A/B-9/C4"
    assert {line.step for line in (lines["A1"], lines["A2"])} == {Step.PLACE}


def test_a_tube_that_moved_within_the_box_leaves_nothing_missing() -> None:
    lines = _judge("B2,TUBE-1\n", {"A1": "TUBE-1"})

    assert _filled(lines) == {"A1": Verdict.MOVED_WITHIN, "B2": Verdict.MOVED_WITHIN}
    assert (lines["A1"].step, lines["A1"].takes_out) == (Step.NONE, "")
    assert lines["A1"].sentence == "TUBE-1 stands in B2 now."


def test_two_tubes_that_changed_places_are_swapped() -> None:
    lines = _judge("A1,TUBE-2\nA2,TUBE-1\n", {"A1": "TUBE-1", "A2": "TUBE-2"})

    assert _filled(lines) == {"A1": Verdict.SWAPPED, "A2": Verdict.SWAPPED}


def test_a_tube_that_another_one_drove_out_loses_its_position() -> None:
    line = _judge("A1,NEW\n", {"A1": "TUBE-1"}, NEW=KnownTube(barcode="NEW"))["A1"]

    assert (line.step, line.takes_out) == (Step.PLACE, "TUBE-1")


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({}, Verdict.UNKNOWN_BARCODE),
        ({"OTHER": KnownTube(barcode="OTHER", is_gone=True)}, Verdict.DISCARDED_ITEM_SEEN),
    ],
)
def test_a_tube_that_cannot_be_placed_drives_nobody_out(
    known: dict[str, KnownTube], verdict: Verdict
) -> None:
    line = _judge("A1,OTHER\n", {"A1": "TUBE-1"}, **known)["A1"]

    assert (line.verdict, line.step, line.takes_out) == (verdict, Step.DOUBT, "")


def test_a_barcode_read_twice_moves_nothing() -> None:
    lines = _judge("B1,TUBE-1\nB2,TUBE-1\n", {"A1": "TUBE-1"})

    assert set(_filled(lines).values()) == {Verdict.DUPLICATE_IN_SCAN}
    assert (lines["A1"].step, lines["A1"].takes_out) == (Step.DOUBT, "")


def test_a_position_outside_the_box_is_told_and_its_tube_keeps_its_place() -> None:
    lines = _judge("I1,TUBE-1\nA2,TUBE-2\n", {"A1": "TUBE-1", "A2": "TUBE-2"})

    assert lines["I1"].sentence == "ULT-01/1/A/B-1 is 3 × 3 and has no position I1."
    assert (lines["A1"].verdict, lines["A1"].step) == (Verdict.INVALID_POSITION, Step.DOUBT)
    assert len(lines) == 10


def test_a_scan_of_another_rack_says_nothing_of_this_box() -> None:
    lines = _judge("Rack,RK-9\nA1,TUBE-1\n", {"A1": "TUBE-1", "B1": "TUBE-2"})

    assert {line.verdict for line in lines.values()} == {Verdict.WRONG_RACK}
    assert {line.step for line in lines.values()} == {Step.NONE}


def test_the_code_of_the_right_rack_changes_nothing() -> None:
    lines = _judge("Rack,RK-1\nA1,TUBE-1\n", {"A1": "TUBE-1"})

    assert _filled(lines) == {"A1": Verdict.MATCH}


def test_a_tube_that_rules_keep_out_is_told_and_not_placed() -> None:
    warm = KnownTube(barcode="WARM", refused="WARM must be kept at 4 °C.")

    lines = _judge(
        "A1,WARM\nA2,NEW\n", {}, blocked={"A2": "clip"}, WARM=warm, NEW=KnownTube(barcode="NEW")
    )

    assert [lines[label].step for label in ("A1", "A2")] == [Step.NONE, Step.NONE]
    assert lines["A2"].refused == "A2 is blocked: clip"


@pytest.mark.parametrize("second", ["A1", "A01", "1A", "1"])
def test_a_position_named_twice_is_refused_by_line(second: str) -> None:
    with pytest.raises(ScanRefused, match=re.escape(f"Line 2: position {second} stands in line 1")):
        _judge(f"A1,TUBE-1\n{second},TUBE-2\n", {})


_CODES = st.sampled_from([f"TUBE-{number}" for number in range(7)])
_SPOTS = st.sampled_from([*_SHAPE.positions(), Position(9, 9)])
_READS = st.one_of(
    _CODES.map(lambda code: (ReadState.CODE, code)),
    st.sampled_from([(state, "") for state in ReadState if state is not ReadState.CODE]),
)
_SCANS = st.dictionaries(_SPOTS, _READS)
_STANDING = st.dictionaries(st.sampled_from(list(_SHAPE.positions())), _CODES).filter(
    lambda held: len(set(held.values())) == len(held)
)
_KNOWN = st.dictionaries(
    _CODES,
    st.tuples(st.booleans(), st.sampled_from(["", "far"]), st.sampled_from(["", "no"])),
    max_size=7,
)


def _scan(reads: Mapping[Position, tuple[ReadState, str]]) -> RackFile:
    return RackFile(
        rack=None,
        reads=tuple(
            TubeRead(line=line, position=position.label, state=state, barcode=code)
            for line, (position, (state, code)) in enumerate(reads.items(), start=1)
        ),
    )


def _expected(standing: Mapping[Position, str]) -> Expected:
    return Expected(path="B-1", codes=frozenset(), shape=_SHAPE, standing=standing, blocked={})


@given(_SCANS, _STANDING, _KNOWN)
def test_every_position_gets_one_verdict_and_no_commit_collides(
    reads: dict[Position, tuple[ReadState, str]],
    standing: dict[Position, str],
    known: dict[str, tuple[bool, str, str]],
) -> None:
    tubes = {
        code: KnownTube(barcode=code, is_gone=gone, elsewhere=far, refused=refused)
        for code, (gone, far, refused) in known.items()
    } | {code: KnownTube(barcode=code) for code in standing.values()}

    lines = judge(_scan(reads), _expected(standing), tubes)

    inside = lines[: _SHAPE.capacity]
    assert [line.position for line in inside] == [spot.label for spot in _SHAPE.positions()]
    placed = {line.found: line.position for line in inside if line.step is Step.PLACE}
    assert len(placed) == sum(line.step is Step.PLACE for line in inside)
    out = {line.takes_out for line in inside if line.takes_out}
    assert not out & placed.keys()
    kept = {spot.label for spot, code in standing.items() if code not in placed and code not in out}
    assert not kept & set(placed.values())


@given(_STANDING)
def test_a_scan_of_what_is_stored_matches_and_changes_nothing(
    standing: dict[Position, str],
) -> None:
    reads = {spot: (ReadState.CODE, code) for spot, code in standing.items()}

    lines = judge(_scan(reads), _expected(standing), {})

    assert {line.verdict for line in lines} <= {Verdict.MATCH, Verdict.EMPTY}
    assert {line.step for line in lines} <= {Step.CONFIRM, Step.NONE}


@given(_STANDING)
def test_a_scan_that_reads_nothing_takes_nothing_away(standing: dict[Position, str]) -> None:
    reads = dict.fromkeys(_SHAPE.positions(), (ReadState.NO_READ, ""))

    lines = judge(_scan(reads), _expected(standing), {})

    assert not any(line.takes_out for line in lines)
    assert sum(line.step is Step.DOUBT for line in lines) == len(standing)


def test_a_rack_without_a_box_misses_nothing_and_moves_nothing() -> None:
    known = {
        "HERE": KnownTube(barcode="HERE", elsewhere="ULT-02/1/A/B-9/C4"),
        "GONE": KnownTube(barcode="GONE", is_gone=True),
    }
    file = read_scan(b"A1,HERE\nA2,GONE\nA3,NEW\nA4,NO READ\nI1,NEW-2\n")

    lines = judge_alone(file, shape_of(file), known)

    assert [line.verdict for line in lines if line.verdict is not Verdict.EMPTY] == [
        Verdict.MOVED_HERE,
        Verdict.DISCARDED_ITEM_SEEN,
        Verdict.UNKNOWN_BARCODE,
        Verdict.NO_READ,
        Verdict.INVALID_POSITION,
    ]
    assert {line.step for line in lines} == {Step.NONE}
    assert lines[-1].sentence == "The rack is 8 × 12 and has no position I1."


@pytest.mark.parametrize(
    ("positions", "shape"),
    [
        (("A1", "H12", "I1"), BoxShape(8, 12)),
        (("A1", "P24", "I1"), BoxShape(16, 24)),
        (("Z1", "Z2"), BoxShape(16, 24)),
    ],
)
def test_a_rack_is_as_large_as_most_positions_ask(
    positions: tuple[str, ...], shape: BoxShape
) -> None:
    lines = "\n".join(f"{spot},TUBE-{place}" for place, spot in enumerate(positions))

    assert shape_of(read_scan(lines.encode())) == shape
