"""What may stand in reference data, and how two versions differ."""

from decimal import Decimal
from typing import Any

import pytest

from backend.sequencing.indexing.balance import balance
from backend.sequencing.indexing.colours import USUAL_COLOURS, Chemistry, Verdict
from backend.sequencing.reference.checking import checked
from backend.sequencing.reference.content import (
    CONTENT,
    AssayContent,
    ChemistryContent,
    IndexKitContent,
    KitWell,
    RecipeContent,
)
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.kit_reading import least_distances
from backend.sequencing.reference.rules import key_of
from backend.sequencing.reference.usual import usual
from backend.sequencing.reference.usual_kits import KITS
from backend.sequencing.reference.words import FIELDS, KINDS, VALUES, Change, differences, written

FLOW_CELL = {"platform": "miseq", "lanes": "1", "reads_pf_millions_per_lane": "18"}


def refused(kind: ReferenceKind, given: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ReferenceRefused) as caught:
        checked(kind, given)
    return dict(caught.value.fields)


def test_texts_of_a_form_become_numbers() -> None:
    content = checked(ReferenceKind.FLOW_CELL, FLOW_CELL)

    assert content.model_dump()["lanes"] == 1
    assert content.model_dump()["reads_pf_millions_per_lane"] == Decimal(18)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"lanes": "many"}, "lanes", "Lanes: “many” is no number that fits. Give digits."),
        ({"lanes": 0}, "lanes", "Lanes: 0 is too little; give at least 1."),
        ({"lanes": 97}, "lanes", "Lanes: 97 is too much; give at most 96."),
        (
            {"reads_pf_millions_per_lane": 0},
            "reads_pf_millions_per_lane",
            "Reads of a lane: 0 is too little; give more than 0.",
        ),
        ({"colour": 1}, "colour", "colour: there is no such field of this kind. Leave it out."),
        (
            {"platform": "My Seq"},
            "platform",
            "Platform: “My Seq” cannot stand there. Check how it is written.",
        ),
        (
            {"configurations": [{"name": "Kit", "read1_cycles": "long"}]},
            "configurations",
            "Read configurations, row 1: “long” is no number that fits. Give digits.",
        ),
    ],
)
def test_a_wrong_field_is_told_in_a_sentence(
    change: dict[str, Any], field: str, sentence: str
) -> None:
    assert refused(ReferenceKind.FLOW_CELL, FLOW_CELL | change) == {field: sentence}


def test_every_wrong_field_is_told_at_once() -> None:
    assert set(refused(ReferenceKind.FLOW_CELL, {"lanes": "many"})) == {
        "platform",
        "lanes",
    }


@pytest.mark.parametrize(
    ("wells", "words"),
    [
        ([("A01", "UDI1", "ACGT", "ACGT"), ("A01", "UDI2", "ACGA", "ACGA")], "The well A01"),
        ([("A01", "UDI1", "ACGT", "ACGT"), ("A02", "UDI1", "ACGA", "ACGA")], "The name UDI1"),
        ([(None, "a", "ACGT", "ACGT"), (None, "b", "ACGT", "ACGT")], "The index pair ACGT+ACGT"),
        ([(None, "a", "ACGT", "ACGT"), (None, "b", "ACGTA", "ACGT")], "b has indexes of another"),
        ([(None, "a", "ACGT", "ACGT"), (None, "b", "ACGA", None)], "b has indexes of another"),
    ],
)
def test_wells_that_contradict_each_other_are_refused(
    wells: list[tuple[str | None, str, str, str | None]], words: str
) -> None:
    given = [dict(zip(("well", "name", "i7", "i5"), each, strict=True)) for each in wells]

    fields = refused(ReferenceKind.INDEX_KIT, {"maker": "Us", "wells": given})

    assert words in fields["wells"]


@pytest.mark.parametrize("bases", ["ACGN", "acgt", "ACG", "A" * 25, "ACGT "])
def test_an_index_is_four_to_twenty_four_bases(bases: str) -> None:
    wells = [{"name": "a", "i7": bases}]

    assert "wells" in refused(ReferenceKind.INDEX_KIT, {"maker": "Us", "wells": wells})


def test_colours_are_those_that_index_checks_use() -> None:
    for chemistry, colours in USUAL_COLOURS.items():
        assert ChemistryContent(detection=chemistry).colours == colours
        assert checked(ReferenceKind.CHEMISTRY, {"detection": chemistry.value}) == (
            ChemistryContent(detection=chemistry)
        )


OTHER = {
    "detection": "xleap",
    "channels": [
        {"name": "blue", "when_dark": "good"},
        {"name": "violet", "when_dark": "error"},
    ],
    "lights": [
        {"base": "A", "channels": ["violet"]},
        {"base": "C", "channels": ["blue"]},
        {"base": "G", "channels": ["blue", "violet"]},
        {"base": "T", "channels": []},
    ],
}


