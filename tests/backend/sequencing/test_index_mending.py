"""What would mend a lane: other indexes of its kit, or stricter allowances."""

from dataclasses import replace

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.indexing.mending import MOST_MENDED, kit_of, mending
from backend.sequencing.indexing.picking import KitIndex, Light

KIT = [
    KitIndex("U01", "CCGCGGTT", "AGCGCTAG"),
    KitIndex("U02", "TTATAACC", "GATATCGA"),
    KitIndex("U03", "GGACTTGG", "CGCAGACG"),
    KitIndex("U04", "AAGTCCAA", "TATGAGTA"),
]
KITS = {"Set A": KIT, "Other": [KitIndex("X01", "ACACACAC", "GTGTGTGT")]}


def lane(*indexes: KitIndex) -> list[Barcode]:
    return [
        Barcode(name=f"LIB-{place}", i7=each.i7, i5=each.i5)
        for place, each in enumerate(indexes, start=1)
    ]


def test_the_kit_of_a_lane_is_the_one_that_has_most_of_its_indexes() -> None:
    assert kit_of(lane(KIT[0], KIT[1], KITS["Other"][0]), KITS)[0] == "Set A"
    assert kit_of(lane(KitIndex("?", "AAAAAAAA", "CCCCCCCC")), KITS) == ("", ())
    assert kit_of(lane(KIT[0]), {}) == ("", ())


def test_one_library_gets_another_pair_of_the_kit() -> None:
    found = mending(lane(KIT[0], KIT[0], KIT[1]), KITS)

    assert found is not None
    assert found.sentences == [
        "Give LIB-1 U03 instead. It is prepared again with indexes of Set A."
    ]


def test_a_lane_that_stricter_allowances_mend_may_have_either() -> None:
    near = replace(KIT[0], i7="CCGCGGAA", i5="AGCGCTTT")

    found = mending(lane(KIT[0], near), KITS)

    assert found is not None
    assert found.sentences == [
        "Give LIB-1 U02 instead. It is prepared again with indexes of Set A.",
        (
            "Allow 1 mismatches in i7 and 0 in i5 for this lane; reads with more errors in "
            "their index become undetermined."
        ),
    ]
    without = mending(lane(KIT[0], near), {})
    assert without is not None
    assert without.sentences == found.sentences[1:]


def test_what_stays_dark_is_not_mended_by_allowances() -> None:
    dark = [KitIndex("?", "GGACGTAC", "ACGTACGT"), KitIndex("?", "GGTGCATG", "TGCATGCA")]
    light = Light(
        chemistry=Chemistry.TWO_CHANNEL_RED_GREEN,
        i5_orientation=I5Orientation.REVERSE_COMPLEMENT,
    )

    found = mending(lane(*dark, KIT[2]), KITS, light=light)

    assert found is not None
    assert found.swaps is not None
    assert found.relaxation is None
    changed = {each.library: each.index for each in found.swaps.swaps}
    assert not clashes(
        [
            replace(each, i7=changed[each.name].i7, i5=changed[each.name].i5)
            if each.name in changed
            else each
            for each in lane(*dark, KIT[2])
        ]
    )
    assert mending(lane(*dark), {}, light=light) is None


def test_a_good_lane_and_one_too_large_are_left_alone() -> None:
    assert mending(lane(*KIT), KITS) is None
    many = [Barcode(name=str(place), i7="ACGTACGT") for place in range(MOST_MENDED + 1)]
    assert mending(many, KITS) is None
