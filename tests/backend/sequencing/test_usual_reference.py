"""The usual reference data: every figure has a source and refers to what there is."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.reference import queries
from backend.sequencing.reference.content import REFERS
from backend.sequencing.reference.models import ReferenceVersion
from backend.sequencing.reference.usual import add_usual_reference, usual
from backend.sequencing.reference.usual_pooling import USUAL_POOLING
from tests.factories.sequencing import make_person


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_VIEW, Permission.SEQUENCING_CONFIGURE)


@pytest.fixture
def kept(session: WriteSession, ada: Principal) -> None:
    add_usual_reference(session, ada)


@pytest.mark.usefixtures("kept")
def test_the_usual_entries_are_kept_once(session: WriteSession, ada: Principal) -> None:
    add_usual_reference(session, ada)

    counted = session.scalar(select(func.count()).select_from(ReferenceVersion))
    assert counted == len(list(usual()))


def test_every_usual_figure_names_its_source_and_refers_to_what_there_is() -> None:
    keys = {(each.kind, each.key) for each in usual()}

    assert len(keys) == len(list(usual()))
    for each in usual():
        assert 0 < len(each.source) <= 500, each.key
        if each.kind in REFERS:
            field, kind = REFERS[each.kind]
            assert (kind, getattr(each.content, field)) in keys, each.key


@pytest.mark.parametrize(
    ("key", "lanes", "reads", "chemistry", "reversed_i5", "patterned"),
    [
        ("nextseq_2000_p2", 1, "400", Chemistry.TWO_CHANNEL_BLUE_GREEN, True, True),
        ("nextseq_2000_xleap_p4", 1, "1800", Chemistry.XLEAP, True, True),
        ("miseq_i100_25m", 1, "25", Chemistry.XLEAP, True, True),
        ("hiseq_4000", 8, "262.5", Chemistry.FOUR_CHANNEL, True, True),
        ("aviti_medium_300", 2, "100", Chemistry.AVIDITY, False, False),
        ("minion_r10", 1, "1.2", Chemistry.NANOPORE, False, False),
    ],
)
@pytest.mark.usefixtures("kept")
def test_makes_are_as_their_cited_pages_have_them(
    session: WriteSession,
    key: str,
    lanes: int,
    reads: str,
    chemistry: Chemistry,
    *,
    reversed_i5: bool,
    patterned: bool,
) -> None:
    make = queries.make_of(session, key)

    cell, platform = make.flow_cell.content, make.platform.content
    assert (cell.lanes, cell.reads_pf_millions_per_lane) == (lanes, Decimal(reads))
    assert make.chemistry.content.detection is chemistry
    assert (platform.i5_orientation is I5Orientation.REVERSE_COMPLEMENT) is reversed_i5
    assert platform.is_patterned is patterned


@pytest.mark.usefixtures("kept")
def test_what_nobody_has_looked_up_is_absent_and_its_source_says_so(session: WriteSession) -> None:
    absent = [
        each
        for each in queries.flow_cells(session)
        if each.content.reads_pf_millions_per_lane is None
    ]

    assert {each.key for each in absent} == {"miniseq_high", "miniseq_mid"}
    assert all("not looked up" in each.source for each in absent)


@pytest.mark.usefixtures("kept")
def test_every_make_has_a_recipe_or_its_source_says_what_was_not_looked_up(
    session: WriteSession,
) -> None:
    with_recipe = {each.content.flow_cell for each in queries.recipes(session)}
    cells = {each.key: each for each in queries.flow_cells(session)}

    makes = {each.content.platform for key, each in cells.items() if key in with_recipe}
    without = {each.content.platform for each in cells.values()} - makes
    # Nanopores have no cycles; of MiSeq i100 no public page of its kits was found.
    assert without == {"miseq_i100", "promethion", "minion"}
    assert all(
        "not looked up" in each.source
        for each in cells.values()
        if each.content.platform == "miseq_i100"
    )
    [miniseq] = [each for each in queries.recipes(session) if each.key == "miniseq_high_2x151"]
    # 318 cycles of 4.5 minutes, 90 of clusters and 60 between the reads.
    assert miniseq.content.run_hours == Decimal("26.4")


@pytest.mark.usefixtures("kept")
def test_a_recipe_needs_no_more_cycles_than_its_kit_has(session: WriteSession) -> None:
    # Illumina Knowledge 7002: of 300-cycle kits, P3 has 327 cycles and the others 338.
    for each in queries.recipes(session):
        if each.content.flow_cell.startswith("nextseq_2000"):
            most = 327 if each.content.flow_cell == "nextseq_2000_p3" else 338
            assert each.content.cycles <= most, each.key


@pytest.mark.usefixtures("kept")
def test_what_a_sequencer_is_booked_with_is_read_whole(session: WriteSession) -> None:
    make = queries.make_of(session, "novaseq_x_10b")

    assert (make.flow_cell.content.lanes, make.flow_cell.name) == (8, "NovaSeq X, 10B")
    assert make.platform.content.i5_orientation is I5Orientation.REVERSE_COMPLEMENT
    assert make.chemistry.content.detection is Chemistry.XLEAP


@pytest.mark.usefixtures("kept")
def test_each_room_reads_its_kind(session: WriteSession) -> None:
    assert {each.key for each in queries.platforms(session)} >= {"miseq", "novaseq_x"}
    assert {each.content.flow_cell for each in queries.recipes(session)} <= {
        each.key for each in queries.flow_cells(session)
    }
    assert len(queries.chemistries(session)) == len(Chemistry)
    assert "mrna" in {each.key for each in queries.assays(session)}
    assert len(queries.index_kit(session, "idt_truseq_ud_96").content.wells) == 96
    assert len(queries.index_kits(session)) == 8
    assert queries.pooling(session) == USUAL_POOLING


def test_pools_are_reckoned_with_usual_figures_until_own_ones_are_kept(
    session: WriteSession,
) -> None:
    assert queries.pooling(session) == USUAL_POOLING
