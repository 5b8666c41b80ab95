"""Plans that free boxes or empty a unit: asked for, read, accepted, put aside."""

from backend.api.idempotency import once
from backend.api.paging import page_of
from backend.api.routing import Answer, Call, Route
from backend.api.v1.relocation_schemas import (
    LONGEST_CODE,
    AcceptedOut,
    AcceptIn,
    CarriedOut,
    CarryIn,
    ConsolidateIn,
    DeclineIn,
    EvacuateIn,
    MoveOut,
    RefusedOut,
    RelocationOut,
    RelocationsOut,
    RelocationsQuery,
    RelocationWithMovesOut,
)
from backend.api.v1.units import unit_of
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.storage import pick_queries, queries, relocation_queries, service
from backend.storage.ids import (
    NodeId,
    PickListId,
    RelocationPlanId,
)
from backend.storage.place_kinds import HOLDERS
from backend.storage.relocation_views import RelocationMoveView, RelocationPlanView


def consolidate(call: Call) -> object:
    """Ask how boxes of a unit can be freed; a job makes the plan."""
    sent = call.sent(ConsolidateIn)
    with writing() as session:

        def ask() -> RelocationOut:
            unit = unit_of(session, call.caller, sent.unit)
            plan_id = service.request_consolidation(
                session,
                call.caller,
                unit_id=NodeId(unit.id),
                boxes_to_free=sent.boxes_to_free,
                box_ids=[_box(session, call.caller, code) for code in sent.boxes],
                to_other_units=sent.to_other_units,
            )
            return _plan(relocation_queries.get_relocation(session, call.caller, plan_id))

        return once(session, call, ask)


def evacuate(call: Call) -> object:
    """Ask where the contents of a unit could go; a job makes the plan."""
    sent = call.sent(EvacuateIn)
    with writing() as session:

        def ask() -> RelocationOut:
            unit = unit_of(session, call.caller, sent.unit)
            plan_id = service.request_evacuation(session, call.caller, unit_id=NodeId(unit.id))
            return _plan(relocation_queries.get_relocation(session, call.caller, plan_id))

        return once(session, call, ask)


def list_relocations(call: Call) -> RelocationsOut:
    """Return a page of the plans, without their moves."""
    asked = call.asked(RelocationsQuery)
    with reading() as session:
        unit = None if asked.unit is None else unit_of(session, call.caller, asked.unit)
        found = relocation_queries.list_relocations(
            session,
            call.caller,
            unit_id=None if unit is None else NodeId(unit.id),
            before=asked.before,
            limit=asked.limit + 1,
        )
    shown, following = page_of(found, asked.limit, lambda plan: (plan.created_at, plan.id))
    return RelocationsOut(items=[_plan(each) for each in shown], next_cursor=following)


def get_relocation(call: Call) -> RelocationWithMovesOut:
    """Return a plan with its moves."""
    with reading() as session:
        found = relocation_queries.get_relocation(session, call.caller, _key(call))
    return RelocationWithMovesOut(plan=_plan(found), moves=[_move(each) for each in found.moves])


def accept(call: Call) -> object:
    """Make the pick list of a plan; what has become impossible is refused by itself."""
    steps = call.sent(AcceptIn).steps
    with writing() as session:

        def do() -> AcceptedOut:
            done = service.accept_relocation(session, call.caller, plan_id=_key(call), steps=steps)
            listed = done.pick_list_id
            return AcceptedOut(
                picks=None
                if listed is None
                else pick_queries.get_list(session, call.caller, PickListId(listed)).label,
                tubes=done.tubes,
                boxes=done.boxes,
                refused=[
                    RefusedOut(step=step, reason=reason) for step, reason in done.refused.items()
                ],
            )

        return once(session, call, do)


