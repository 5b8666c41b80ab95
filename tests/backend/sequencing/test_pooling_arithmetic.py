"""Molarity, shares and top-ups, by the worked numbers of DOMAIN 2c."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.pooling import molarity, proportions
from backend.sequencing.pooling.molarity import FACTOR, Strand, molarity_nm
from backend.sequencing.pooling.proportions import Part, Usable, library_shares
from backend.sequencing.pooling.top_up import (
    LEAST_FACTOR,
    MOST_FACTOR,
    Advice,
    Yielded,
    run_average_target,
    top_up,
)

THOUSANDTH = Decimal("0.001")
amounts = st.decimals(Decimal("0.01"), Decimal(1000), places=2)
sizes = st.decimals(100, 2000, places=0)


def to_3(value: Decimal) -> str:
    """Return a number as the worked examples write it."""
    return str(value.quantize(THOUSANDTH))


def test_ten_nanograms_of_300_bp_are_50_505_nm_and_not_51_282() -> None:
    assert to_3(molarity_nm(Decimal(10), Decimal(300))) == "50.505"
    assert to_3(molarity_nm(Decimal(10), Decimal(300), g_per_mol_per_base=Decimal(650))) == "51.282"


@pytest.mark.parametrize(("strand", "nm"), [("dsdna", "50.505"), ("ssdna", "101.010")])
def test_the_factor_goes_by_the_kind_of_strand(strand: str, nm: str) -> None:
    factor = FACTOR[Strand(strand)]

    assert to_3(molarity_nm(Decimal(10), Decimal(300), g_per_mol_per_base=factor)) == nm


def test_rna_counts_340_a_base() -> None:
    rna = molarity_nm(Decimal(34), Decimal(100), g_per_mol_per_base=FACTOR[Strand.RNA])

    assert rna == 1000


@given(amounts, sizes, amounts)
def test_mass_molecules_and_mass_again_are_the_same(
    ng_per_ul: Decimal, size: Decimal, volume: Decimal
) -> None:
    nm = molarity_nm(ng_per_ul, size)

    mass = molarity.ng_of_fmol(molarity.fmol(nm, volume), size)
    assert abs(mass - ng_per_ul * volume) < Decimal("1e-15")
    assert abs(molarity.ng_per_ul(nm, size) - ng_per_ul) < Decimal("1e-15")


def test_a_nanomole_has_avogadros_share_of_molecules() -> None:
    assert molarity.copies(Decimal(10) ** 6) == Decimal("6.02214076e14")


def test_only_what_lies_in_the_range_counts() -> None:
    assert molarity.smear_ng_per_ul(Decimal(10), Decimal("0.8")) == 8


def test_qpcr_is_corrected_by_the_length_of_its_standard() -> None:
    found = molarity.qpcr_molarity_nm(Decimal("0.002"), Decimal(400), dilution=Decimal(10_000))

    assert found == Decimal("22.6")


@pytest.mark.parametrize(
    ("concentration", "size", "factor"),
    [("10", "0", "660"), ("10", "300", "0"), ("-1", "300", "1")],
)
def test_fragments_without_length_or_mass_are_refused(
    concentration: str, size: str, factor: str
) -> None:
    with pytest.raises(ValueError, match=r"or more|more than 0"):
        molarity_nm(Decimal(concentration), Decimal(size), g_per_mol_per_base=Decimal(factor))


@given(st.lists(amounts, min_size=1, max_size=40))
def test_shares_keep_the_proportions_and_add_up_to_one(weights: list[Decimal]) -> None:
    found = proportions.shares(weights)

    assert abs(sum(found, Decimal(0)) - 1) < Decimal("1e-25")
    for (one, other), (weight, next_weight) in zip(pairwise(found), pairwise(weights), strict=True):
        assert abs(one * next_weight - other * weight) < Decimal("1e-20")


def test_equal_masses_give_the_shorter_library_more_molecules() -> None:
    short, long = proportions.by_mass([Decimal(50), Decimal(50)], [Decimal(300), Decimal(600)])

    assert abs(short - 2 * long) < Decimal("1e-25")


def test_reads_follow_from_coverage() -> None:
    usable = Usable(duplicates=Decimal("0.2"), on_target=Decimal("0.75"), mapped=Decimal(1))

    pairs = proportions.read_pairs(Decimal(30), Decimal(60_000_000), 150, usable=usable)
    assert pairs == 10_000_000
    assert proportions.coverage(pairs, Decimal(60_000_000), 150, usable=usable) == 30


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        proportions.shares([Decimal(1), Decimal(0)])
    with pytest.raises(ValueError, match="all more than 0"):
        proportions.read_pairs(Decimal(30), Decimal(100), 150, usable=Usable(mapped=Decimal(0)))


def test_a_pool_of_pools_hands_its_share_down() -> None:
    inner = Part("P-2", Decimal(1), (Part("B", Decimal(3)), Part("A", Decimal(1))))
    tree = [Part("P-1", Decimal(3), (Part("A", Decimal(1)), inner)), Part("C", Decimal(1))]

    found = library_shares(tree)

    assert dict(found) == {
        "A": Decimal("0.46875"),
        "B": Decimal("0.28125"),
        "C": Decimal("0.25"),
    }


_trees = st.recursive(
    st.builds(Part, st.text("ABCDE", min_size=1, max_size=2), amounts),
    lambda inner: st.builds(
        Part, st.just("P"), amounts, st.lists(inner, min_size=1, max_size=4).map(tuple)
    ),
    max_leaves=20,
)


@given(st.lists(_trees, min_size=1, max_size=4))
def test_shares_of_nested_pools_add_up_to_one(tree: list[Part]) -> None:
    assert abs(sum(library_shares(tree).values(), Decimal(0)) - 1) < Decimal("1e-24")


def test_topping_up_to_three_times_the_mean_coverage_in_two_runs() -> None:
    coverages = [Decimal("6.69"), Decimal("5.95")]
    wanted = run_average_target(coverages, times=Decimal(3))
    yields = [
        Yielded(name=name, wanted=wanted, got=got)
        for name, got in zip("AB", coverages, strict=True)
    ]

    found = top_up(yields, runs=2)

    assert [to_3(each.need) for each in found] == ["6.135", "6.505"]
    assert [f"{each.factor:.4f}" for each in found] == ["0.9170", "1.0933"]
    assert [f"{10 * each.factor:.3f}" for each in found] == ["9.170", "10.933"]


def test_what_a_library_gave_for_its_share_decides_its_next_share() -> None:
    yields = [
        Yielded(name="A", wanted=Decimal(60), got=Decimal(30), loaded=Decimal(2)),
        Yielded(name="B", wanted=Decimal(60), got=Decimal(30), loaded=Decimal(1)),
    ]

    first, second = top_up(yields)

    assert [first.factor, second.factor] == [Decimal(1), Decimal(1)]
    assert [to_3(first.share), to_3(second.share)] == ["0.667", "0.333"]


def test_each_library_is_told_what_to_do() -> None:
    named = {
        "FULL": Yielded(name="FULL", wanted=Decimal(10), got=Decimal(12)),
        "HALF": Yielded(name="HALF", wanted=Decimal(10), got=Decimal(5)),
        "LITTLE": Yielded(name="LITTLE", wanted=Decimal(100), got=Decimal(8)),
        "NEARLY": Yielded(name="NEARLY", wanted=Decimal(10), got=Decimal("9.9")),
        "POOR": Yielded(name="POOR", wanted=Decimal(10), got=Decimal("0.4")),
        "NONE": Yielded(name="NONE", wanted=Decimal(10), got=Decimal(0)),
        "DEAD": Yielded(name="DEAD", wanted=Decimal(10), got=Decimal(0), is_failed=True),
    }

    found = {each.name: each for each in top_up(list(named.values()))}

    assert {name: each.advice for name, each in found.items()} == {
        "FULL": Advice.ENOUGH,
        "HALF": Advice.TOP_UP,
        "LITTLE": Advice.TOP_UP,
        "NEARLY": Advice.TOP_UP,
        "POOR": Advice.REPREPARE,
        "NONE": Advice.REPREPARE,
        "DEAD": Advice.FAILED,
    }
    assert (found["LITTLE"].factor, found["LITTLE"].is_clamped) == (MOST_FACTOR, True)
    assert (found["NEARLY"].factor, found["NEARLY"].is_clamped) == (LEAST_FACTOR, True)
    assert found["POOR"].sentence == (
        "POOR gave less than 10% of the median yield. "
        "Prepare it again: more of the same will not help."
    )
    assert found["HALF"].sentence == "HALF needs 5.00 M reads more: load 1 times what was loaded."
    assert found["DEAD"].sentence.startswith("DEAD failed and is left out.")


@given(
    st.lists(
        st.builds(
            Yielded,
            name=st.text("ABC", min_size=1),
            wanted=amounts,
            got=st.decimals(0, 1000, places=2),
            loaded=amounts,
            is_failed=st.booleans(),
        ),
        max_size=20,
    )
)
def test_factors_stay_within_their_limits_and_shares_add_up(yields: list[Yielded]) -> None:
    found = top_up(yields)

    topped = [each for each in found if each.advice is Advice.TOP_UP]
    assert all(LEAST_FACTOR <= each.factor <= MOST_FACTOR for each in topped)
    assert not any(each.factor or each.share for each in found if each not in topped)
    if topped:
        assert abs(sum((each.share for each in topped), Decimal(0)) - 1) < Decimal("1e-25")
