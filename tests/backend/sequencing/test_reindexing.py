"""A colliding lane is re-indexed where nothing is prepared yet, and an operator confirms lanes."""

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import OutboxEvent
from backend.samples.models import Project, Sample
from backend.sequencing.errors import MoveRefused
from backend.sequencing.ids import RequestId, RequestState, RunState
from backend.sequencing.models import RequestSample
from backend.sequencing.released import loading_check, queries, reindexing
from backend.sequencing.released.errors import LaneChangeRefused, PlanNotFound
from backend.sequencing.released.facts import Check
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.schemas import ReindexedIn, ReindexIn
from backend.sequencing.service import move_card
from tests.factories.colliding_lanes import TWIN, keep_kit, lane_of, planned_only
from tests.factories.sequencing import (
    make_library,
    make_person,
    make_project,
    make_request,
)

MAY = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_CONFIGURE,
)


@pytest.fixture
def theo(session: WriteSession) -> Principal:
    return make_person(session, *MAY, name="Theo Brandt")


@pytest.fixture
def project(session: WriteSession, theo: Principal) -> Project:
    return make_project(session, theo)


@pytest.fixture(autouse=True)
def _kit(session: WriteSession, theo: Principal) -> None:
    keep_kit(session, theo)


def prepared(session: WriteSession, project: Project, **fields: object) -> Sample:
    return make_library(session, project, index_i7=TWIN[0], index_i5=TWIN[1], **fields)


def wish(
    session: WriteSession, theo: Principal, code: str, *, reason: str = "Both had UDP1"
) -> ReindexIn:
    proposed = reindexing.get_repair(ReadSession(session), theo, code, 1)
    return ReindexIn(
        lane=1,
        swaps=[
            ReindexedIn(barcode=each.barcode, index_i7=each.index.i7, index_i5=each.index.i5)
            for each in proposed.swaps
        ],
        reason=reason,
    )


def test_the_smallest_change_takes_what_is_not_prepared_and_a_free_pair_of_the_kit(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    made, planned = prepared(session, project), planned_only(session, project)
    code, _ = lane_of(session, project, made, planned)

    found = reindexing.get_repair(ReadSession(session), theo, code, 1)

    (swap,) = found.swaps
    assert (swap.barcode, swap.is_prepared) == (planned.barcode, False)
    assert (found.kit, swap.before) == ("UD five", "+".join(TWIN))
    assert swap.index.name != "UDP1"
    assert found.open_swaps == [swap]


def test_a_confirmed_change_is_written_to_the_request_with_its_reason(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    made, planned = prepared(session, project), planned_only(session, project)
    code, request = lane_of(session, project, made, planned)
    confirmed = wish(session, theo, code)

    plan = reindexing.reindex(session, theo, code=code, wish=confirmed)

    row = session.get_one(RequestSample, (request.id, planned.id))
    assert (row.index_i7, row.index_i5) == (
        confirmed.swaps[0].index_i7,
        confirmed.swaps[0].index_i5,
    )
    (collisions,) = [each for each in plan.checks if each.kind is CheckKind.COLLISIONS]
    assert collisions.verdict is not CheckVerdict.FAIL
    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "sequencing.library_reindexed")
    ).one()
    assert event.aggregate_id == request.id
    assert event.payload["barcode"] == planned.barcode