def test_colours_of_the_laboratory_are_what_an_index_is_judged_by() -> None:
    content = checked(ReferenceKind.CHEMISTRY, OTHER)
    assert isinstance(content, ChemistryContent)

    judged = balance(["TTG", "TTC"], content.colours)

    assert judged.start is Verdict.ERROR
    assert judged.start_sentence.startswith("Every index starts with TT")
    assert [each.verdict for each in judged.cycles] == [Verdict.ERROR] * 2 + [Verdict.GOOD]
    assert judged.cycles[2].channel_shares == {"blue": 1.0, "violet": 0.5}
    only_blue = balance(["C"], content.colours).cycles[0]
    assert only_blue.sentence == "Cycle 1: only C, so violet sees nothing."
    assert only_blue.verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lights": [*OTHER["lights"][:3], {"base": "T", "channels": ["blue"]}]}, "C and T both"),
        ({"lights": OTHER["lights"][:3]}, "Say once of each of A, C, G and T"),
        ({"lights": [*OTHER["lights"][:3], {"base": "A"}]}, "Say once of each of A, C, G and T"),
        ({"lights": [*OTHER["lights"][:3], {"base": "T", "channels": ["red"]}]}, "no channel"),
        ({"channels": OTHER["channels"][:1]}, "It sees in 2 channels, and 1 are given."),
        ({"channels": OTHER["channels"][:1] * 2}, "The channel blue stands there twice."),
        ({"detection": "avidity"}, "It sees no colours."),
        ({"detection": "nanopore"}, "It sees no colours."),
        ({"detection": "four_channel"}, "G has a dye of its own here."),
        (
            {
                "detection": "four_channel",
                "lights": [{"base": base, "channels": ["blue"]} for base in "ACGT"],
            },
            "No base lights violet.",
        ),
    ],
)
def test_colours_that_no_sequencer_could_read_by_are_refused(
    change: dict[str, Any], said: str
) -> None:
    assert said in refused(ReferenceKind.CHEMISTRY, OTHER | change)["lights"]


def test_only_pairs_without_reuse_are_unique_dual() -> None:
    _, unique, _ = KITS["idt_truseq_ud_96"]
    _, crossed, _ = KITS["nextera_xt_v2_a"]

    assert unique.is_unique_dual
    assert not crossed.is_unique_dual
    assert not IndexKitContent(maker="Us", wells=(KitWell(name="a", i7="ACGT"),)).is_unique_dual


@pytest.mark.parametrize("key", KITS)
def test_published_kits_are_whole_and_told_apart(key: str) -> None:
    _, kit, source = KITS[key]

    least_i7, least_i5 = least_distances(kit.wells)

    # What its maker sells in tubes has no plate: it has 16 pairs and no wells.
    in_tubes = key == "tso_500_up"
    assert len(kit.wells) == (16 if in_tubes else 96)
    assert len({each.well for each in kit.wells}) == (1 if in_tubes else 96)
    assert all((each.well is None) == in_tubes for each in kit.wells)
    assert least_i7 is not None
    assert least_i5 is not None
    assert min(least_i7, least_i5) >= 3
    assert "Illumina Adapter Sequences" in source


def test_the_usual_entries_name_only_each_other_and_their_source() -> None:
    entries = list(usual())

    keys = {(each.kind, each.key) for each in entries}
    assert len(keys) == len(entries)
    assert all(each.source for each in entries)
    for each in entries:
        said = each.content.model_dump(mode="json")
        assert CONTENT[each.kind].model_validate(said) == each.content


def test_every_field_and_kind_and_choice_has_words() -> None:
    for content in CONTENT.values():
        assert set(content.model_fields) <= set(FIELDS)
    assert set(KINDS) == set(CONTENT)
    for choice in (*Chemistry, *VALUES):
        assert VALUES[choice]


def test_versions_differ_field_by_field_with_units() -> None:
    before = RecipeContent(
        flow_cell="miseq_v3", read1_cycles=301, read2_cycles=301, index1_cycles=8, index2_cycles=8
    )
    after = before.model_copy(update={"run_hours": Decimal("56.0"), "read2_cycles": 0})

    assert differences(before, after) == [
        Change("Read 2, cycles", "301", "0"),
        Change("Run takes, h", "–", "56"),
    ]


def test_kits_differ_well_by_well() -> None:
    def kit(*wells: tuple[str, str]) -> IndexKitContent:
        return IndexKitContent(
            maker="Us", wells=tuple(KitWell(name=name, i7=i7) for name, i7 in wells)
        )

    assert differences(kit(("a", "ACGT"), ("b", "AAAA")), kit(("b", "CCCC"), ("c", "GGGG"))) == [
        Change("b", "AAAA", "CCCC"),
        Change("c", "–", "GGGG"),
        Change("a", "ACGT", "–"),
    ]


def test_values_are_written_as_people_read_them() -> None:
    assert [written(each) for each in (None, True, Decimal("0.50"), Chemistry.XLEAP)] == [
        "–",
        "yes",
        "0.5",
        "two channels, XLEAP",
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [("NovaSeq X, 10B", "novaseq_x_10b"), ("  Twist UDI (set A) ", "twist_udi_set_a"), ("µ", "")],
)
def test_a_key_is_made_of_a_name(name: str, key: str) -> None:
    assert key_of(name) == key


def test_an_assay_may_leave_reads_open() -> None:
    assay = AssayContent(library_type="Own", mixing="any", read1_cycles=151, read2_cycles=0)

    assert assay.reads_millions is None
