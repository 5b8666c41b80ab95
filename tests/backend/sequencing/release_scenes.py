"""Planning, releasing and starting runs, for the tests of releases."""

from typing import Any

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project, Sample
from backend.sequencing import run_plans, service
from backend.sequencing.ids import RequestId, RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.released import service as release_service
from backend.sequencing.released.schemas import LaneMoveIn, ReleaseIn
from backend.sequencing.released.views import ReleaseView
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.people import PASSWORD
from tests.factories.sequencing import (
    make_instrument,
    make_request,
    pool_of,
    slot,
)


def planned(
    session: WriteSession,
    theo: Principal,
    project: Project,
    *lanes: list[Sample],
    hours: int = 0,
    **instrument: Any,
) -> tuple[str, list[SequencingRequest]]:
    """Plan a run with a pool on each lane, from lane 1; return its code and its requests."""
    requests = [
        make_request(session, project, libraries, state=RequestState.POOLED) for libraries in lanes
    ]
    start, end = slot(hours, 24)
    plan = RunPlanIn(
        instrument_id=make_instrument(session, **instrument).id,
        start_at=start,
        end_at=end,
        lanes=[
            LaneIn(pool_id=pool_of(session, request), lane=lane)
            for lane, request in enumerate(requests, start=1)
        ],
    )
    return run_plans.plan_run(session, theo, plan=plan).run_code, requests


def release(
    session: WriteSession,
    theo: Principal,
    code: str,
    *,
    password: str = PASSWORD,
    **said: Any,
) -> Any:
    return release_service.release_run(
        session, theo, code=code, said=ReleaseIn(**said), password=password
    )


def released(session: WriteSession, theo: Principal, code: str, **said: Any) -> ReleaseView:
    made = release(session, theo, code, **said)
    assert isinstance(made, ReleaseView)
    return made


def start(session: WriteSession, theo: Principal, request: SequencingRequest) -> None:
    service.move_card(session, theo, request_id=RequestId(request.id), to=RequestState.RUNNING)


def move(session: WriteSession, theo: Principal, code: str, request: SequencingRequest) -> None:
    wish = LaneMoveIn(pool_id=pool_of(session, request), from_lane=1, to_lane=5)
    release_service.move_pool(session, theo, code=code, move=wish)
