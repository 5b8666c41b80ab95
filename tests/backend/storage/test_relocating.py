"""Consolidations and evacuations from the question to the answer: nothing moves unscanned."""

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import QcVerdict, SampleId
from backend.samples.models import Project, Sample
from backend.storage import relocation_queries, service
from backend.storage.errors import (
    PlanNotFound,
    PlanNotOpen,
)
from backend.storage.ids import NodeId, PickListId, PlanState, RelocationKind, UnitStatus
from backend.storage.models import StorageNode
from backend.storage.pick_models import PickLine
from tests.factories.relocations import evacuation, fill, freed
from tests.factories.storage import Freezer, make_freezer, make_tube, stand


@pytest.fixture
def freezer(session: WriteSession) -> Freezer:
    return make_freezer(session, boxes=3, rows=2, columns=3)


def test_asking_writes_the_plan_its_job_and_the_event(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 1)

    plan_id = service.request_consolidation(
        session, technician, unit_id=freezer.unit_id, boxes_to_free=1
    )

    plan = relocation_queries.get_relocation(session, technician, plan_id)
    assert (plan.state, plan.kind) == (PlanState.REQUESTED, RelocationKind.CONSOLIDATE)
    asked = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "storage.relocation_requested")
    ).one()
    assert asked.payload["unit_id"] == str(freezer.unit_id)


