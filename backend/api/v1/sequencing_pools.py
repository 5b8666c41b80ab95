"""Pools of libraries: draft, calculate, mix."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from backend.api.idempotency import once
from backend.api.paging import PageQuery
from backend.api.routing import ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.ids import PoolingMode, PoolState
from backend.sequencing.pooling import queries, service
from backend.sequencing.pooling.schemas import (
    CancelIn,
    PoolChangeIn,
    PoolIn,
    PoolReadyIn,
)


class PoolsQuery(PageQuery):
    """Which pools: those of one state, or all."""

    state: PoolState | None = None


class PoolRowOut(ApiOutput):
    """A pool in the list; ``is_mixed`` once it has a tube."""

    id: UUID
    code: str
    name: str
    state: PoolState
    is_mixed: bool
    mode: PoolingMode
    project_codes: tuple[str, ...]
    libraries: int
    reads_millions: Decimal
    created_by_name: str
    created_at: datetime


class PoolsOut(ApiOutput):
    """The newest pools first."""

    items: list[PoolRowOut]
    next_cursor: str | None


class LineOut(ApiOutput):
    """What is pipetted of a tube: µL, nM, shares 0–1; ``dilution`` 1 is undiluted."""

    share: Decimal
    exact_ul: Decimal
    volume_ul: Decimal
    drawn_ul: Decimal
    dilution: int
    achieved_share: Decimal
    share_error: Decimal


class AmountOut(ApiOutput):
    """What a tube brings into the pool; ``ng`` is null where its mean length is not known."""

    fmol: Decimal
    ng: Decimal | None
    molecules: Decimal


class PartOut(ApiOutput):
    """A tube that goes into a pool; ``line`` is null while something is missing."""

    barcode: str
    name: str
    request_codes: tuple[str, ...]
    project_codes: tuple[str, ...]
    libraries: int
    pool_code: str | None
    reads_millions: Decimal
    molarity_nm: Decimal | None
    told: str
    available_ul: Decimal | None
    line: LineOut | None
    amount: AmountOut | None


class FindingOut(ApiOutput):
    """What is wrong or doubtful; with ``is_error`` the pool cannot be made."""

    sentence: str
    name: str
    is_error: bool


class RecipeOut(ApiOutput):
    """What a pool is filled up with, µL, and its molarity, nM."""

    buffer_ul: Decimal
    phix_ul: Decimal
    most_nm: Decimal
    achieved_nm: Decimal


class PoolOut(ApiOutput):
    """A pool with its recipe, which is null while something is missing."""

    id: UUID
    code: str
    name: str
    state: PoolState
    tube: str | None
    mode: PoolingMode
    target_nm: Decimal
    target_ul: Decimal
    phix_percent: Decimal
    parts: tuple[PartOut, ...]
    recipe: RecipeOut | None
    findings: tuple[FindingOut, ...]
    project_codes: tuple[str, ...]
    runs: tuple[str, ...]
    created_by_name: str
    created_at: datetime
    version: int


def list_pools(call: Call) -> PoolsOut:
    """Return the pools of the caller's projects."""
    asked = call.asked(PoolsQuery)
    with reading() as session:
        page = queries.list_pools(
            session, call.caller, state=asked.state, cursor=asked.cursor, limit=asked.limit
        )
    return PoolsOut(
        items=[PoolRowOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


def get_pool(call: Call) -> PoolOut:
    """Return one pool."""
    with reading() as session:
        return PoolOut.model_validate(queries.get_pool(session, call.caller, call.path["code"]))


def draft_pool(call: Call) -> object:
    """Draft a pool."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: PoolOut.model_validate(
                service.draft_pool(session, call.caller, pool=call.sent(PoolIn))
            ),
        )


def change_pool(call: Call) -> PoolOut:
    """Change what a pool shall be."""
    with writing() as session:
        changed = service.change_pool(
            session, call.caller, code=call.path["code"], change=call.sent(PoolChangeIn)
        )
        return PoolOut.model_validate(changed)


def make_pool(call: Call) -> object:
    """Mix a pool into a tube."""
    with writing() as session:
        return once(
            session,
            call,
            lambda: PoolOut.model_validate(
                service.make_pool(
                    session, call.caller, code=call.path["code"], ready=call.sent(PoolReadyIn)
                )
            ),
        )


def cancel_pool(call: Call) -> PoolOut:
    """Cancel a pool."""
    with writing() as session:
        cancelled = service.cancel_pool(
            session, call.caller, code=call.path["code"], cancel=call.sent(CancelIn)
        )
        return PoolOut.model_validate(cancelled)


_TAG = "Sequencing"
_ALL = "/api/v1/sequencing/pools"
_ONE = f"{_ALL}/{{code}}"
ROUTES = (
    Route(
        method="GET",
        path=_ALL,
        handler=list_pools,
        access=Permission.SEQUENCING_VIEW,
        summary="Pools of one's projects, the newest first",
        tag=_TAG,
        query=PoolsQuery,
        answer=PoolsOut,
    ),
    Route(
        method="POST",
        path=_ALL,
        handler=draft_pool,
        access=Permission.SEQUENCING_PREPARE,
        summary="Draft a pool of libraries, whole requests and mixed pools",
        tag=_TAG,
        body=PoolIn,
        answer=PoolOut,
        status=201,
        once=True,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_pool,
        access=Permission.SEQUENCING_VIEW,
        summary="One pool with its recipe and what stands against it",
        tag=_TAG,
        answer=PoolOut,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=change_pool,
        access=Permission.SEQUENCING_PREPARE,
        summary="Change mode, target, pipetting, dilutions or reads; the recipe follows",
        tag=_TAG,
        body=PoolChangeIn,
        answer=PoolOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/ready",
        handler=make_pool,
        access=Permission.SEQUENCING_PREPARE,
        summary="Mix a pool: draws each tube's volume and makes the pool's tube, or does nothing",
        tag=_TAG,
        body=PoolReadyIn,
        answer=PoolOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/cancel",
        handler=cancel_pool,
        access=Permission.SEQUENCING_PREPARE,
        summary="Cancel a pool that stands on no run",
        tag=_TAG,
        body=CancelIn,
        answer=PoolOut,
    ),
)
