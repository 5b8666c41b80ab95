"""Picking of large kits is proven: no set is further apart, or nobody says so."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.indexing import picking
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.indexing.picking import KitIndex, Light, pick
from backend.sequencing.indexing.proving import seek
from backend.sequencing.reference.content import IndexKitContent
from backend.sequencing.reference.usual import usual

LIGHT = Light(chemistry=Chemistry.NANOPORE)
"""No cycle is judged: distances alone decide."""


def kit(seed: int, size: int = 13) -> list[KitIndex]:
    rng = np.random.default_rng(seed)
    made: dict[str, KitIndex] = {}
    while len(made) < size:
        i7, i5 = ("".join(rng.choice(list("ACGT"), size=6)) for _ in range(2))
        made[i7] = KitIndex(f"N{len(made)}", i7, i5)
    return list(made.values())


@given(seed=st.integers(0, 10_000), count=st.integers(2, 6))
def test_what_is_proven_is_what_trying_every_set_finds(seed: int, count: int) -> None:
    indexes = kit(seed)
    tried = pick(indexes, count, light=LIGHT)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(picking, "EXACT_CHOICES", 0)
        found = pick(indexes, count, light=LIGHT)

    assert found.exact
    assert found.distance == tried.distance


@given(seed=st.integers(0, 10_000), least=st.integers(1, 6), count=st.integers(2, 6))
def test_a_set_is_found_exactly_where_there_is_one(seed: int, least: int, count: int) -> None:
    apart = picking._apart(kit(seed))

    sought = seek(apart, least, count, lambda _: True)

    every = [
        chosen
        for chosen in combinations(range(len(apart)), count)
        if apart[np.ix_(chosen, chosen)].min() >= least
    ]
    assert (sought.found is not None) is bool(every)
    assert sought.found is None or sought.found in every
    assert sought.exhausted is not bool(every)


def test_a_search_that_is_cut_short_proves_nothing() -> None:
    apart = picking._apart(kit(3))

    sought = seek(apart, 1, 5, lambda _: False, most_steps=10)

    assert (sought.found, sought.exhausted) == (None, False)


@pytest.mark.slow
def test_the_pick_of_every_kit_of_96_is_proven_for_a_lane_of_24() -> None:
    light = Light(chemistry=Chemistry.XLEAP)
    kits = [each.content for each in usual() if isinstance(each.content, IndexKitContent)]
    large = [each for each in kits if len(each.wells) == 96]

    found = [
        pick([KitIndex(one.name, one.i7, one.i5 or "") for one in each.wells], 24, light=light)
        for each in large
    ]

    assert len(found) > 4
    assert all(each.exact for each in found)
