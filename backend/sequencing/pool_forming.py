"""Forming pools of a request's libraries, and taking them apart again."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing.codes import pool_code, request_code
from backend.sequencing.errors import MoveRefused
from backend.sequencing.events import PoolDissolved, PoolFormed
from backend.sequencing.ids import PoolState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.reference import queries as reference_queries

_HUNDREDTH = Decimal("0.01")


def pool_rest(session: WriteSession, principal: Principal, request: SequencingRequest) -> None:
    """Put the libraries of a request that are in no ready pool yet into one of their own."""
    ready = (
        select(PoolMember.sample_id)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(PoolMember.request_id == RequestSample.request_id)
        .where(PoolMember.sample_id == RequestSample.sample_id)
        .where(LibraryPool.state == PoolState.READY)
    )
    left = session.scalars(
        select(RequestSample.sample_id)
        .where(RequestSample.request_id == request.id)
        .where(~exists(ready.correlate(RequestSample)))
        .order_by(RequestSample.place)
    ).all()
    if left:
        form(session, principal, request=request, libraries=left)


def form(
    session: WriteSession,
    principal: Principal,
    *,
    request: SequencingRequest,
    libraries: Sequence[UUID],
) -> LibraryPool:
    """Form a ready pool of libraries of one request, each with the reads asked for it."""
    return form_of(session, principal, libraries=[(request, each) for each in libraries])


def form_of(
    session: WriteSession,
    principal: Principal,
    *,
    libraries: Sequence[tuple[SequencingRequest, UUID]],
) -> LibraryPool:
    """Form a ready pool of libraries, each with its request and the reads asked for it there."""
    pool = LibraryPool(
        state=PoolState.READY,
        created_by=principal.user_id,
        created_by_name=principal.name,
        phix_percent=usual_phix_percent(session),
    )
    session.add(pool)
    session.flush()
    session.add_all(
        PoolMember(
            pool_id=pool.id,
            request_id=request.id,
            sample_id=sample_id,
            place=place,
            reads_millions=request.reads_millions,
        )
        for place, (request, sample_id) in enumerate(libraries, start=1)
    )
    formed = PoolFormed(aggregate_id=pool.id, code=pool_code(pool.number), libraries=len(libraries))
    events_service.record(session, principal, formed)
    return pool


def usual_phix_percent(session: Session) -> Decimal:
    """Return the laboratory's share of PhiX, for a pool of which nobody says another."""
    share = reference_queries.pooling(session).phix_percent
    return share.quantize(_HUNDREDTH, ROUND_DOWN)


def unpool(session: WriteSession, principal: Principal, request: SequencingRequest) -> None:
    """Take a request's libraries out of their pools; a pool without any is cancelled.

    Raises:
        MoveRefused: a pool's tube is made; what is mixed cannot be taken apart.
    """
    pools = session.scalars(
        select(LibraryPool)
        .where(LibraryPool.state != PoolState.CANCELLED)
        .where(
            LibraryPool.id.in_(
                select(PoolMember.pool_id).where(PoolMember.request_id == request.id)
            )
        )
        .order_by(LibraryPool.id)
        .with_for_update()
    ).all()
    mixed = [pool_code(each.number) for each in pools if each.sample_id is not None]
    if mixed:
        raise MoveRefused(
            request_code(request.number),
            [f"{code} is mixed in a tube. Cancel the pool first." for code in mixed],
        )
    keys = [each.id for each in pools]
    session.execute(
        delete(PoolMember).where(PoolMember.pool_id.in_(keys), PoolMember.request_id == request.id)
    )
    for pool in pools:
        pool.version += 1
        others = session.scalar(
            select(func.count()).select_from(PoolMember).where(PoolMember.pool_id == pool.id)
        )
        if not others:
            pool.state = PoolState.CANCELLED
            dissolved = PoolDissolved(aggregate_id=pool.id, code=pool_code(pool.number))
            events_service.record(session, principal, dissolved)
