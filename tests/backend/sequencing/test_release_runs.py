"""Releasing a run: signed, kept, frozen; void as soon as its lanes change; and needed to start."""

import hashlib
from datetime import date

import pytest
from sqlalchemy import select

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.auth.views import Refused
from backend.core.errors import PermissionDenied
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.models import Project
from backend.sequencing import service
from backend.sequencing.errors import MoveRefused
from backend.sequencing.ids import RequestId, RequestState
from backend.sequencing.released import queries
from backend.sequencing.released import service as release_service
from backend.sequencing.released.errors import (
    LaneChangeRefused,
    PlanNotFound,
    ReleaseNotFound,
    ReleaseRefused,
    SheetDamaged,
)
from backend.sequencing.released.ids import CheckVerdict
from backend.sequencing.released.models import RunRelease
from backend.sequencing.released.schemas import MEANINGS, LaneMoveIn
from backend.sequencing.released.voiding import SIGNED_RELEASE
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.values import Dialect
from tests.backend.sequencing.release_scenes import move, planned, release, released, start
from tests.factories.people import make_user
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_libraries,
    make_library,
    make_person,
    make_project,
    pool_of,
    put_on_hold,
)
from tests.support.clock import FrozenClock

RIGHTS = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW, Permission.ACCOUNT_SELF)


@pytest.fixture
def theo(session: WriteSession) -> Principal:
    user = make_user(session, Role.TECHNICIAN, name="Theo Brandt")
    return Principal(
        user_id=user.id,
        name=user.name,
        permissions=frozenset(RIGHTS),
        origin=Origin.UI,
        request_id="test",
    )


@pytest.fixture
def project(session: WriteSession, theo: Principal) -> Project:
    return make_project(session, theo, code="HELIX-2")


def test_a_release_keeps_the_sheet_as_it_was_signed(
    session: WriteSession, theo: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    libraries = make_libraries(session, project, 4)
    code, _ = planned(session, theo, project, libraries)

    made = released(session, theo, code, flow_cell="22K7TLT4", meaning=MEANINGS[0])

    shown, content = queries.kept_sheet(session, theo, code, made.number)
    assert shown == made
    assert (made.number, made.dialect, made.stands) == (1, Dialect.ILLUMINA_V2, True)
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    sheet = examine(content).sheet
    assert sheet is not None
    assert {each.sample_id for each in sheet.samples} == {each.barcode for each in libraries}
    assert sheet.header_value("RunName") == code
    assert (made.released_by_name, made.released_at) == ("Theo Brandt", frozen_clock.now)
    [signature] = auth_service.signatures_of(session, entity=SIGNED_RELEASE, entity_id=made.id)
    assert signature.meaning == MEANINGS[0]
    types = session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.id)).all()
    assert types[-2:] == ["auth.record_signed", "sequencing.run_released"]


def test_a_wrong_password_releases_nothing(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))

    refused = release(session, theo, code, password="not it at all")

    assert isinstance(refused, Refused)
    assert queries.list_releases(session, theo, code) == []


def test_who_may_not_plan_releases_nothing(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))
    reader = make_person(session, Permission.SEQUENCING_VIEW)

    with pytest.raises(PermissionDenied):
        release(session, reader, code)


def test_a_run_with_a_failing_check_is_not_released(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    libraries = make_libraries(session, project, 4)
    code, _ = planned(session, theo, project, libraries)
    put_on_hold(session, libraries[0])

    with pytest.raises(ReleaseRefused, match="is on hold: quarantine"):
        release(session, theo, code)


def test_reagents_out_of_date_stand_in_the_way(
    session: WriteSession, theo: Principal, project: Project, frozen_clock: FrozenClock
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))
    old = date(frozen_clock.now.year - 1, 1, 1)

    with pytest.raises(ReleaseRefused, match="The reagents were good until"):
        release(session, theo, code, reagents_expire_on=old)


def test_a_sheet_with_an_error_is_not_released(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    # A barcode of another laboratory, with a space: no folder is named after it.
    libraries = [
        *make_libraries(session, project, 3),
        make_library(
            session,
            project,
            barcode="LIB 9",
            index_i7=INDEX_PAIRS[3][0],
            index_i5=INDEX_PAIRS[3][1],
        ),
    ]
    code, _ = planned(session, theo, project, libraries)

    with pytest.raises(ReleaseRefused, match="LIB 9"):
        release(session, theo, code)


def test_the_same_lanes_are_released_once(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))
    released(session, theo, code)

    with pytest.raises(ReleaseRefused, match="It is released as version 1"):
        release(session, theo, code)


def test_a_signature_says_what_it_means(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))

    with pytest.raises(ReleaseRefused, match="Choose what your signature means"):
        release(session, theo, code, meaning="Looks fine")


