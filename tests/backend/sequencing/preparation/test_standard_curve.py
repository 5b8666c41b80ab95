"""Standard curves: certified numbers, closed forms, what is left out and what is refused."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings.model import FileRead
from backend.sequencing.preparation.readings.reading import read_file
from backend.sequencing.preparation.readings.standard_curve import (
    Blank,
    CurveForm,
    KnownWell,
    NoCurve,
    Place,
    fit_curve,
    fit_form,
    in_words,
    read_signal,
)

NORRIS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6
557.7 556.0 228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1
888.0 887.2 998.5 999.0 778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9
0.2 0.5
"""
"""Signal and concentration in turn: NIST's Statistical Reference Dataset "Norris"."""
NO_BLANK = Blank(mean=0.0, deviation=None, wells=0)
PICOGREEN = (1000.0, 500.0, 100.0, 50.0, 10.0, 5.0)
"""ng/mL in the plate."""


def wells(levels: Sequence[float], signal_of: Callable[[float], float]) -> list[KnownWell]:
    return [
        KnownWell(well=f"A{place}", concentration=level, signal=signal_of(level))
        for place, level in enumerate(levels, start=1)
    ]


def with_blanks(standards: Sequence[KnownWell], *signals: float) -> list[KnownWell]:
    blanks = [KnownWell(well="H1", concentration=0, signal=signal) for signal in signals]
    return [*standards, *blanks]


def test_a_line_has_the_certified_coefficients_of_nist() -> None:
    numbers = [float(each) for each in NORRIS.split()]
    known = [
        KnownWell(well="A1", concentration=x, signal=y)
        for y, x in zip(numbers[::2], numbers[1::2], strict=True)
    ]

    curve = fit_form(
        CurveForm.LINEAR, known, sorted({each.concentration for each in known}), NO_BLANK, "ng/mL"
    )

    assert len(known) == 36
    assert curve.coefficients == pytest.approx((-0.262323073774029, 1.00211681802045), rel=1e-12)
    assert curve.r_squared == pytest.approx(0.999993745883712, rel=1e-13)


@pytest.mark.parametrize(
    ("form", "power"), [(CurveForm.LINEAR_BY_X, 1), (CurveForm.LINEAR_BY_X2, 2)]
)
def test_a_weighted_line_is_that_of_the_closed_form(form: CurveForm, power: int) -> None:
    levels, signals = (1.0, 10.0, 100.0, 1000.0), (120.0, 980.0, 10_400.0, 97_000.0)
    known = wells(levels, dict(zip(levels, signals, strict=True)).__getitem__)

    curve = fit_form(form, known, levels, NO_BLANK, "ng/mL")

    weights = [x**-power for x in levels]
    total = sum(weights)
    mean_x = sum(w * x for w, x in zip(weights, levels, strict=True)) / total
    mean_y = sum(w * y for w, y in zip(weights, signals, strict=True)) / total
    triples = list(zip(weights, levels, signals, strict=True))
    slope = sum(w * (x - mean_x) * (y - mean_y) for w, x, y in triples) / sum(
        w * (x - mean_x) ** 2 for w, x, _ in triples
    )
    assert curve.coefficients == pytest.approx((mean_y - slope * mean_x, slope), rel=1e-9)


def test_the_simplest_form_that_holds_is_taken_and_the_blank_is_off() -> None:
    curve = fit_curve(with_blanks(wells(PICOGREEN, lambda x: 60 * x + 300), 290, 310), unit="ng/mL")

    assert curve.form is CurveForm.LINEAR
    assert curve.coefficients == pytest.approx((0, 60), abs=1e-6)
    assert (curve.lowest, curve.highest) == (5, 1000)
    place, found = read_signal(curve, 300 + 60 * 42)
    assert (place, found) == (Place.WITHIN, pytest.approx(42))


def test_a_wide_range_takes_weights_and_a_bend_a_quadratic() -> None:
    # 6 % too high at the top drags an unweighted line off the lowest standards.
    dragged = {1000.0: 63_600.0, 500.0: 30_000.0}
    wide = wells(PICOGREEN, lambda x: dragged.get(x, 60 * x))
    bent = wells(PICOGREEN, lambda x: 60 * x - 0.02 * x**2)

    assert fit_curve(with_blanks(wide, 0), unit="ng/mL").form is not CurveForm.LINEAR
    curve = fit_curve(with_blanks(bent, 0), unit="ng/mL")
    assert curve.form is CurveForm.QUADRATIC_BY_X2
    assert curve.coefficients == pytest.approx((0, 60, -0.02), abs=1e-6)
    assert read_signal(curve, 60 * 700 - 0.02 * 700**2) == (Place.WITHIN, pytest.approx(700))


