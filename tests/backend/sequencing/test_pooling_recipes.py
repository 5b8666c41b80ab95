"""How many µL of each library make a pool, by the worked example of DOMAIN 2c and properties."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.pooling.molarity import molarity_nm
from backend.sequencing.pooling.recipe import (
    Fix,
    Library,
    Pipetting,
    Recipe,
    Target,
    calculate,
)

TARGET = Target(nm=Decimal(4), ul=Decimal(30))
FINE = Pipetting(least_ul=Decimal("0.001"), step_ul=Decimal("0.001"))
ROBOT = Pipetting(least_ul=Decimal("0.5"))
HAND = Pipetting(least_ul=Decimal(2))


def worked() -> list[Library]:
    """Return the three libraries of the worked example."""
    return [
        Library(
            name=name,
            molarity_nm=molarity_nm(Decimal(concentration), Decimal(size)),
            weight=Decimal(reads),
            available_ul=Decimal(20),
        )
        for name, concentration, size, reads in (
            ("A", 10, 350, 30),
            ("B", 4, 420, 60),
            ("C", 25, 300, 10),
        )
    ]


def sentences(recipe: Recipe) -> list[str]:
    """Return what is said of a recipe."""
    return [finding.sentence for finding in recipe.findings]


def test_the_worked_example_to_the_last_digit() -> None:
    found = calculate(worked(), TARGET, FINE)

    assert [f"{line.molarity_nm:.3f}" for line in found.lines] == ["43.290", "14.430", "126.263"]
    assert [f"{line.exact_ul:.3f}" for line in found.lines] == ["0.832", "4.990", "0.095"]
    assert f"{found.exact_buffer_ul:.3f}" == "24.084"
    assert f"{found.most_nm:.3f}" == "20.283"
    assert found.is_possible


def test_volumes_are_rounded_to_a_tenth_with_what_that_does_to_the_shares() -> None:
    found = calculate(worked(), TARGET, replace(ROBOT, least_ul=Decimal("0.1")))

    assert [line.volume_ul for line in found.lines] == [
        Decimal("0.8"),
        Decimal("5.0"),
        Decimal("0.1"),
    ]
    assert found.buffer_ul == Decimal("24.1")
    assert [f"{line.achieved_share:.4f}" for line in found.lines] == ["0.2900", "0.6042", "0.1057"]
    assert [f"{line.share_error:+.3f}" for line in found.lines] == ["-0.033", "+0.007", "+0.057"]


def test_more_than_the_volume_names_the_strongest_pool_and_the_weakest_library() -> None:
    found = calculate(worked(), Target(nm=Decimal(25), ul=Decimal(30)), FINE)

    assert not found.is_possible
    assert sentences(found)[0] == (
        "The libraries need 36.976 µL and 30 µL are there for them; B alone takes 31.185 µL. "
        "Ask for 20.283 nM at most."
    )
    assert found.findings[0].fixes == (Fix(target_nm=Decimal("20.283")),)
    mended = calculate(worked(), Target(nm=Decimal("20.283"), ul=Decimal(30)), FINE)
    assert not any("Ask for" in each and "nM" in each for each in sentences(mended))


def test_more_than_is_in_the_tube_less_its_dead_volume_names_the_library() -> None:
    libraries = worked()
    libraries[1] = replace(libraries[1], available_ul=Decimal("6.5"))
    ten = replace(FINE, dead_ul=Decimal(2))

    found = calculate(libraries, TARGET, ten)

    assert not found.is_possible
    assert " ".join(sentences(found)) == (
        "B has to give 4.99 µL and holds 6.5 µL, of which 2 µL stay. "
        "Ask for a smaller or weaker pool."
    )
    assert calculate(libraries, TARGET, FINE).is_possible


def test_a_tube_whose_volume_nobody_knows_is_named() -> None:
    libraries = worked()
    libraries[0] = replace(libraries[0], available_ul=None)

    found = calculate(libraries, TARGET, FINE)

    assert sentences(found) == [
        "Nobody has written down how much A holds. Measure it and correct its volume."
    ]
    assert not found.is_possible


def test_by_hand_little_volumes_are_diluted_or_the_pool_is_larger() -> None:
    found = calculate(worked(), TARGET, HAND)

    a, c = found.findings
    assert a.sentence == (
        "A would be 0.832 µL, and 2 µL is the least that is pipetted. Dilute it 1:5 first, or "
        "make 72.2 µL of pool."
    )
    assert a.fixes == (Fix(name="A", dilution=5), Fix(target_ul=Decimal("72.2")))
    assert c.sentence.startswith("C would be 0.095 µL")
    assert "No dilution up to 1:10 is enough: make 631.4 µL of pool." in c.sentence
    assert found.is_possible


def test_a_robot_pipettes_less() -> None:
    found = calculate(worked(), TARGET, ROBOT)

    assert [finding.name for finding in found.findings] == ["C"]
    assert found.findings[0].fixes[0] == Fix(name="C", dilution=10)


def test_an_agreed_dilution_takes_more_room_and_draws_what_can_be_pipetted() -> None:
    found = calculate(worked(), TARGET, HAND, dilutions={"A": 5})

    a = found.lines[0]
    assert (a.volume_ul, a.drawn_ul, a.dilution) == (Decimal("4.2"), Decimal(2), 5)
    assert "A" not in [finding.name for finding in found.findings]
    assert found.buffer_ul == Decimal("20.7")


def test_dilutions_that_do_not_fit_name_a_weaker_pool() -> None:
    target = Target(nm=Decimal(15), ul=Decimal(30))

    found = calculate(worked(), target, FINE, dilutions={"A": 10})

    assert "A alone takes 31.185 µL. Ask for 8.954 nM at most." in sentences(found)[0]


def test_phix_is_a_share_of_the_volume() -> None:
    found = calculate(worked(), replace(TARGET, phix_percent=Decimal(10)), FINE)

    assert found.phix_ul == 3
    assert f"{found.lines[1].exact_ul:.3f}" == "4.491"
    total = sum(line.volume_ul for line in found.lines) + found.buffer_ul + found.phix_ul
    assert total == 30


def test_what_rounds_to_nothing_cannot_be_made() -> None:
    libraries = worked()
    libraries[2] = replace(libraries[2], weight=Decimal("0.1"))

    found = calculate(libraries, TARGET, ROBOT)

    assert not found.is_possible


@pytest.mark.parametrize(
    ("target", "dilutions"),
    [
        (replace(TARGET, nm=Decimal(0)), {}),
        (replace(TARGET, phix_percent=Decimal(100)), {}),
        (TARGET, {"A": 0}),
    ],
)
def test_what_cannot_be_is_refused(target: Target, dilutions: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"1 or more|less than 100"):
        calculate(worked(), target, HAND, dilutions=dilutions)


_libraries = st.lists(
    st.builds(
        Library,
        name=st.just("L"),
        molarity_nm=st.decimals(Decimal("0.5"), 200, places=3),
        weight=st.decimals(1, 500, places=2),
        available_ul=st.decimals(20, 1000, places=3),
    ),
    min_size=1,
    max_size=24,
).map(lambda found: [replace(each, name=f"L{place}") for place, each in enumerate(found)])
_fractions = st.decimals(Decimal("0.01"), Decimal("1.05"), places=4)
_volumes = st.decimals(5, 500, places=1)
_phix = st.decimals(0, 50, places=1)


def strongest(libraries: list[Library]) -> Decimal:
    """Return the molarity of a pool of nothing but the libraries."""
    return calculate(libraries, TARGET, FINE).most_nm


@given(
    _libraries,
    _fractions,
    _volumes,
    _phix,
    st.dictionaries(st.sampled_from(["L0", "L1"]), st.sampled_from([2, 5, 10])),
)
def test_a_possible_pool_fills_its_volume_and_takes_no_more_than_there_is(
    libraries: list[Library],
    fraction: Decimal,
    volume: Decimal,
    phix: Decimal,
    dilutions: dict[str, int],
) -> None:
    pipetting = Pipetting(least_ul=Decimal("0.5"), dead_ul=Decimal(1))
    target = Target(nm=fraction * strongest(libraries), ul=volume, phix_percent=phix)

    found = calculate(libraries, target, pipetting, dilutions=dilutions)

    assert abs(sum((line.share for line in found.lines), Decimal(0)) - 1) < Decimal("1e-25")
    total = sum((line.volume_ul for line in found.lines), Decimal(0))
    assert total + found.buffer_ul + found.phix_ul == volume
    if not found.is_possible:
        return  # About two of three targets drawn here: what they say has tests of its own above.
    assert found.buffer_ul >= 0
    for line, library in zip(found.lines, libraries, strict=True):
        assert library.available_ul is not None
        assert line.drawn_ul <= library.available_ul - 1
        assert line.volume_ul <= line.drawn_ul * line.dilution
        assert abs(line.volume_ul - line.exact_ul * line.dilution) <= pipetting.step_ul


@given(_libraries, _fractions, st.decimals(100, 5000, places=1))
def test_what_rounding_does_to_a_share_is_bounded_by_the_step(
    libraries: list[Library], fraction: Decimal, volume: Decimal
) -> None:
    plenty = [replace(each, available_ul=Decimal(10_000)) for each in libraries]
    target = Target(nm=fraction * strongest(libraries), ul=volume)
    pipetting = Pipetting(least_ul=Decimal("0.1"))
    found = calculate(plenty, target, pipetting)
    worst = max(pipetting.step_ul / line.exact_ul for line in found.lines)

    if worst < 1:  # Each amount is off by at most `worst` of itself, a share by both together.
        bound = (1 + worst) / (1 - worst) - 1
        assert all(abs(line.share_error) <= bound for line in found.lines)
        assert abs(sum((line.achieved_share for line in found.lines), Decimal(0)) - 1) < Decimal(
            "1e-25"
        )


@given(_libraries)
def test_the_strongest_pool_has_no_buffer(libraries: list[Library]) -> None:
    full = calculate(libraries, replace(TARGET, nm=strongest(libraries)), FINE)

    assert abs(full.exact_buffer_ul) < Decimal("1e-20")