def test_an_older_sequencer_may_have_either_format(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(
        session,
        theo,
        project,
        make_libraries(session, project, 4),
        model="nextseq_500_high",
        run_prefix="NS",
        lanes=1,
    )

    usual = queries.draft_sheet(session, theo, code)
    made = released(session, theo, code, dialect=Dialect.ILLUMINA_V2)

    assert usual is not None
    assert (usual.dialect, made.dialect) == (Dialect.ILLUMINA_V1, Dialect.ILLUMINA_V2)


def test_moving_a_pool_voids_the_release_and_its_signature_by_name(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, [request] = planned(session, theo, project, make_libraries(session, project, 4))
    made = released(session, theo, code)

    move(session, theo, code, request)

    [seen] = queries.list_releases(session, theo, code)
    assert not seen.stands
    assert "was moved from lane 1 to lane 5" in seen.void_reason
    [signature] = auth_service.signatures_of(session, entity=SIGNED_RELEASE, entity_id=made.id)
    assert signature.voided_by_name == "Theo Brandt"
    _, content = queries.kept_sheet(session, theo, code, made.number)
    assert b"\n1,LIB-" in content, "what was signed stays as it was"


def test_a_second_release_is_another_version(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, [request] = planned(session, theo, project, make_libraries(session, project, 4))
    released(session, theo, code)
    move(session, theo, code, request)

    again = released(session, theo, code)

    seen = queries.list_releases(session, theo, code)
    assert [(each.number, each.stands) for each in seen] == [(2, True), (1, False)]
    assert again == seen[0]


def test_a_change_that_nobody_told_the_release_of_is_seen_all_the_same(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    libraries = make_libraries(session, project, 4)
    code, [request] = planned(session, theo, project, libraries)
    released(session, theo, code)
    project.code = "HELIX-3"
    session.flush()

    [seen] = queries.list_releases(session, theo, code)
    assert (seen.stands, seen.void_reason) == (False, queries.CHANGED)
    with pytest.raises(MoveRefused, match="has changed since its release"):
        start(session, theo, request)
    assert released(session, theo, code).number == 2


def test_a_run_does_not_start_without_a_release(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, [request] = planned(session, theo, project, make_libraries(session, project, 4))
    with pytest.raises(MoveRefused, match=f"{code} has no released sample sheet"):
        start(session, theo, request)

    released(session, theo, code)
    start(session, theo, request)

    assert request.state is RequestState.RUNNING
    [seen] = queries.list_releases(session, theo, code)
    assert seen.stands


def test_a_run_that_has_started_is_changed_no_more(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, [request] = planned(session, theo, project, make_libraries(session, project, 4))
    released(session, theo, code)
    start(session, theo, request)

    with pytest.raises(LaneChangeRefused, match="Lanes are changed before a run starts"):
        move(session, theo, code, request)
    with pytest.raises(ReleaseRefused, match="It is running, not planned"):
        release(session, theo, code)


def test_taking_a_pool_off_a_run_voids_its_release(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    libraries = make_libraries(session, project, 4)
    code, requests = planned(session, theo, project, libraries[:2], libraries[2:])
    released(session, theo, code)

    service.move_card(session, theo, request_id=RequestId(requests[0].id), to=RequestState.POOLED)

    [seen] = queries.list_releases(session, theo, code)
    assert (seen.stands, seen.void_reason) == (False, "A pool was taken off it.")


def test_a_move_that_makes_a_lane_collide_is_said_by_its_checks(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    i7, i5 = INDEX_PAIRS[0]
    twins = [[make_library(session, project, index_i7=i7, index_i5=i5)] for _ in range(2)]
    code, requests = planned(session, theo, project, *twins)

    wish = LaneMoveIn(pool_id=pool_of(session, requests[1]), from_lane=2, to_lane=1)
    plan = release_service.move_pool(session, theo, code=code, move=wish)

    assert plan.checks[0].verdict is CheckVerdict.FAIL
    assert "have the same index" in plan.checks[0].sentences[0]
    with pytest.raises(ReleaseRefused, match="have the same index"):
        release(session, theo, code)


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        ((1, 9), "there is no lane 9"),
        ((1, 1), "is on lane 1 already"),
        ((7, 2), "is not on that lane any more"),
    ],
)
def test_a_move_that_cannot_be_is_refused_with_its_sentence(
    session: WriteSession,
    theo: Principal,
    project: Project,
    lanes: tuple[int, int],
    words: str,
) -> None:
    code, [request] = planned(session, theo, project, make_libraries(session, project, 4))
    wish = LaneMoveIn(pool_id=pool_of(session, request), from_lane=lanes[0], to_lane=lanes[1])

    with pytest.raises(LaneChangeRefused, match=words):
        release_service.move_pool(session, theo, code=code, move=wish)


def test_a_run_with_anothers_libraries_is_not_there_for_who_may_not_see_them(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))
    made = released(session, theo, code)
    stranger = make_person(session, *RIGHTS, name="Ines")

    with pytest.raises(PlanNotFound):
        queries.get_plan(session, stranger, code)
    with pytest.raises(PlanNotFound):
        release(session, stranger, code)
    with pytest.raises(PlanNotFound):
        queries.kept_sheet(session, stranger, code, made.number)
    with pytest.raises(ReleaseNotFound):
        queries.kept_sheet(session, theo, code, 7)
    assert queries.list_plans(session, stranger) == []
    assert [each.code for each in queries.list_plans(session, theo)] == [code]


@pytest.mark.parametrize("code", ["NX-999999", "nonsense", "NX-", "'; DROP TABLE", "NX-0001\x00"])
def test_a_code_that_is_none_is_not_found(
    session: WriteSession, theo: Principal, code: str
) -> None:
    with pytest.raises(PlanNotFound):
        queries.get_plan(session, theo, code)


def test_bytes_that_are_not_those_that_were_signed_are_not_handed_out(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    code, _ = planned(session, theo, project, make_libraries(session, project, 4))
    made = released(session, theo, code)
    session.get_one(RunRelease, made.id).content = b"another"
    session.flush()

    with pytest.raises(SheetDamaged, match="does not match its checksum"):
        queries.kept_sheet(session, theo, code, made.number)