def test_nothing_is_read_outside_the_standards() -> None:
    curve = fit_curve(with_blanks(wells(PICOGREEN, lambda x: 60 * x + 300), 300), unit="ng/mL")

    assert read_signal(curve, 300 + 60 * 1001) == (Place.BEYOND, 1000)
    assert read_signal(curve, 300 + 60 * 4.9) == (Place.BELOW, 5)
    assert read_signal(curve, 0) == (Place.BELOW, 5)


def test_above_the_top_of_a_bend_a_signal_is_beyond_the_curve() -> None:
    curve = fit_curve(
        with_blanks(wells(PICOGREEN, lambda x: 60 * x - 0.025 * x**2), 0), unit="ng/mL"
    )

    # The top of the parabola is at 1,200 ng/mL and 36,000.
    assert read_signal(curve, 36_001) == (Place.BEYOND, 1000)


def test_blanks_that_scatter_raise_the_lower_limit() -> None:
    curve = fit_curve(
        with_blanks(wells(PICOGREEN, lambda x: 60 * x + 300), 240, 300, 360), unit="ng/mL"
    )

    # Ten deviations of 60 over a slope of 60.
    assert curve.lowest == pytest.approx(10)


def test_a_saturated_top_is_left_out_and_ends_the_curve_below_it() -> None:
    curve = fit_curve(
        with_blanks(wells(PICOGREEN, lambda x: min(60 * x, 31_000.0)), 0), unit="ng/mL"
    )

    assert [each.well for each in curve.standards if not each.is_kept] == ["A1"]
    assert curve.highest == 500
    assert in_words(curve) == "Linear: R² 1.0000, 5 to 500 ng/mL, without A1."


def test_a_bad_lowest_standard_is_left_out_and_not_its_good_neighbour() -> None:
    # 5 ng/mL reads as 2: a line through it and a bent intercept would blame the 10 ng/mL.
    measured = dict(zip(PICOGREEN, (60_602, 29_802, 5852, 3102, 607, 122), strict=True))

    curve = fit_curve(with_blanks(wells(PICOGREEN, measured.__getitem__), 0), unit="ng/mL")

    assert [each.concentration for each in curve.standards if not each.is_kept] == [5]
    assert curve.lowest == 10
    assert read_signal(curve, 607)[1] == pytest.approx(10, rel=0.1)


def test_a_file_that_calls_everything_a_standard_is_refused_at_once() -> None:
    with pytest.raises(NoCurve, match="names 500 standards"):
        fit_curve(with_blanks(wells(range(1, 501), lambda x: x), 0), unit="ng/mL")


@pytest.mark.parametrize(
    ("standards", "said"),
    [
        (wells(PICOGREEN, lambda x: 60 * x), "no blank"),
        (with_blanks(wells((10.0, 100.0), lambda x: x), 0), "needs 3 standards.*the plate has 2"),
        (
            with_blanks(wells(PICOGREEN, lambda x: 5000 + (x * 37) % 911), 0),
            "No curve holds the standards: R² of a weighted line is .*reads back",
        ),
        (with_blanks(wells(PICOGREEN, lambda x: 5000 - x), 0), "No curve holds"),
        (with_blanks(wells(PICOGREEN, lambda _: 500), 0), "No curve holds"),
        (with_blanks(wells(PICOGREEN, lambda x: x), 0, 900, 2000), "No curve|blanks scatter"),
    ],
)
def test_a_bad_curve_is_refused_with_a_sentence(standards: Sequence[KnownWell], said: str) -> None:
    with pytest.raises(NoCurve, match=said):
        fit_curve(standards, unit="ng/mL")


@given(
    st.floats(min_value=0.5, max_value=1e5),
    st.floats(min_value=-0.3, max_value=0.3),
    st.floats(min_value=0, max_value=2),
)
def test_what_lies_within_a_curve_comes_back_as_it_was(
    slope: float, bend: float, share: float
) -> None:
    """A bend of 0.3 takes or adds 30 % of the signal at the highest standard."""

    def signal(x: float) -> float:
        return slope * x * (1 + bend * x / 1000)

    curve = fit_curve(with_blanks(wells(PICOGREEN, signal), 0), unit="ng/mL")
    asked = share * 1000

    place, found = read_signal(curve, signal(asked))

    if place is Place.WITHIN:
        assert curve.lowest <= found <= curve.highest
        assert math.isclose(found, asked, rel_tol=0.2)
    else:
        assert asked < 5.01 or asked > 850


