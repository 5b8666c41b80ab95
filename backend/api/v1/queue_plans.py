"""Plans of the sequencing queue: asked for, read, accepted, put aside; and pins."""

from datetime import date, datetime
from uuid import UUID

from pydantic import AwareDatetime, Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.queue_plans import queries, service, words
from backend.sequencing.queue_plans.asking import LONGEST_S, USUAL_LIMIT_S
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.views import (
    PlannedLibrary,
    PlanRun,
    PlanSettings,
    QueuePlanView,
)

_MOST_REQUESTS = 1_000
_MOST_RUNS = 500


class QueuePlanIn(ApiInput):
    """What is to be planned: chosen requests, or without them everything that waits."""

    requests: list[UUID] | None = Field(default=None, min_length=1, max_length=_MOST_REQUESTS)
    begins_at: AwareDatetime | None = None
    limit_s: float = Field(default=USUAL_LIMIT_S, ge=1, le=LONGEST_S)


class AcceptQueuePlanIn(ApiInput):
    """The runs to book; without them all of the plan."""

    runs: list[UUID] | None = Field(default=None, min_length=1, max_length=_MOST_RUNS)


class DismissQueuePlanIn(ApiInput):
    """Why the plan is put aside."""

    reason: str = Field(default="", max_length=300)


class PlannedLibraryOut(ApiOutput):
    """A library of a plan; ``left_out`` are the reasons why no lane takes it."""

    barcode: str
    request_code: str
    project_code: str
    reads_millions: float
    read_length: int
    due_on: date
    is_pinned: bool
    late_days: float
    left_out: list[str]


class PlanLaneOut(ApiOutput):
    """A lane with its libraries."""

    lane: int
    reads_millions: float
    usable_reads_millions: float
    aboard_millions: float
    libraries: list[PlannedLibraryOut]


class PlanRunOut(ApiOutput):
    """A run of a plan; ``run_code`` once it is booked."""

    id: UUID
    instrument: str
    flow_cell: str = Field(description="What it is loaded with.")
    sizes: list[str] = Field(description="Why no other size: what each other would bring.")
    start_at: datetime
    end_at: datetime
    run_code: str
    is_top_up: bool = Field(description="It was booked before; libraries come onto its lanes.")
    lanes: list[PlanLaneOut]


class QueuePlanOut(ApiOutput):
    """A plan; costs are in days that one library is late, ``gap`` is null without a bound."""

    id: UUID
    job_id: UUID
    state: QueuePlanState
    asked_by_name: str
    created_at: datetime
    begins_at: datetime
    objective: float | None
    greedy_objective: float | None
    bound: float | None
    gap: float | None
    proven: str
    seconds: float | None
    made_at: datetime | None
    problem_digest: str


class RunTakesOut(ApiOutput):
    """How long runs of an instrument with a flow cell were planned, hours, and who says so.

    ``dearness`` is how many times as dear a run is as with the instrument's first flow cell.
    """

    instrument: str
    flow_cell: str
    hours: float
    source: str
    dearness: float
    dear_by: str


class PlanSettingsOut(ApiOutput):
    """By what a plan was made; ``version`` null is by the usual settings."""

    version: int | None
    content: dict[str, object] = Field(description="Fields of queue-planning reference data.")
    runs: list[RunTakesOut]


class WholeQueuePlanOut(ApiOutput):
    """A plan with its runs, what was left out, pins that could not be kept, and its settings."""

    plan: QueuePlanOut
    settings: PlanSettingsOut | None
    runs: list[PlanRunOut]
    left_out: list[PlannedLibraryOut]
    unkept_pins: list[str]


class QueuePlansOut(ApiOutput):
    """The newest first."""

    items: list[QueuePlanOut]


class QueuePlanAcceptedOut(ApiOutput):
    """Runs booked, runs booked before that libraries came onto, and how many were not chosen."""

    runs: list[str]
    topped_up: list[str]
    declined: int


def ask(call: Call) -> object:
    """Ask for a plan; a job makes it."""
    sent = call.sent(QueuePlanIn)
    with writing() as session:

        def do() -> QueuePlanOut:
            plan_id = service.ask_plan(
                session,
                call.caller,
                request_ids=sent.requests,
                begins_at=sent.begins_at,
                limit_s=sent.limit_s,
            )
            return _plan(queries.get_plan(session, call.caller, plan_id))

        return once(session, call, do)


def list_plans(call: Call) -> QueuePlansOut:
    """Return the latest plans without their runs."""
    with reading() as session:
        found = queries.list_plans(session, call.caller)
    return QueuePlansOut(items=[_plan(each) for each in found])