def decline(call: Call) -> object:
    """Put a ready plan aside; nothing moves."""
    reason = call.sent(DeclineIn).reason
    with writing() as session:
        service.dismiss_relocation(session, call.caller, plan_id=_key(call), reason=reason)
    return Answer(status=204)


def cancel(call: Call) -> object:
    """Call off a plan that is still being made."""
    with writing() as session:
        service.cancel_relocation(session, call.caller, plan_id=_key(call))
    return Answer(status=204)


def carry(call: Call) -> object:
    """Move a scanned box into the rack that an accepted plan names."""
    sent = call.sent(CarryIn)
    with writing() as session:

        def do() -> CarriedOut:
            said = service.carry_box(
                session, call.caller, plan_id=_key(call), code=sent.barcode, rack_code=sent.rack
            )
            return CarriedOut(sentence=said)

        return once(session, call, do)


def _key(call: Call) -> RelocationPlanId:
    return RelocationPlanId(call.key("plan_id"))


def _box(session: ReadSession, caller: Principal, code: str) -> NodeId:
    node = queries.find_node(session, caller, code[:LONGEST_CODE])
    if node is None or node.kind not in HOLDERS:
        sentence = f"There is no box “{code[:60]}”. Give its path or its barcode."
        raise InvalidInput(sentence, fields={"boxes": sentence})
    return NodeId(node.id)


def _plan(plan: RelocationPlanView) -> RelocationOut:
    return RelocationOut.model_validate(plan)


def _move(move: RelocationMoveView) -> MoveOut:
    return MoveOut(
        step=move.step,
        is_box=move.is_box,
        barcode=move.barcode,
        material_type=move.material_type,
        from_path=move.from_path,
        from_position=move.from_position.label if move.from_position else None,
        to_path=move.to_path,
        to_position=move.to_position.label if move.to_position else None,
        tubes=move.tubes,
        reasons=list(move.reasons),
        outcome=move.outcome,
    )


_TAG = "Relocation"
_VIEW, _PLAN, _PLACE = (
    Permission.STORAGE_VIEW,
    Permission.STORAGE_PLAN,
    Permission.STORAGE_PLACE,
)
_ALL = "/api/v1/storage/relocations"
_ONE = f"{_ALL}/{{plan_id}}"
ROUTES = (
    Route(
        method="POST",
        path=f"{_ALL}/consolidations",
        handler=consolidate,
        access=_PLAN,
        summary="Ask how boxes of a unit can be freed with the fewest moves; follow the job",
        tag=_TAG,
        body=ConsolidateIn,
        answer=RelocationOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ALL}/evacuations",
        handler=evacuate,
        access=_PLAN,
        summary="Ask where the contents of a unit could go, what is worth most first",
        tag=_TAG,
        body=EvacuateIn,
        answer=RelocationOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_ALL,
        handler=list_relocations,
        access=_VIEW,
        summary="Plans that free boxes or empty units, the newest first",
        tag=_TAG,
        query=RelocationsQuery,
        answer=RelocationsOut,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_relocation,
        access=_VIEW,
        summary="A plan with its moves, its bound and what stays where it is",
        tag=_TAG,
        answer=RelocationWithMovesOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/accept",
        handler=accept,
        access=_PLACE,
        summary="Make the pick list of a plan: of all its moves, or of the chosen ones",
        tag=_TAG,
        body=AcceptIn,
        answer=AcceptedOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/decline",
        handler=decline,
        access=_PLAN,
        summary="Put a ready plan aside; nothing moves",
        tag=_TAG,
        body=DeclineIn,
        answer=None,
        status=204,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/cancel",
        handler=cancel,
        access=_PLAN,
        summary="Call off a plan that is still being made",
        tag=_TAG,
        answer=None,
        status=204,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/boxes",
        handler=carry,
        access=_PLACE,
        summary="Say that a box of an accepted plan stands in its new rack now",
        tag=_TAG,
        body=CarryIn,
        answer=CarriedOut,
        status=201,
        once=True,
    ),
)
