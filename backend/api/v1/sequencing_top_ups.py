"""Libraries put into and taken out of a draft pool, and top-ups that a person decides on."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.api.v1.sequencing_pools import PoolOut
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.pooling import service, topping_up
from backend.sequencing.pooling.ids import TopUpId, TopUpState
from backend.sequencing.pooling.schemas import AimIn, MembersIn, TopUpIn
from backend.sequencing.pooling.top_up import Advice


class TopUpAsk(ApiInput):
    """Reads that the libraries got; without them those of the pool's confirmed runs count."""

    given: TopUpIn | None = None
    aim: AimIn = AimIn()


class DecisionIn(ApiInput):
    """Why; a rejection needs it."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class TopUpLineOut(ApiOutput):
    """What is proposed for a library; ``need`` in millions of reads, ``share`` 0–1."""

    name: str
    advice: Advice
    need: Decimal
    factor: Decimal = Field(description="next volume over the last, 0.2 to 5; 0 for no top-up")
    share: Decimal
    is_clamped: bool
    sentence: str


class TopUpOut(ApiOutput):
    """A proposal; nothing is pooled before somebody approves it."""

    id: UUID
    pool_code: str
    state: TopUpState
    source: str
    runs: int
    times_mean: Decimal | None
    lines: tuple[TopUpLineOut, ...]
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    made_code: str | None


class TopUpsOut(ApiOutput):
    """The newest proposals of a pool first."""

    items: list[TopUpOut]


def change_members(call: Call) -> PoolOut:
    """Put libraries into a draft or take them out."""
    with writing() as session:
        changed = service.change_members(
            session, call.caller, code=call.path["code"], change=call.sent(MembersIn)
        )
        return PoolOut.model_validate(changed)


def list_top_ups(call: Call) -> TopUpsOut:
    """Return a pool's proposals."""
    with reading() as session:
        found = topping_up.top_ups_of(session, call.caller, call.path["code"])
    return TopUpsOut(items=[TopUpOut.model_validate(each) for each in found])


def propose_top_up(call: Call) -> TopUpOut:
    """Compare what a pool's libraries got with what was wanted."""
    asked = call.sent(TopUpAsk)
    with writing() as session:
        made = service.propose_top_up(
            session, call.caller, code=call.path["code"], given=asked.given, aim=asked.aim
        )
        return TopUpOut.model_validate(made)


def approve_top_up(call: Call) -> object:
    """Make a draft of what a proposal says."""
    key, why = TopUpId(call.key("top_up_id")), call.sent(DecisionIn).reason
    with writing() as session:
        return once(
            session,
            call,
            lambda: PoolOut.model_validate(
                service.approve_top_up(session, call.caller, top_up_id=key, reason=why)
            ),
        )


def reject_top_up(call: Call) -> TopUpOut:
    """Say that nothing comes of a proposal."""
    key, why = TopUpId(call.key("top_up_id")), call.sent(DecisionIn).reason
    with writing() as session:
        rejected = service.reject_top_up(session, call.caller, top_up_id=key, reason=why)
        return TopUpOut.model_validate(rejected)


_TAG = "Sequencing"
_POOL = "/api/v1/sequencing/pools/{code}"
_TOP_UP = "/api/v1/sequencing/top-ups/{top_up_id}"
ROUTES = (
    Route(
        method="POST",
        path=f"{_POOL}/members",
        handler=change_members,
        access=Permission.SEQUENCING_PREPARE,
        summary="Put libraries or whole requests into a draft pool, or take libraries out",
        tag=_TAG,
        body=MembersIn,
        answer=PoolOut,
    ),
    Route(
        method="GET",
        path=f"{_POOL}/top-ups",
        handler=list_top_ups,
        access=Permission.SEQUENCING_VIEW,
        summary="Top-ups that were proposed for a pool, the newest first",
        tag=_TAG,
        answer=TopUpsOut,
    ),
    Route(
        method="POST",
        path=f"{_POOL}/top-ups",
        handler=propose_top_up,
        access=Permission.SEQUENCING_PREPARE,
        summary="Propose a top-up from measured yields; asked again with the same, it is the same",
        tag=_TAG,
        body=TopUpAsk,
        answer=TopUpOut,
    ),
    Route(
        method="POST",
        path=f"{_TOP_UP}/approve",
        handler=approve_top_up,
        access=Permission.SEQUENCING_PLAN,
        summary="Approve a top-up: a draft pool of the libraries that need more",
        tag=_TAG,
        body=DecisionIn,
        answer=PoolOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_TOP_UP}/reject",
        handler=reject_top_up,
        access=Permission.SEQUENCING_PLAN,
        summary="Reject a top-up, for a reason",
        tag=_TAG,
        body=DecisionIn,
        answer=TopUpOut,
    ),
)
