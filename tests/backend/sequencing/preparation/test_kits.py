"""Index kits of the reference data in protocols, and pairs that a person chooses."""

import pytest

from backend.core.sessions import WriteSession
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.preparation import (
    pair_choice,
    protocols,
    queries,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.errors import ProtocolRefused, WorksheetInput, WorksheetRefused
from backend.sequencing.preparation.plate_indexes import MOST_SAID, plate_findings
from backend.sequencing.preparation.views import ProtocolView, WorksheetView
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import IndexKitContent, KitWell
from backend.sequencing.reference.ids import ReferenceKind
from tests.factories.preparation import (
    BENCH,
    make_input,
    make_protocol,
    make_worksheet,
    protocol_in,
)
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project, says

pytestmark = pytest.mark.usefixtures("frozen_clock")
WELLS = (
    KitWell(well="A01", name="U1", i7="CCGCGGTT", i5="AGCGCTAG"),
    KitWell(well="B01", name="U2", i7="TTATAACC", i5="GATATCGA"),
    KitWell(well="A02", name="U3", i7="GGACTTGG", i5="CGCAGACG"),
)


def keep_kit(session: WriteSession, wells: tuple[KitWell, ...] = WELLS) -> None:
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.INDEX_KIT,
        key="set_b",
        name="Set B",
        content=IndexKitContent(maker="Illumina", wells=wells),
        source="A test",
    )


def of_kit(session: WriteSession) -> ProtocolView:
    key = make_protocol(session, kit_key="set_b", index_kit="typed", index_pairs="")
    return queries.get_protocol(session, EVERYBODY, key)


def plate(session: WriteSession) -> WorksheetView:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project) for _ in range(2)]
    protocol = of_kit(session)
    return make_worksheet(session, EVERYBODY, inputs, protocol_id=protocol.id)


def test_a_protocol_copies_the_kit_with_its_key_and_version(session: WriteSession) -> None:
    keep_kit(session)

    made = of_kit(session)

    assert (made.index_kit, made.kit_key, made.kit_version) == ("Set B", "set_b", 1)
    assert [(each.well, each.name, each.i7) for each in made.index_pairs] == [
        ("A1", "U1", "CCGCGGTT"),
        ("B1", "U2", "TTATAACC"),
        ("A2", "U3", "GGACTTGG"),
    ]


def test_a_later_version_of_the_kit_changes_no_protocol(session: WriteSession) -> None:
    keep_kit(session)
    made = of_kit(session)

    reference_service.revise_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.INDEX_KIT,
        key="set_b",
        based_on=1,
        content=IndexKitContent(maker="Illumina", wells=WELLS[:2]),
        source="A test",
        reason="One is gone",
    )

    same = queries.get_protocol(session, EVERYBODY, made.id)
    assert (same.kit_version, len(same.index_pairs)) == (1, 3)
    assert of_kit(session).kit_version == 2


def test_pasted_pairs_stay_a_kit_of_ones_own(session: WriteSession) -> None:
    made = queries.get_protocol(session, EVERYBODY, make_protocol(session, index_kit="Ours"))

    assert (made.index_kit, made.kit_key, made.kit_version) == ("Ours", "", None)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"kit_key": "no_such"}, "kit_key", "no index kit “no_such” on offer"),
        (
            {"kit_key": "set_b", "index_pairs": "A1, U1, CCGCGGTT"},
            "index_pairs",
            "Empty the pairs",
        ),
        ({"kit_key": "in_tubes"}, "kit_key", "T1: no well on a plate of 96 is known"),
    ],
)
def test_a_kit_that_cannot_be_used_says_why(
    session: WriteSession, given: dict[str, str], field: str, said: str
) -> None:
    keep_kit(session)
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.INDEX_KIT,
        key="in_tubes",
        name="In tubes",
        content=IndexKitContent(maker="Ours", wells=(KitWell(name="T1", i7="CCGCGGTT"),)),
        source="A test",
    )

    with pytest.raises(ProtocolRefused) as refused:
        protocols.save_draft(
            session, EVERYBODY, protocol=protocol_in(**({"index_pairs": ""} | given))
        )

    assert said in refused.value.fields[field]


def test_a_well_gets_the_pair_that_was_chosen(session: WriteSession) -> None:
    keep_kit(session)
    sheet = plate(session)

    pair_choice.choose_pair(session, EVERYBODY, worksheet_id=sheet.id, well="b1", pair="u1")
    pair_choice.choose_pair(session, EVERYBODY, worksheet_id=sheet.id, well="A1", pair="B1")

    wells = worksheet_queries.get_worksheet(session, EVERYBODY, sheet.code).wells
    assert [(each.well, each.index_name) for each in wells[:2]] == [("A1", "U2"), ("B1", "U1")]


def test_one_pair_in_two_wells_keeps_the_plate_from_starting(session: WriteSession) -> None:
    keep_kit(session)
    sheet = plate(session)

    pair_choice.choose_pair(session, EVERYBODY, worksheet_id=sheet.id, well="B1", pair="U1")

    with pytest.raises(WorksheetRefused, match="A1 and B1 have one pair of indexes"):
        worksheets.start_worksheet(session, EVERYBODY, worksheet_id=sheet.id)


@pytest.mark.parametrize(
    ("well", "pair", "said"),
    [("H12", "U1", "Nothing is in “H12”"), ("A1", "U9", "“U9” is no pair of Set B")],
)
def test_a_pair_needs_a_filled_well_and_the_kit(
    session: WriteSession, well: str, pair: str, said: str
) -> None:
    keep_kit(session)
    sheet = plate(session)

    with pytest.raises(WorksheetInput, check=says(said)):
        pair_choice.choose_pair(session, EVERYBODY, worksheet_id=sheet.id, well=well, pair=pair)


def test_a_plate_tells_what_the_index_engine_finds_and_starts_all_the_same(
    session: WriteSession,
) -> None:
    keep_kit(session, (*WELLS[:1], KitWell(well="B01", name="U2", i7="CCGCGGTA", i5="AGCGCTAC"),
                       *WELLS[2:]))  # fmt: skip
    sheet = plate(session)

    assert sheet.index_findings[0] == (
        "A1 and B1 cannot be told apart: i7 differs in 1 of 8 cycles and i5 in 1 of 8, "
        "3 are needed in one of them."
    )
    assert sheet.index_findings[1].startswith("C1: i7 starts with GG")
    assert not any("differ" in each for each in sheet.obstacles)


def test_i5_is_dark_where_it_ends_with_cc_and_is_read_reversed() -> None:
    told = plate_findings([Barcode(name="A1", i7="ACGTACGT", i5="ACGTACCC")])

    assert len(told) == 1
    assert told[0].startswith("A1: i5 ends with CC")


def test_equal_pairs_are_no_finding_and_many_are_counted() -> None:
    same = Barcode(name="A1", i7="ACGTACGT", i5="ACGTACGT")
    assert plate_findings([same, Barcode(name="B1", i7=same.i7, i5=same.i5)]) == []

    close = [
        Barcode(name=f"A{n}", i7=f"ACGTACG{base}", i5=f"TCGTACG{base}")
        for n, base in enumerate("ACGT", start=1)
    ] + [Barcode(name="B1", i7="ACGTACTA", i5="TCGTACTA")]
    assert plate_findings(close)[MOST_SAID] == "And 2 more pairs are too close."