def test_a_prepared_library_keeps_its_pair_and_is_to_be_made_anew(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    source = planned_only(session, project)
    libraries = [prepared(session, project, parent_id=source.id) for _ in range(2)]
    code, request = lane_of(session, project, *libraries)

    (swap,) = reindexing.get_repair(ReadSession(session), theo, code, 1).swaps

    assert (swap.is_prepared, swap.source) == (True, source.barcode)
    with pytest.raises(LaneChangeRefused, match=r"is prepared with .* Prepare it anew with UDP"):
        reindexing.reindex(session, theo, code=code, wish=wish(session, theo, code))
    rows = session.scalars(select(RequestSample).where(RequestSample.request_id == request.id))
    assert {(row.index_i7, row.index_i5) for row in rows} == {TWIN}


def test_another_change_than_the_proposed_one_is_refused(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    planned = [planned_only(session, project) for _ in range(2)]
    code, _ = lane_of(session, project, *planned)
    other = ReindexIn(
        lane=1,
        swaps=[ReindexedIn(barcode=planned[1].barcode, index_i7="ACGTACGT", index_i5="ACGTACGT")],
        reason="I like these",
    )

    with pytest.raises(LaneChangeRefused, match="Another change of lane 1 is proposed by now"):
        reindexing.reindex(session, theo, code=code, wish=other)


def test_a_run_that_has_started_is_not_reindexed(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, *(planned_only(session, project) for _ in range(2)))
    confirmed = wish(session, theo, code)
    queries.find_run(session, theo, code).state = RunState.RUNNING
    session.flush()

    with pytest.raises(LaneChangeRefused, match="before a run starts"):
        reindexing.reindex(session, theo, code=code, wish=confirmed)


def test_a_lane_in_order_has_nothing_to_change_and_says_so(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, planned_only(session, project))

    found = reindexing.get_repair(ReadSession(session), theo, code, 1)

    assert (found.swaps, found.why_not) == ([], "Nothing on lane 1 collides.")


def test_more_libraries_than_the_kit_has_pairs_are_told_to_go_elsewhere(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, *(planned_only(session, project) for _ in range(6)))

    found = reindexing.get_repair(ReadSession(session), theo, code, 1)

    assert found.swaps == []
    assert "Put one of the pools on another lane" in found.why_not


def test_reindexing_needs_the_permission_and_the_project(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, *(planned_only(session, project) for _ in range(2)))
    confirmed = wish(session, theo, code)

    with pytest.raises(PermissionDenied):
        reindexing.reindex(
            session, make_person(session, Permission.SEQUENCING_VIEW), code=code, wish=confirmed
        )
    with pytest.raises(PlanNotFound):
        reindexing.reindex(session, make_person(session, *MAY), code=code, wish=confirmed)


def test_the_board_names_the_change_that_would_tell_two_apart(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    request = make_request(session, project, [prepared(session, project) for _ in range(2)])

    with pytest.raises(MoveRefused, match=r"Give LIB-\d+ UDP\d instead.*indexes of UD five"):
        move_card(session, theo, request_id=RequestId(request.id), to=RequestState.POOLED)


def operator_of(plan_checks: list[Check]) -> Check:
    return next(each for each in plan_checks if each.kind is CheckKind.OPERATOR)


def test_an_operator_confirms_the_lanes_until_they_change(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, *(planned_only(session, project) for _ in range(2)))
    plan = queries.get_plan(ReadSession(session), theo, code)
    assert operator_of(list(plan.checks)).verdict is CheckVerdict.UNKNOWN

    seen = loading_check.confirm_loading(session, theo, code=code, lanes_sha256=plan.lanes_sha256)
    again = loading_check.confirm_loading(session, theo, code=code, lanes_sha256=plan.lanes_sha256)

    for each in (seen, again):
        check = operator_of(list(each.checks))
        assert (check.verdict, check.title) == (CheckVerdict.PASS, "Operator Theo Brandt")
    events = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "sequencing.loading_confirmed")
    ).all()
    assert len(events) == 1

    changed = reindexing.reindex(session, theo, code=code, wish=wish(session, theo, code))

    assert operator_of(list(changed.checks)).title == "Operator: lanes have changed"
    with pytest.raises(LaneChangeRefused, match="have changed since you opened them"):
        loading_check.confirm_loading(session, theo, code=code, lanes_sha256=plan.lanes_sha256)


def test_who_planned_a_run_is_warned_to_let_another_look(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, planned_only(session, project))
    queries.find_run(session, theo, code).created_by = theo.user_id
    session.flush()
    plan = queries.get_plan(ReadSession(session), theo, code)

    seen = loading_check.confirm_loading(session, theo, code=code, lanes_sha256=plan.lanes_sha256)

    check = operator_of(list(seen.checks))
    assert check.verdict is CheckVerdict.WARNING
    assert check.sentences == ("Theo Brandt planned the run, too. A second person sees more.",)


def test_confirming_needs_the_permission_and_a_run_that_is_planned(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = lane_of(session, project, planned_only(session, project))
    digest = queries.get_plan(ReadSession(session), theo, code).lanes_sha256

    with pytest.raises(PermissionDenied):
        loading_check.confirm_loading(
            session,
            make_person(session, Permission.SEQUENCING_VIEW),
            code=code,
            lanes_sha256=digest,
        )
    queries.find_run(session, theo, code).state = RunState.RUNNING
    session.flush()
    with pytest.raises(LaneChangeRefused, match="before a run starts"):
        loading_check.confirm_loading(session, theo, code=code, lanes_sha256=digest)


def test_indexes_of_no_kit_are_said_to_be_so(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, request = lane_of(session, project, *(planned_only(session, project) for _ in range(2)))
    for row in session.scalars(select(RequestSample).where(RequestSample.request_id == request.id)):
        row.index_i7, row.index_i5 = "ACACACAC", "GTGTGTGT"
    session.flush()

    found = reindexing.get_repair(ReadSession(session), theo, code, 1)

    assert (found.kit, found.swaps) == ("", [])
    assert "are of no kit among the reference data" in found.why_not
