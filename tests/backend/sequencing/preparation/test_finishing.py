"""What comes off a plate: libraries with their indexes, all of them or none."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.core import barcodes
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import volumes
from backend.samples.errors import ProjectClosed
from backend.samples.ids import MaterialType, SampleId
from backend.samples.models import Project, Sample
from backend.sequencing.preparation import finishing, worksheet_queries, worksheets
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.ids import GateState, WorksheetState
from tests.factories.preparation import BENCH, finish, make_input, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project, put_on_hold

pytestmark = pytest.mark.usefixtures("frozen_clock")


def sample_of(session: WriteSession, barcode: str | None) -> Sample:
    return session.scalars(select(Sample).where(Sample.barcode == barcode)).one()


def test_every_sample_well_gives_a_library_with_its_indexes_and_draws_its_volume(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    first, second = make_input(session, project, "56"), make_input(session, project, "3.5")

    sheet = finish(session, ada, make_worksheet(session, ada, [first, second]))

    assert (sheet.state, sheet.gate) == (WorksheetState.DONE, GateState.PENDING)
    libraries = [sample_of(session, well.library_barcode) for well in sheet.wells[:2]]
    assert sheet.wells[2].library_barcode is None
    for library in libraries:
        assert (library.material_type, library.volume_ul) == (MaterialType.LIBRARY, Decimal(25))
        assert barcodes.is_ours(library.barcode)
        assert library.project_id == project.id
    assert (libraries[0].index_i7, libraries[0].index_i5) == ("CCGCGGTT", "AGCGCTAG")
    assert sample_of(session, first).volume_ul == Decimal("49.107")
    assert sample_of(session, second).volume_ul == Decimal("35.714")
    told = session.execute(
        select(OutboxEvent.payload["well"].astext).where(
            OutboxEvent.type == "sequencing.library_made"
        )
    )
    assert sorted(told.scalars()) == ["A1", "B1"]


def test_a_library_knows_its_parent(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    barcode = make_input(session, make_project(session, ada))
    sheet = finish(session, ada, make_worksheet(session, ada, [barcode]))

    library = sample_of(session, sheet.wells[0].library_barcode)

    assert library.parent_id == sample_of(session, barcode).id
    lines = volumes.ledger_of(session, EVERYBODY, SampleId(library.id))
    assert [(line.delta_ul, line.counterpart_barcode) for line in lines] == [(Decimal(25), barcode)]


def test_a_hold_of_one_sample_keeps_the_whole_plate_from_being_finished(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    good, bad = make_input(session, project), make_input(session, project)
    sheet = make_worksheet(session, ada, [good, bad])
    worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)
    put_on_hold(session, sample_of(session, bad))
    before = session.scalar(select(func.count()).select_from(Sample))

    with pytest.raises(WorksheetRefused, match=f"{bad} is on hold: quarantine"):
        finishing.finish_worksheet(session, ada, worksheet_id=sheet.id)

    assert session.scalar(select(func.count()).select_from(Sample)) == before
    assert sample_of(session, good).volume_ul == Decimal(50)
    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert seen.state is WorksheetState.STARTED


def test_a_well_that_fails_late_takes_the_earlier_ones_back(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    mine, closed = make_project(session, ada), make_project(session, ada)
    sheet = make_worksheet(session, ada, [make_input(session, mine), make_input(session, closed)])
    worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)
    session.get_one(Project, closed.id).is_open = False
    session.flush()
    before = session.scalar(select(func.count()).select_from(Sample))
    audits = session.scalar(select(func.count()).select_from(AuditEntry))

    with pytest.raises(ProjectClosed), session.begin_nested():
        finishing.finish_worksheet(session, ada, worksheet_id=sheet.id)

    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Sample)) == before
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == audits
    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert seen.state is WorksheetState.STARTED
    assert all(well.library_barcode is None for well in seen.wells)


def test_only_what_was_started_can_be_finished(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    sheet = make_worksheet(session, ada, [make_input(session, make_project(session, ada))])

    with pytest.raises(WorksheetRefused, match=r"is draft\. Only what was started"):
        finishing.finish_worksheet(session, ada, worksheet_id=sheet.id)
