"""What controls say of a plate, and whose a reading is."""

from decimal import Decimal

import pytest

from backend.samples.ids import Metric
from backend.sequencing.preparation import gate_rules, matching
from backend.sequencing.preparation.gate_rules import Control, GateLimits
from backend.sequencing.preparation.ids import GateState, PlateShape, WellKind
from backend.sequencing.preparation.matching import Target
from backend.sequencing.preparation.readings.model import Reading

LIMITS = GateLimits(no_template_at_most=Decimal("0.5"), positive_at_least=Decimal(5))
BLANK, POSITIVE = WellKind.NO_TEMPLATE, WellKind.POSITIVE


def number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@pytest.mark.parametrize(
    ("kind", "value", "below", "is_low", "state"),
    [
        (BLANK, "0.5", None, False, GateState.PASSED),
        (BLANK, "0.51", None, False, GateState.FAILED),
        (BLANK, None, "0.5", False, GateState.PASSED),
        (BLANK, None, "2", False, GateState.PENDING),
        (BLANK, None, None, True, GateState.PASSED),
        (BLANK, None, None, False, GateState.PENDING),
        (POSITIVE, "5", None, False, GateState.PASSED),
        (POSITIVE, "4.9", None, False, GateState.FAILED),
        (POSITIVE, None, "0.5", False, GateState.FAILED),
        (POSITIVE, None, None, True, GateState.FAILED),
        (POSITIVE, None, None, False, GateState.PENDING),
    ],
)
def test_a_control_is_judged_by_its_limit(
    *, kind: WellKind, value: str | None, below: str | None, is_low: bool, state: GateState
) -> None:
    control = Control(
        well="H12", kind=kind, value=number(value), below=number(below), is_low=is_low
    )

    found, said = gate_rules.judge([control], LIMITS)

    assert found is state
    assert "H12" in said[0]


def test_one_control_that_fails_fails_the_plate_and_none_asks_nothing() -> None:
    good = Control(well="A1", kind=POSITIVE, value=Decimal(9))
    bad = Control(well="B1", kind=BLANK, value=Decimal(2))

    assert gate_rules.judge([good, bad], LIMITS) == (
        GateState.FAILED,
        [
            "Positive control A1 has 9 ng/µL, at least 5 ng/µL are wanted.",
            "No-template control B1 has 2 ng/µL; at most 0.5 ng/µL are allowed.",
        ],
    )
    nothing = GateLimits(no_template_at_most=None, positive_at_least=None)
    assert gate_rules.judge([good, bad], nothing) == (GateState.NONE, [])


def reading(line: int, *, well: str = "", name: str = "") -> Reading:
    return Reading(
        line=line,
        well=well,
        name=name,
        metric=Metric.CONCENTRATION,
        value=Decimal(1),
        said="1",
    )


TARGETS = [
    Target(place=1, well="A1", kind=WellKind.SAMPLE, barcodes=("DNA-1", "LIB-1"), names=("Ann",)),
    Target(place=2, well="B1", kind=WellKind.SAMPLE, barcodes=("DNA-2", "LIB-2"), names=("Bob",)),
    Target(place=3, well="C1", kind=BLANK),
]


@pytest.mark.parametrize(
    ("found", "well"),
    [
        (reading(1, well="B01"), "B1"),
        (reading(1, name="lib-1 "), "A1"),
        (reading(1, name="Bob"), "B1"),
        (reading(1, name="c1"), "C1"),
        (reading(1, name="NTC"), "C1"),
        # A strip of the instrument is numbered by itself: the barcode says whose it is.
        (reading(1, well="A1", name="LIB-2"), "B1"),
        (reading(1, well="A1", name="Sample 4"), "A1"),
        (reading(1, well="H12"), None),
        (reading(1), None),
    ],
)
def test_a_reading_finds_its_well(found: Reading, well: str | None) -> None:
    matched, findings = matching.match([found], TARGETS, PlateShape.PLATE_96)

    assert [each.target.well for each in matched] == ([well] if well else [])
    assert len(findings) == (0 if well else 1)


def test_two_lines_of_one_well_are_both_left_out() -> None:
    matched, findings = matching.match(
        [reading(2, well="A1"), reading(5, name="LIB-1"), reading(6, well="B1")],
        TARGETS,
        PlateShape.PLATE_96,
    )

    assert [each.reading.line for each in matched] == [6]
    assert [(each.line, each.code) for each in findings] == [(2, "repeated"), (5, "repeated")]


def test_a_name_of_two_wells_is_nobodys() -> None:
    twins = [
        Target(place=1, well="A1", kind=WellKind.SAMPLE, names=("Ann",)),
        Target(place=2, well="B1", kind=WellKind.SAMPLE, names=("Ann",)),
    ]

    matched, findings = matching.match([reading(1, name="Ann")], twins, PlateShape.PLATE_96)

    assert (matched, [each.code for each in findings]) == ([], ["not_of_worksheet"])