def test_an_empty_unit_an_absurd_number_and_a_strangers_box_are_refused(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    with pytest.raises(InvalidInput, match="nothing to move"):
        service.request_evacuation(session, technician, unit_id=freezer.unit_id)
    fill(session, project, freezer.box_id, 1)
    with pytest.raises(InvalidInput, match="number from 1"):
        service.request_consolidation(session, technician, unit_id=freezer.unit_id, boxes_to_free=0)
    with pytest.raises(InvalidInput, match="boxes of"):
        service.request_consolidation(
            session,
            technician,
            unit_id=freezer.unit_id,
            box_ids=[make_freezer(session).box_id],
        )


def test_planning_needs_its_permission(
    session: WriteSession, onlooker: Principal, freezer: Freezer
) -> None:
    with pytest.raises(PermissionDenied):
        service.request_consolidation(session, onlooker, unit_id=freezer.unit_id)
    with pytest.raises(PermissionDenied):
        service.request_evacuation(session, onlooker, unit_id=freezer.unit_id)


def test_a_plan_says_which_boxes_become_free_by_how_many_moves(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    for box_id, count in zip(freezer.box_ids, (4, 1, 3), strict=True):
        fill(session, project, box_id, count)

    plan = freed(session, technician, freezer, boxes_to_free=1)

    assert plan.summary is not None
    assert plan.summary.freed == (f"{freezer.label}/1/A/B-2",)
    assert (plan.objective_moves, plan.bound_moves, plan.summary.is_proved) == (1, 1, True)
    assert plan.moves[0].to_path == f"{freezer.label}/1/A/B-1"
    assert (plan.summary.doors, plan.summary.racks) == (1, 1)


def test_a_plan_empties_a_unit_into_others(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 2)
    other = make_freezer(session, rows=2, columns=3)

    plan = freed(session, technician, freezer, to_other_units=True)

    assert {move.to_path for move in plan.moves} == {f"{other.label}/1/A/B-1"}
    assert len(plan.moves) == 2


def test_a_box_with_a_promised_tube_is_not_freed(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    promised = fill(session, project, freezer.box_ids[0], 1)[0]
    fill(session, project, freezer.box_ids[1], 2)
    session.add(CustodyBlock(sample_id=promised, reason="It is offered to Ada."))
    session.flush()

    plan = freed(session, technician, freezer, boxes_to_free=1)

    assert plan.summary is not None
    assert plan.summary.freed == (f"{freezer.label}/1/A/B-2",)
    assert plan.summary.pinned_boxes == (f"{freezer.label}/1/A/B-1",)


def test_what_a_person_may_not_see_stays_and_shows_no_barcode(
    session: WriteSession, stranger: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 2)

    plan = evacuation(session, stranger, freezer)

    assert plan.moves == ()
    assert plan.summary is not None
    (left,) = plan.summary.stay
    assert (left.barcodes, left.hidden) == ((), 2)
    assert left.why == "Belongs to a project that you are not in."


def test_accepting_makes_a_pick_list_and_scanning_it_frees_the_box(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_ids[0], 3)
    tube = fill(session, project, freezer.box_ids[1], 1)[0]
    plan = freed(session, technician, freezer, boxes_to_free=1)

    accepted = service.accept_relocation(session, technician, plan_id=plan.id)

    assert (accepted.tubes, accepted.refused) == (1, {})
    line = session.scalars(select(PickLine)).one()
    assert (line.sample_id, line.to_box_id) == (tube, freezer.box_ids[0])
    assert session.get_one(StorageNode, freezer.box_ids[1]).used == 1
    list_id = PickListId(line.list_id)
    barcode = plan.moves[0].barcode
    service.pick(session, technician, list_id=list_id, barcode=barcode)
    service.pick(session, technician, list_id=list_id, barcode=plan.moves[0].to_path)
    session.expire_all()
    assert session.get_one(StorageNode, freezer.box_ids[1]).used == 0


def test_lines_that_have_become_impossible_are_refused_one_by_one(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_ids[0], 3)
    tubes = fill(session, project, freezer.box_ids[1], 3)
    plan = freed(session, technician, freezer, boxes_to_free=1)
    gone = plan.moves[0]
    assert gone.sample_id in tubes or gone.from_box_id == freezer.box_ids[0]
    assert gone.sample_id is not None
    service.take_out(session, technician, sample_id=gone.sample_id, reason="needed")
    target = plan.moves[1].to_position
    assert target is not None
    box_id = session.scalars(
        select(StorageNode.id).where(StorageNode.path == plan.moves[1].to_path)
    ).one()
    stand(session, make_tube(session, project), NodeId(box_id), target.row, target.column)

    accepted = service.accept_relocation(session, technician, plan_id=plan.id)

    assert accepted.tubes == 1
    assert accepted.refused == {
        1: f"{gone.barcode} was taken out meanwhile.",
        2: f"{target.label} of {plan.moves[1].to_path} has been filled meanwhile.",
    }
    after = relocation_queries.get_relocation(session, technician, plan.id)
    assert [move.outcome for move in after.moves][2] == "listed"


def test_chosen_lines_are_accepted_the_rest_is_declined_and_nothing_is_answered_twice(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 2)
    plan = freed(session, technician, freezer)

    service.accept_relocation(session, technician, plan_id=plan.id, steps=[2])

    after = relocation_queries.get_relocation(session, technician, plan.id)
    assert [move.outcome for move in after.moves] == ["declined", "listed"]
    with pytest.raises(PlanNotOpen):
        service.accept_relocation(session, technician, plan_id=plan.id)


def test_a_plan_may_be_put_aside_or_called_off_and_is_nobody_elses(
    session: WriteSession,
    technician: Principal,
    stranger: Principal,
    project: Project,
    freezer: Freezer,
) -> None:
    fill(session, project, freezer.box_id, 1)
    ready = freed(session, technician, freezer)
    asked = service.request_evacuation(session, technician, unit_id=freezer.unit_id)

    with pytest.raises(PlanNotFound):
        relocation_queries.get_relocation(session, stranger, ready.id)
    service.dismiss_relocation(session, technician, plan_id=ready.id, reason="not today")
    service.cancel_relocation(session, technician, plan_id=asked)

    plans = relocation_queries.list_relocations(session, technician, unit_id=freezer.unit_id)
    assert {plan.state for plan in plans} == {PlanState.DISMISSED, PlanState.CANCELLED}


def test_an_evacuation_goes_by_value_into_units_that_are_open_or_kept_as_backup(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    spoiled, copied, alone = fill(session, project, freezer.box_id, 3)
    for tube, facts in (
        (spoiled, {"qc_verdict": QcVerdict.FAIL}),
        (copied, {"family_id": copied}),
    ):
        set_facts(session, tube, facts)
    make_freezer(session, rows=2, columns=3, status=UnitStatus.DEFROSTING)
    backup = make_freezer(session, rows=2, columns=3, status=UnitStatus.BACKUP)
    copy = make_tube(session, project, family_id=copied)
    stand(session, copy, backup.box_id, 2, 3)

    plan = evacuation(session, technician, freezer)

    assert [move.sample_id for move in plan.moves] == [alone, copied, spoiled]
    assert {move.to_path for move in plan.moves} == {f"{backup.label}/1/A/B-1"}
    assert "1 tube of its family in other units" in plan.moves[1].reasons
    assert "QC failed" in plan.moves[2].reasons


def set_facts(session: WriteSession, sample_id: SampleId, facts: dict[str, object]) -> None:
    sample = session.get_one(Sample, sample_id)
    for name, value in facts.items():
        setattr(sample, name, value)
    session.flush()


def test_what_finds_no_place_is_listed_with_its_barcodes_and_the_rules(
    session: WriteSession, technician: Principal, project: Project, freezer: Freezer
) -> None:
    fill(session, project, freezer.box_id, 2)
    make_freezer(session, rows=2, columns=3, status=UnitStatus.RETIRED)

    plan = evacuation(session, technician, freezer)

    assert plan.moves == ()
    assert plan.summary is not None
    (left,) = plan.summary.stay
    assert (left.tubes, left.why) == (2, "No box may take it.")
    assert ("unit_closed", 1) in [(taken.rule, taken.boxes) for taken in left.filters]
