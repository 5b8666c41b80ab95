"""Steps in storage: placing, moving, taking out, taking back; placement plans and their answer."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route
from backend.api.v1.storage import StayOut, StaysOut, stay_out
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.samples import queries as samples_queries
from backend.samples.ids import MaterialType
from backend.storage import box_queries, plan_queries, queries, service
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, PlacementId, PlacementSource, PlanId, PlanState
from backend.storage.rules import Position, parse_position
from backend.storage.views import BoxView, PlannedPlacementView, PlanView


class UndoneOut(ApiOutput):
    """Where the sample stands after the step was taken back; null when nowhere."""

    stands: StayOut | None


class PlaceIn(ApiInput):
    """A sample, a box, and the position in it; without one the first free position."""

    barcode: str = Field(min_length=1, max_length=64)
    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    position: str | None = Field(default=None, max_length=8, description="D7, for example.")


class MoveIn(ApiInput):
    """Samples for one box: from the position on, or from the first free one, in this order."""

    barcodes: list[str] = Field(min_length=1, max_length=384)
    box: str = Field(min_length=1, max_length=300, description="Path or barcode of the box.")
    position: str | None = Field(default=None, max_length=8, description="D7, for example.")


class TakeOutIn(ApiInput):
    """A sample and why it leaves its position."""

    barcode: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=300)


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
    lines: list[PlanLineOut]
    left_over: list[LeftOverOut]


class AcceptIn(ApiInput):
    """The steps to do; without any, all of them."""

    steps: list[int] | None = Field(default=None, min_length=1)


class LineOutcomeOut(ApiOutput):
    """What became of a line; ``refused`` is a sentence, null when the sample was placed."""

    sample_id: UUID
    barcode: str
    refused: str | None


class AcceptedOut(ApiOutput):
    """What became of every line that was to be done."""

    items: list[LineOutcomeOut]


class DismissIn(ApiInput):
    """Why the plan is put aside."""

    reason: str = Field(min_length=1, max_length=300)


def place(call: Call) -> object:
    """Put a sample that stands nowhere into a position."""
    sent = call.sent(PlaceIn)
    with writing() as session:

        def put() -> StayOut:
            box, spot = _goal(session, call.caller, sent.box, sent.position)
            stay = service.place_sample(
                session,
                call.caller,
                sample_id=samples_queries.sample_id_of(session, call.caller, sent.barcode),
                box_id=box.id,
                row=spot.row if spot else None,
                column=spot.column if spot else None,
                source=PlacementSource.API,
            )
            return stay_out(stay)

        return once(session, call, put)


def move(call: Call) -> object:
    """Move samples into a box: all of them, or none."""
    sent = call.sent(MoveIn)
    with writing() as session:

        def carry() -> StaysOut:
            box, spot = _goal(session, call.caller, sent.box, sent.position)
            stays = service.move_samples(
                session,
                call.caller,
                sample_ids=[
                    samples_queries.sample_id_of(session, call.caller, barcode)
                    for barcode in sent.barcodes
                ],
                box_id=box.id,
                row=spot.row if spot else None,
                column=spot.column if spot else None,
                source=PlacementSource.API,
            )
            return StaysOut(items=[stay_out(stay) for stay in stays])

        return once(session, call, carry)


def take_out(call: Call) -> object:
    """Take a sample out of its position."""
    sent = call.sent(TakeOutIn)
    with writing() as session:

        def take() -> StayOut:
            key = samples_queries.sample_id_of(session, call.caller, sent.barcode)
            stay = service.take_out(session, call.caller, sample_id=key, reason=sent.reason)
            return stay_out(stay)

        return once(session, call, take)


def undo(call: Call) -> object:
    """Take back the step that opened or closed a stay, within ten minutes."""
    with writing() as session:

        def back() -> UndoneOut:
            key = PlacementId(call.key("placement_id"))
            stay = service.undo_placement(session, call.caller, placement_id=key)
            return UndoneOut(stands=stay_out(stay) if stay else None)

        return once(session, call, back)


def ask_plan(call: Call) -> object:
    """Ask for a placement plan; its job makes it."""
    sent = call.sent(PlanIn)
    with writing() as session:

        def ask() -> PlanOut:
            keys = (
                None
                if sent.barcodes is None
                else [
                    samples_queries.sample_id_of(session, call.caller, barcode)
                    for barcode in sent.barcodes
                ]
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

        def do() -> AcceptedOut:
            outcomes = service.accept_plan(
                session, call.caller, plan_id=_plan_id(call), steps=steps
            )
            return AcceptedOut(items=[LineOutcomeOut.model_validate(each) for each in outcomes])

        return once(session, call, do)


def dismiss(call: Call) -> object:
    """Put a ready plan aside; nothing moves."""
    reason = call.sent(DismissIn).reason
    with writing() as session:
        service.dismiss_plan(session, call.caller, plan_id=_plan_id(call), reason=reason)
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


def _goal(
    session: ReadSession, caller: Principal, code: str, position: str | None
) -> tuple[BoxView, Position | None]:
    node = queries.find_node(session, caller, code)
    if node is None:
        raise NodeNotFound(f"There is no box “{code}”. Give its path or its barcode.")
    box = box_queries.get_box(session, caller, NodeId(node.id))
    if position is None:
        return box, None
    spot = parse_position(position, box.shape)
    if spot is None:
        size = f"{box.shape.rows} × {box.shape.columns}"
        raise InvalidInput(
            f"{box.path} is {size} and has no position {position}.",
            fields={"position": "Give a position of the box, such as A1."},
        )
    return box, spot


_TAG = "Storage"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/placements",
        handler=place,
        access=Permission.STORAGE_PLACE,
        summary="Put a sample that stands nowhere into a box",
        tag=_TAG,
        body=PlaceIn,
        answer=StayOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/placements/{placement_id}/undo",
        handler=undo,
        access=Permission.STORAGE_PLACE,
        summary="Take the step back that opened or closed a stay",
        tag=_TAG,
        answer=UndoneOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/moves",
        handler=move,
        access=Permission.STORAGE_PLACE,
        summary="Move samples into a box, all or none",
        tag=_TAG,
        body=MoveIn,
        answer=StaysOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/take-outs",
        handler=take_out,
        access=Permission.STORAGE_PLACE,
        summary="Take a sample out of its position, with the reason",
        tag=_TAG,
        body=TakeOutIn,
        answer=StayOut,
        status=201,
        once=True,
    ),
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
        answer=AcceptedOut,
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
)
