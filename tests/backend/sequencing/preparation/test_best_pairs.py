"""The pairs of a kit that go together best, picked for the wells of a draft."""

from itertools import combinations

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.sequencing.indexing.balance import dark_and_doubtful
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.indexing.picking import Picked
from backend.sequencing.preparation import best_pairs, worksheet_queries, worksheets
from backend.sequencing.preparation.errors import WorksheetInput, WorksheetRefused
from backend.sequencing.preparation.plate_indexes import plate_change
from backend.sequencing.preparation.rules import IndexPair, least_used
from backend.sequencing.preparation.views import WorksheetView
from backend.sequencing.reference.usual import add_usual_reference
from tests.factories.preparation import (
    BENCH,
    PAIRS,
    make_input,
    make_protocol,
    make_worksheet,
)
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project, says

pytestmark = pytest.mark.usefixtures("frozen_clock")
SIX = """\
A1, N01, ATCACG
B1, N02, CGATGT
C1, N03, TTAGGC
D1, N04, TGACCA
A2, N05, ACAGTG
B2, N06, GCCAAT
"""


def planned(session: WriteSession, pairs: str, samples: int = 1) -> tuple[Principal, WorksheetView]:
    """A draft of so many samples and one control."""
    add_usual_reference(session, EVERYBODY)
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project) for _ in range(samples)]
    protocol = make_protocol(session, index_pairs=pairs)
    return ada, make_worksheet(session, ada, inputs, protocol_id=protocol)


def picked(session: WriteSession, ada: Principal, sheet: WorksheetView, on: str) -> Picked:
    return best_pairs.pick_pairs(session, ada, worksheet_id=sheet.id, platform=on)


def names(session: WriteSession, ada: Principal, sheet: WorksheetView) -> list[str | None]:
    found = worksheet_queries.get_worksheet(session, ada, sheet.code)
    return [each.index_name for each in found.wells]


def test_two_wells_get_a_pair_that_four_channels_can_see(session: WriteSession) -> None:
    ada, sheet = planned(session, SIX)
    assert names(session, ada, sheet) == ["N01", "N02"]

    sequences = dict(line.split(", ")[1:] for line in SIX.splitlines())
    lit = {
        pair: dark_and_doubtful([sequences[each] for each in pair], Chemistry.FOUR_CHANNEL)[0]
        for pair in combinations(sequences, 2)
    }

    found = picked(session, ada, sheet, "miseq")

    chosen = names(session, ada, sheet)
    assert chosen == [each.name for each in found.indexes]
    assert found.dark == min(lit.values())
    assert lit[str(chosen[0]), str(chosen[1])] == found.dark
    assert found.dark < lit["N01", "N02"]
    assert found.reason.endswith("no other set is better")
    told = session.scalars(
        select(AuditEntry.new_values)
        .where(AuditEntry.entity_id == sheet.id)
        .order_by(AuditEntry.id)
    ).all()
    assert told[-1] == {"picked_for": "MiSeq", "pairs": chosen}


def test_pairs_that_other_plates_used_wait_until_the_rest_is_used(session: WriteSession) -> None:
    ada, first = planned(session, PAIRS, samples=3)
    picked(session, ada, first, "novaseq_x")
    of_first = names(session, ada, first)
    project = make_project(session, ada)
    inputs = [make_input(session, project) for _ in range(3)]
    second = make_worksheet(session, ada, inputs, protocol_id=first.protocol.id)

    picked(session, ada, second, "novaseq_x")
    again = picked(session, ada, first, "novaseq_x")

    assert not set(of_first) & set(names(session, ada, second))
    # What a plate has itself is not used by another: picking twice changes nothing.
    assert [each.name for each in again.indexes] == of_first


@pytest.mark.parametrize(
    ("pairs", "clear", "platform", "said"),
    [
        (SIX, "", "no_such", "Choose the sequencer"),
        (SIX, "A1, B1", "miseq", "Nothing is on the plate"),
        ("A1, N01, ATCACG\nB1, N02, CGATGTTT", "", "miseq", "have several lengths"),
        ("A1, N01, ATCACG\nB1, N01, CGATGT", "", "miseq", "has a name twice"),
    ],
)
def test_what_cannot_be_picked_is_said_and_changes_nothing(
    session: WriteSession, pairs: str, clear: str, platform: str, said: str
) -> None:
    ada, sheet = planned(session, pairs)
    if clear:
        wells = clear.split(", ")
        worksheets.clear_wells(session, ada, worksheet_id=sheet.id, wells=wells)
    before = names(session, ada, sheet)

    with pytest.raises(WorksheetInput, check=says(said)):
        picked(session, ada, sheet, platform)

    assert names(session, ada, sheet) == before


def test_only_a_draft_gets_pairs_and_only_by_who_prepares(session: WriteSession) -> None:
    ada, sheet = planned(session, SIX)
    eve = make_person(session, Permission.SEQUENCING_VIEW)

    with pytest.raises(PermissionDenied):
        picked(session, eve, sheet, "miseq")
    worksheets.cancel_worksheet(session, ada, worksheet_id=sheet.id, reason="Spilled")
    with pytest.raises(WorksheetRefused, match="Only a draft"):
        picked(session, ada, sheet, "miseq")


def test_a_plate_that_collides_is_told_its_smallest_change(session: WriteSession) -> None:
    near = "A1, U01, CCGCGGTT, AGCGCTAG\nB1, U02, CCGCGGTA, AGCGCTAC\nC1, U03, GGACTTGG, CGCAGACG"

    _, sheet = planned(session, near)

    assert sheet.index_findings[:2] == [
        "Smallest change: Give A1 U03 instead.",
        (
            "A1 and B1 cannot be told apart: i7 differs in 1 of 8 cycles and i5 in 1 of 8, "
            "3 are needed in one of them."
        ),
    ]
    assert plate_change([], []) == []


def test_the_pairs_used_least_are_as_many_as_are_needed() -> None:
    kit = [IndexPair(f"{row}1", f"N{row}", "ACGTAC", None) for row in "ABCD"]
    uses = {"A1": 2, "B1": 1, "C1": 1}

    assert [each.well for each in least_used(kit, uses, 1)] == ["D1"]
    assert [each.well for each in least_used(kit, uses, 2)] == ["B1", "C1", "D1"]
    assert least_used(kit, uses, 9) == kit
    assert least_used([], {}, 1) == []
