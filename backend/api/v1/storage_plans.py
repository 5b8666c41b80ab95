"""Placement plans: asked for, read, accepted, taken back, put aside, called off."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.samples.ids import MaterialType
from backend.storage import plan_queries, service
from backend.storage.ids import PlanId, PlanState
from backend.storage.views import PlannedPlacementView, PlanView
from backend.work.ids import JobState


class PlanIn(ApiInput):
    """For which samples; without any, for everything visible that stands nowhere."""

    barcodes: list[str] | None = Field(default=None, min_length=1, max_length=5_000)


class PlanLineOut(ApiOutput):
    """One line of a plan; ``outcome`` is null while nobody has answered."""

    step: int
    barcode: str
    material_type: MaterialType
    path: str
    position: str
    reasons: list[str]
    outcome: str | None


class FilterOut(ApiOutput):
    """What one hard rule took away."""

    rule: str
    boxes: int
    positions: int


class LeftOverOut(ApiOutput):
    """Alike samples without a place, and what each rule took away from them."""

    barcodes: list[str]
    material_type: str
    temperature_class: str
    boxes_allowed: int
    filters: list[FilterOut]


class ConsideredOut(ApiOutput):
    """What the hard rules left for one sort of sample, and what each of them took away."""

    material_type: str
    temperature_class: str
    samples: int
    boxes_allowed: int
    positions_allowed: int
    filters: list[FilterOut]


class WorthOut(ApiOutput):
    """How good the plan is: its seconds by cause beside those of first-fit, and the weights."""

    weights_s: dict[str, float]
    terms_s: dict[str, float]
    first_fit_terms_s: dict[str, float]
    bound_kind: str | None
    ended: str
    elapsed_s: float
    considered: list[ConsideredOut]


class AnswerOut(ApiOutput):
    """The last answer that a worker carried out, or is to; ``error`` says why it failed."""

    job_id: UUID
    job_state: JobState
    error: str | None


class PlanOut(ApiOutput):
    """A plan; seconds are handling effort, null until it is ready and where nothing is proven."""

    id: UUID
    job_id: UUID
    state: PlanState
    created_at: datetime
    ready_at: datetime | None
    objective_s: float | None
    first_fit_s: float | None
    bound_s: float | None
    gap_fraction: float | None
    answer: AnswerOut | None
    worth: WorthOut | None
    lines: list[PlanLineOut]
    left_over: list[LeftOverOut]


class AcceptIn(ApiInput):
    """The steps to do; without any, all of them."""

    steps: list[int] | None = Field(default=None, min_length=1)


class AnswerAskedOut(ApiOutput):
    """The job of a worker: follow /api/v1/jobs/{job_id}, then look at the plan's lines.

    While it runs its ``progress_note`` says how many of how many samples are done; until it is done
    no sample has moved, and a job that fails leaves the plan as it was.
    """

    plan_id: UUID
    job_id: UUID


class DismissIn(ApiInput):
    """Why the plan is put aside."""

    reason: str = Field(min_length=1, max_length=300)


def ask_plan(call: Call) -> object:
    """Ask for a placement plan; its job makes it."""
    sent = call.sent(PlanIn)
    with writing() as session:

        def ask() -> PlanOut:
            keys = (
                None
                if sent.barcodes is None
                else samples_queries.sample_ids_of(session, call.caller, sent.barcodes)
            )
            plan_id = service.request_plan(session, call.caller, sample_ids=keys)
            return _plan(plan_queries.get_plan(session, call.caller, plan_id))

        return once(session, call, ask)


def get_plan(call: Call) -> PlanOut:
    """Return a plan with its lines."""
    with reading() as session:
        return _plan(plan_queries.get_plan(session, call.caller, _plan_id(call)))


def accept(call: Call) -> object:
    """Ask a worker to place the samples; lines that have become impossible are refused alone."""
    steps = call.sent(AcceptIn).steps
    plan_id = _plan_id(call)
    with writing() as session:

        def ask() -> AnswerAskedOut:
            job_id = service.request_acceptance(session, call.caller, plan_id=plan_id, steps=steps)
            return AnswerAskedOut(plan_id=plan_id, job_id=job_id)

        return once(session, call, ask)


def undo(call: Call) -> object:
    """Ask a worker to take the samples of a plan out again, within ten minutes of acceptance."""
    plan_id = _plan_id(call)
    with writing() as session:

        def ask() -> AnswerAskedOut:
            job_id = service.request_taking_back(session, call.caller, plan_id=plan_id)
            return AnswerAskedOut(plan_id=plan_id, job_id=job_id)

        return once(session, call, ask)


def dismiss(call: Call) -> object:
    """Put a ready plan aside; nothing moves."""
    reason = call.sent(DismissIn).reason
    with writing() as session:
        service.dismiss_plan(session, call.caller, plan_id=_plan_id(call), reason=reason)
    return Answer(status=204)


def cancel(call: Call) -> object:
    """Call off a plan that is still being made."""
    with writing() as session:
        service.cancel_plan(session, call.caller, plan_id=_plan_id(call))
    return Answer(status=204)


def _plan_id(call: Call) -> PlanId:
    return PlanId(call.key("plan_id"))


def _plan(view: PlanView) -> PlanOut:
    left_over = view.summary.left_over if view.summary else ()
    return PlanOut(
        id=view.id,
        job_id=view.job_id,
        state=view.state,
        created_at=view.created_at,
        ready_at=view.ready_at,
        objective_s=view.objective_s,
        first_fit_s=view.first_fit_s,
        bound_s=view.bound_s,
        gap_fraction=view.gap_fraction,
        answer=AnswerOut.model_validate(view.answer) if view.answer else None,
        worth=WorthOut.model_validate(view.summary) if view.summary else None,
        lines=[_line(line) for line in view.placements],
        left_over=[LeftOverOut.model_validate(left) for left in left_over],
    )


def _line(line: PlannedPlacementView) -> PlanLineOut:
    return PlanLineOut(
        step=line.step,
        barcode=line.barcode,
        material_type=line.material_type,
        path=line.path,
        position=line.position.label,
        reasons=list(line.reasons),
        outcome=line.outcome,
    )


_TAG = "Storage"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/plans",
        handler=ask_plan,
        access=Permission.STORAGE_PLAN,
        summary="Ask where samples could go; follow the job",
        tag=_TAG,
        body=PlanIn,
        answer=PlanOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/storage/plans/{plan_id}",
        handler=get_plan,
        access=Permission.STORAGE_VIEW,
        summary="A plan with its lines, reasons, bound and what it leaves",
        tag=_TAG,
        answer=PlanOut,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/plans/{plan_id}/accept",
        handler=accept,
        access=Permission.STORAGE_PLACE,
        summary="Have a worker place what the plan says: all lines, or the chosen ones",
        tag=_TAG,
        body=AcceptIn,
        answer=AnswerAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/plans/{plan_id}/undo",
        handler=undo,
        access=Permission.STORAGE_PLACE,
        summary="Have a worker take the samples that an accepted plan placed out again",
        tag=_TAG,
        answer=AnswerAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/plans/{plan_id}/dismiss",
        handler=dismiss,
        access=Permission.STORAGE_PLAN,
        summary="Put a ready plan aside",
        tag=_TAG,
        body=DismissIn,
        answer=None,
        status=204,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/plans/{plan_id}/cancel",
        handler=cancel,
        access=Permission.STORAGE_PLAN,
        summary="Call off a plan that is still being made",
        tag=_TAG,
        answer=None,
        status=204,
    ),
)