def get_plan(call: Call) -> WholeQueuePlanOut:
    """Return a plan with its runs."""
    with reading() as session:
        found = queries.get_plan(session, call.caller, _key(call))
    return WholeQueuePlanOut(
        plan=_plan(found),
        settings=_settings(found.settings) if found.settings else None,
        runs=[_run(each) for each in found.runs],
        left_out=[_library(each) for each in found.left_out],
        unkept_pins=list(found.unkept),
    )


def accept(call: Call) -> object:
    """Make the pools of a plan and book its runs, or the chosen ones."""
    runs = call.sent(AcceptQueuePlanIn).runs
    with writing() as session:

        def do() -> QueuePlanAcceptedOut:
            done = service.accept_plan(session, call.caller, plan_id=_key(call), run_ids=runs)
            return QueuePlanAcceptedOut(
                runs=list(done.runs), topped_up=list(done.topped_up), declined=done.declined
            )

        return once(session, call, do)


def dismiss(call: Call) -> object:
    """Put a plan aside, ready or in the making; nothing is booked."""
    reason = call.sent(DismissQueuePlanIn).reason
    with writing() as session:
        service.dismiss_plan(session, call.caller, plan_id=_key(call), reason=reason)
    return Answer(status=204)


def _key(call: Call) -> QueuePlanId:
    return QueuePlanId(call.key("plan_id"))


def _plan(plan: QueuePlanView) -> QueuePlanOut:
    said = "" if plan.objective is None else words.proven(plan.objective, plan.bound)
    return QueuePlanOut(
        id=plan.id,
        job_id=plan.job_id,
        state=plan.state,
        asked_by_name=plan.asked_by_name,
        created_at=plan.created_at,
        begins_at=plan.begins_at,
        objective=plan.objective,
        greedy_objective=plan.greedy_objective,
        bound=plan.bound,
        gap=plan.gap,
        proven=said,
        seconds=plan.seconds,
        made_at=plan.made_at,
        problem_digest=plan.problem_digest,
    )


def _settings(settings: PlanSettings) -> PlanSettingsOut:
    return PlanSettingsOut(
        version=settings.number,
        content=settings.content.model_dump(mode="json"),
        runs=[RunTakesOut.model_validate(each) for each in settings.runs],
    )


def _run(run: PlanRun) -> PlanRunOut:
    return PlanRunOut(
        id=run.id,
        instrument=run.instrument,
        flow_cell=run.flow_cell,
        sizes=list(run.sizes),
        start_at=run.start_at,
        end_at=run.end_at,
        run_code=run.run_code,
        is_top_up=run.is_top_up,
        lanes=[
            PlanLaneOut(
                lane=lane.lane,
                reads_millions=float(lane.reads_millions),
                usable_reads_millions=lane.usable_reads_millions,
                aboard_millions=lane.aboard_millions,
                libraries=[_library(each) for each in lane.libraries],
            )
            for lane in run.lanes
        ],
    )


def _library(library: PlannedLibrary) -> PlannedLibraryOut:
    return PlannedLibraryOut(
        barcode=library.barcode,
        request_code=library.request_code,
        project_code=library.project_code,
        reads_millions=float(library.reads_millions),
        read_length=library.read_length,
        due_on=library.due_on,
        is_pinned=library.is_pinned,
        late_days=library.late_days,
        left_out=list(library.left_out),
    )


_TAG = "Sequencing"
_PLAN = Permission.SEQUENCING_PLAN
_ALL = "/api/v1/sequencing/queue-plans"
_ONE = f"{_ALL}/{{plan_id}}"
ROUTES = (
    Route(
        method="POST",
        path=_ALL,
        handler=ask,
        access=_PLAN,
        summary="Ask for a plan of the queue with a proven bound; follow the job",
        tag=_TAG,
        body=QueuePlanIn,
        answer=QueuePlanOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_ALL,
        handler=list_plans,
        access=_PLAN,
        summary="The latest plans of the queue, without their runs",
        tag=_TAG,
        answer=QueuePlansOut,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_plan,
        access=_PLAN,
        summary="A plan with its runs and lanes, its bound, and why libraries were left out",
        tag=_TAG,
        answer=WholeQueuePlanOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/accept",
        handler=accept,
        access=_PLAN,
        summary="Make the pools of a plan and book its runs, all or the chosen ones",
        tag=_TAG,
        body=AcceptQueuePlanIn,
        answer=QueuePlanAcceptedOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/dismiss",
        handler=dismiss,
        access=_PLAN,
        summary="Put a plan aside, ready or in the making; nothing is booked",
        tag=_TAG,
        body=DismissQueuePlanIn,
        answer=None,
        status=204,
    ),
)
