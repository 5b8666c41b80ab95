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
    worth: WorthOut | None
    lines: list[PlanLineOut]
    left_over: list[LeftOverOut]


class AcceptIn(ApiInput):
    """The steps to do; without any, all of them."""

    steps: list[int] | None = Field(default=None, min_length=1)


class LineOutcomeOut(ApiOutput):
    """What became of a line; ``refused`` is a sentence, null when it was done."""

    sample_id: UUID
    barcode: str
    refused: str | None


class OutcomesOut(ApiOutput):
    """What became of every line that was to be done."""

    items: list[LineOutcomeOut]


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
    """Place the samples of a plan; lines that have become impossible are refused on their own."""
    steps = call.sent(AcceptIn).steps
    with writing() as session:

        def do() -> OutcomesOut:
            outcomes = service.accept_plan(
                session, call.caller, plan_id=_plan_id(call), steps=steps
            )
            return OutcomesOut(items=[LineOutcomeOut.model_validate(each) for each in outcomes])

        return once(session, call, do)


def undo(call: Call) -> object:
    """Take the samples of a plan out again, within ten minutes of its acceptance."""
    with writing() as session:

        def back() -> OutcomesOut:
            outcomes = service.undo_acceptance(session, call.caller, plan_id=_plan_id(call))
            return OutcomesOut(items=[LineOutcomeOut.model_validate(each) for each in outcomes])

        return once(session, call, back)


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
        summary="Place what the plan says: all lines, or the chosen ones",
        tag=_TAG,
        body=AcceptIn,
        answer=OutcomesOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/plans/{plan_id}/undo",
        handler=undo,
        access=Permission.STORAGE_PLACE,
        summary="Take the samples that an accepted plan placed out again",
        tag=_TAG,
        answer=OutcomesOut,
        status=201,
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
