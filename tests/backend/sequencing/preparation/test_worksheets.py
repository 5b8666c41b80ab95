"""A plate at the bench: planned, changed, started, and given up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.consent_models import Consent
from backend.samples.ids import MaterialType, QcVerdict, SampleId
from backend.samples.models import Sample
from backend.sequencing.preparation import lots as lots_service
from backend.sequencing.preparation import protocols, worksheet_queries, worksheets
from backend.sequencing.preparation.errors import (
    ProtocolNotFound,
    WorksheetInput,
    WorksheetNotFound,
    WorksheetRefused,
)
from backend.sequencing.preparation.ids import (
    PlateShape,
    ProtocolId,
    WellKind,
    WorksheetState,
)
from backend.sequencing.preparation.rules import InputFlag
from backend.sequencing.preparation.worksheet_models import LibraryWorksheet
from tests.factories.preparation import (
    BENCH,
    lot_of,
    make_input,
    make_lot,
    make_protocol,
    make_worksheet,
    protocol_in,
)
from tests.factories.samples import EVERYBODY, judge_by_hand
from tests.factories.sequencing import make_person, make_project, put_on_hold, says

pytestmark = pytest.mark.usefixtures("frozen_clock")


def sample_of(session: WriteSession, barcode: str) -> Sample:
    return session.scalars(select(Sample).where(Sample.barcode == barcode)).one()


def test_a_plate_is_planned_with_volumes_controls_and_the_next_free_indexes(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project, strength) for strength in ("1", "56", "3.5")]

    sheet = make_worksheet(session, ada, [inputs[0].lower(), *inputs[1:]])

    assert (sheet.code[:3], sheet.state, sheet.obstacles) == ("LP-", WorksheetState.DRAFT, [])
    told = [(each.well, each.volume_ul, each.diluent_ul, each.flag) for each in sheet.wells[:3]]
    assert told == [
        ("A1", Decimal(20), Decimal(0), InputFlag.UNDER_TARGET),
        ("B1", Decimal("0.893"), Decimal("19.107"), InputFlag.ON_TARGET),
        ("C1", Decimal("14.286"), Decimal("5.714"), InputFlag.ON_TARGET),
    ]
    assert [each.index_name for each in sheet.wells] == ["U01", "U02", "U03", "U04"]
    assert (sheet.wells[3].kind, sheet.wells[3].diluent_ul) == (WellKind.NO_TEMPLATE, Decimal(20))
    assert (
        session.scalar(
            select(OutboxEvent.payload["act"].astext).where(OutboxEvent.aggregate_id == sheet.id)
        )
        == "plan"
    )


def test_the_next_plate_takes_the_kits_next_column_and_a_stopped_one_gives_its_back(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project, protocol = make_project(session, ada), make_protocol(session)
    first = make_worksheet(session, ada, [make_input(session, project)], protocol_id=protocol)
    second = make_worksheet(session, ada, [make_input(session, project)], protocol_id=protocol)

    worksheets.cancel_worksheet(session, ada, worksheet_id=first.id, reason="Spilled")
    third = make_worksheet(session, ada, [make_input(session, project)], protocol_id=protocol)

    names = [[each.index_name for each in sheet.wells] for sheet in (first, second, third)]
    assert names == [["U01", "U02"], ["U05", "U06"], ["U01", "U02"]]


def test_every_reason_against_every_sample_is_named_and_nothing_is_made(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    held = make_input(session, project)
    put_on_hold(session, sample_of(session, held))
    judge_by_hand(session, SampleId(sample_of(session, held).id), QcVerdict.FAIL)
    withdrawn = make_input(session, project)
    consent = Consent(
        reference="C-1",
        scope="Research",
        withdrawn_at=clock.utc_now(),
        withdrawal_reason="Asked",
        recorded_by=None,
    )
    session.add(consent)
    session.flush()
    sample_of(session, withdrawn).consent_id = consent.id
    wrong = make_input(session, project, material_type=MaterialType.CFDNA)
    hidden = make_input(session, make_project(session))

    with pytest.raises(WorksheetInput) as refused:
        make_worksheet(session, ada, [held, withdrawn, wrong, hidden, "NO-SUCH"])

    fields = refused.value.fields
    assert "is on hold: quarantine" in fields[held]
    assert "failed quality control" in fields[held]
    assert "C-1" in fields[withdrawn]
    assert "the protocol takes" in fields[wrong]
    assert "is not a sample of your projects" in fields[hidden]
    assert set(fields) == {held, withdrawn, wrong, hidden, "NO-SUCH"}


def test_a_sample_gives_one_library_of_a_plate_and_a_full_plate_takes_none(
    session: WriteSession,
) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    inputs = [make_input(session, project) for _ in range(2)]
    sheet = make_worksheet(session, ada, [inputs[0]], shape=PlateShape.STRIPS_24)

    with pytest.raises(WorksheetInput, check=says("is on the plate already")):
        worksheets.add_samples(session, ada, worksheet_id=sheet.id, codes=inputs)
    with pytest.raises(WorksheetInput, check=says("24 wells are needed and 22 are free")):
        worksheets.add_samples(
            session, ada, worksheet_id=sheet.id, codes=[f"X-{n}" for n in range(24)]
        )


def test_a_draft_takes_samples_and_controls_and_lets_go_of_wells(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    first, second = make_input(session, project), make_input(session, project)
    sheet = make_worksheet(session, ada, [first])

    worksheets.add_samples(session, ada, worksheet_id=sheet.id, codes=[second])
    worksheets.add_control(session, ada, worksheet_id=sheet.id, kind=WellKind.POSITIVE)
    worksheets.clear_wells(session, ada, worksheet_id=sheet.id, wells=["A01"])

    seen = worksheet_queries.get_worksheet(session, ada, sheet.code.lower())
    assert [(each.well, each.kind, each.index_name) for each in seen.wells] == [
        ("B1", WellKind.NO_TEMPLATE, "U02"),
        ("C1", WellKind.SAMPLE, "U03"),
        ("D1", WellKind.POSITIVE, "U04"),
    ]
    worksheets.choose_column(session, ada, worksheet_id=sheet.id, first_column=2)
    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert [each.index_name for each in seen.wells] == ["U05", "U06", "U07"]
    with pytest.raises(WorksheetInput, check=says("Z9 is no well of this plate")):
        worksheets.clear_wells(session, ada, worksheet_id=sheet.id, wells=["Z9"])


def test_more_libraries_than_pairs_are_refused(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)

    with pytest.raises(WorksheetInput, check=says("has 8 pairs and the plate needs 9")):
        make_worksheet(session, ada, [make_input(session, project) for _ in range(8)])


def test_starting_freezes_volumes_and_takes_reactions_from_the_lots(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    project, lot = make_project(session, ada), make_lot(session, kit="Enzyme")
    protocol = make_protocol(session, reagents=("enzyme",))
    sheet = make_worksheet(
        session, ada, [make_input(session, project, "5")], protocol_id=protocol, lot_ids=(lot,)
    )

    worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)

    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert (seen.state, seen.started_by_name) == (WorksheetState.STARTED, "Ada")
    assert seen.wells[0].volume_ul == Decimal(10)
    left = lot_of(session, lot)
    assert (left.reactions_left, left.opened_on) == (94, clock.utc_now().date())
    with pytest.raises(WorksheetRefused, match=r"is started\. Only a draft can be changed"):
        worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)
    with pytest.raises(WorksheetRefused, match="Only a draft can be changed"):
        worksheets.clear_wells(session, ada, worksheet_id=sheet.id, wells=["A1"])


def test_everything_that_stands_against_starting_is_said_at_once(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    project = make_project(session, ada)
    bare, thin = make_input(session, project, None), make_input(session, project, "3", volume_ul=5)
    protocol = make_protocol(session, reagents=("Enzyme",), positive_controls=1)
    lot = make_lot(session, lot="SMALL", reactions=4)
    sheet = make_worksheet(session, ada, [bare, thin], protocol_id=protocol, lot_ids=(lot,))
    put_on_hold(session, sample_of(session, thin))
    worksheets.clear_wells(session, ada, worksheet_id=sheet.id, wells=["C1"])
    lots_service.correct_reactions(session, EVERYBODY, lot_id=lot, left=1, reason="Counted")

    with pytest.raises(WorksheetRefused) as refused:
        worksheets.start_worksheet(session, ada, worksheet_id=sheet.id)

    said = refused.value.message
    for words in (
        f"{bare} has no concentration",
        f"{thin} is on hold: quarantine",
        f"{thin} holds 5 µL, and 16.667 µL are needed",
        "wants 1 × no-template control; 0 on the plate",
        "No lot of Enzyme is chosen",
        "1 reaction is left and 3 are needed",
    ):
        assert words in said
    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert seen.state is WorksheetState.DRAFT
    assert seen.obstacles == list(refused.value.reasons)


def test_a_worksheet_is_given_up_once_and_for_a_reason(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    sheet = make_worksheet(session, ada, [make_input(session, make_project(session, ada))])

    worksheets.cancel_worksheet(session, ada, worksheet_id=sheet.id, reason=" Spilled ")

    seen = worksheet_queries.get_worksheet(session, ada, sheet.code)
    assert (seen.state, seen.cancel_reason, seen.obstacles) == (
        WorksheetState.CANCELLED,
        "Spilled",
        [],
    )
    with pytest.raises(WorksheetRefused, match="is cancelled and cannot be given up"):
        worksheets.cancel_worksheet(session, ada, worksheet_id=sheet.id, reason="Again")


def test_only_a_published_protocol_is_prepared_by(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    draft = protocols.save_draft(session, EVERYBODY, protocol=protocol_in())

    with pytest.raises(ProtocolNotFound):
        make_worksheet(session, ada, [], protocol_id=ProtocolId(draft))


def test_a_plate_with_a_sample_of_another_project_is_not_there(session: WriteSession) -> None:
    ada, eve = make_person(session, *BENCH), make_person(session, *BENCH, name="Eve")
    mine = make_worksheet(session, ada, [make_input(session, make_project(session, ada))])

    assert mine.code not in [row.code for row in worksheet_queries.list_worksheets(session, eve)]
    for code in (mine.code, "LP-9999", "LP-", "LP-٣", "nonsense", "9" * 40):
        with pytest.raises(WorksheetNotFound):
            worksheet_queries.get_worksheet(session, eve, code)
    with pytest.raises(WorksheetNotFound):
        worksheets.start_worksheet(session, eve, worksheet_id=mine.id)


def test_who_may_not_prepare_plans_nothing(session: WriteSession) -> None:
    eve = make_person(session, Permission.SEQUENCING_VIEW)
    before = session.scalar(select(func.count()).select_from(LibraryWorksheet))

    with pytest.raises(PermissionDenied):
        make_worksheet(session, eve, [])

    assert session.scalar(select(func.count()).select_from(LibraryWorksheet)) == before


def test_a_sample_that_expired_is_named(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    barcode = make_input(session, make_project(session, ada))
    sample_of(session, barcode).expires_on = clock.utc_now().date() - timedelta(days=1)
    session.flush()

    with pytest.raises(WorksheetInput, check=says("It expired on")):
        make_worksheet(session, ada, [barcode])