PLATE = """\
Well,Content,Sample Name,Standard concentration (ng/mL),Fluorescence (RFU),Dilution
A1,Standard 1,,1000,60300,
B1,Standard 2,,100,6300,
C1,Standard 3,,10,900,
D1,Standard 4,,5,600,
E1,Blank,,,290,
F1,Blank,,,310,
G1,Control C1,,50,1,
A2,Sample X1,LIB-1,,12300,20
B2,Sample X2,LIB-2,,61000,20
C2,Sample X3,LIB-3,,310,1:20
D2,Sample X4,LIB-4,,3290,
E2,Sample X4,LIB-4,,3310,
F2,Sample X5,LIB-5,,3300,
G2,Sample X5,LIB-5,,6300,
H2,Sample X6,LIB-6,,OVRFLW,20
A3,Sample X7,LIB-7,,much,20
B3,Sample X8,LIB-8,,3300,a lot
C3,Sample,NTC,,300,
D3,Sample,NTC,,305,
"""


def values(read: FileRead) -> dict[tuple[str, str], Decimal | None]:
    return {(each.well, each.name): each.value for each in read.readings}


def test_a_plate_of_fluorescence_is_read_off_its_own_standards() -> None:
    read = read_file(PLATE.encode())

    assert read.instrument is InstrumentFile.PLATE_READER
    assert read.curve is not None
    assert (read.curve.unit, read.curve.lowest, read.curve.highest) == ("ng/mL", 5, 1000)
    assert values(read) == {
        # (12,300 - 300) / 60 = 200 ng/mL; twentyfold is 4 ng/µL.
        ("A2", "LIB-1"): Decimal(4),
        ("C2", "LIB-3"): None,
        ("D2", "LIB-4"): Decimal("0.05"),
        ("C3", "NTC"): None,
        ("D3", "NTC"): None,
    }
    below = {each.name: each.below for each in read.readings if each.is_low}
    assert below == {"LIB-3": Decimal("0.1"), "NTC": Decimal("0.005")}
    assert {each.metric for each in read.readings} == {Metric.CONCENTRATION}
    assert [each.name for each in read.standards][-1] == "Control C1"
    assert [(each.line, each.code) for each in read.findings] == [
        (10, "beyond_curve"),
        (11, "under_range"),
        (14, "replicates_differ"),
        (16, "beyond_curve"),
        (17, "no_number"),
        (18, "dilution_unknown"),
        (19, "under_range"),
        (20, "under_range"),
    ]
    assert read.findings[0].message == (
        "LIB-2: 61,000 RFU is beyond the curve: dilute and repeat. It is not kept."
    )


def test_blank_corrected_signals_need_no_blank() -> None:
    text = "Well;Content;Blank corrected (485/520);Concentration [pg/µl]\n"
    text += (
        "A1;Standard;100;100\nA2;Standard;10;10\nA3;Standard;1;1\nB1;Sample;50,5;\nB2;Sample;-3;\n"
    )

    read = read_file(text.encode())

    assert values(read) == {("B1", ""): Decimal("0.0505"), ("B2", ""): None}


def test_concentrations_of_the_readers_own_program_are_left_as_they_are() -> None:
    text = "Well,Content,RFU,Concentration (ng/µL)\nA1,Standard,100,1\nB1,Sample,50,0.7\n"

    read = read_file(text.encode())

    assert (read.curve, values(read)) == (None, {("B1", ""): Decimal("0.7")})


def test_a_plate_whose_curve_does_not_hold_gives_no_reading_and_one_sentence() -> None:
    read = read_file(PLATE.replace("6300,", "600,", 1).replace("900,", "9000,").encode())

    assert (read.curve, list(read.readings)) == (None, [])
    assert [each.code for each in read.findings] == ["curve_refused"]
    assert read.findings[0].message.startswith("No curve holds the standards: R²")


def test_fluorescence_without_known_standards_says_what_is_lacking() -> None:
    read = read_file(b"Well,Content,RFU\nA1,Standard,100\nB1,Sample,50\n")

    assert [each.code for each in read.findings] == ["standards_unknown"]
