"""Top-ups: proposed from yields, decided by a person, and only then a new draft."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.sequencing import pool_queries
from backend.sequencing.codes import pool_code
from backend.sequencing.errors import PoolNotFound
from backend.sequencing.ids import PoolingMode
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.pooling import choosing, drafting, queries
from backend.sequencing.pooling.errors import PoolClosed, TopUpNotFound, YieldsRefused
from backend.sequencing.pooling.events import TopUpDecided, TopUpProposed
from backend.sequencing.pooling.ids import TopUpId, TopUpState
from backend.sequencing.pooling.models import PoolTopUp
from backend.sequencing.pooling.run_yields import yields_of_runs
from backend.sequencing.pooling.schemas import AimIn, PoolIn, TopUpIn
from backend.sequencing.pooling.settings import Settings, settings_of
from backend.sequencing.pooling.top_up import (
    Advice,
    TopUp,
    Yielded,
    run_average_target,
    top_up,
)
from backend.sequencing.pooling.views import PoolView, TopUpView

_SHOWN = 20
_STEP = Decimal("0.001")


def propose_top_up(
    session: WriteSession,
    principal: Principal,
    *,
    code: str,
    given: TopUpIn | None = None,
    aim: AimIn | None = None,
) -> TopUpView:
    """Compare what a pool's libraries got with what was wanted, and keep it for a person to decide.

    Without ``given`` the reads are those of the pool's confirmed runs; without ``aim`` what was
    asked for is wanted, and in one more run. A proposal that is still
    undecided is replaced, unless it says the same. Nothing is pooled, requested or loaded.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
        PoolClosed: it has not been on a run.
        YieldsRefused: libraries that are not in it, named twice or not at all, or no confirmed
            run that tells reads.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    pool = drafting.lock_pool(session, principal, code)
    return _propose(session, principal, pool, given, aim or AimIn())


def open_for_library(
    session: WriteSession, principal: Principal, *, run_id: UUID, sample_id: UUID
) -> list[str]:
    """Propose a top-up of each pool that a library was in on a run; return the pools' codes.

    The reads are those of confirmed runs, of all libraries of the pool; the proposal that another
    library of the same pool has opened is joined.

    Raises:
        Conflict: a pool with libraries of projects that are not the principal's.
        YieldsRefused: the run tells no reads of some library of the pool.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    numbers = session.scalars(
        select(LibraryPool.number)
        .join(RunLoad, RunLoad.pool_id == LibraryPool.id)
        .join(PoolMember, PoolMember.pool_id == LibraryPool.id)
        .where(RunLoad.run_id == run_id, PoolMember.sample_id == sample_id)
        .group_by(LibraryPool.number)
        .order_by(LibraryPool.number)
    ).all()
    codes = [pool_code(number) for number in numbers]
    for code in codes:
        try:
            pool = drafting.lock_pool(session, principal, code)
        except PoolNotFound as error:
            raise Conflict(
                "The library's pool has libraries of projects that are not yours. Ask somebody "
                "who sees them all to accept this."
            ) from error
        _propose(session, principal, pool, None, AimIn())
    return codes


def approve_top_up(
    session: WriteSession, principal: Principal, *, top_up_id: TopUpId, reason: str = ""
) -> PoolView:
    """Make a draft pool of the libraries that need more, each by what it still needs.

    A library that yielded less than its share is corrected for it: its weight is its need over
    its yield.

    Raises:
        TopUpNotFound: no such proposal, or not visible to the principal.
        PoolClosed: it is decided already, or no library needs more.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    proposal, pool = _lock(session, principal, top_up_id)
    lines = {line.name: line for line in _lines(proposal) if line.advice is Advice.TOP_UP}
    if not lines:
        raise PoolClosed("No library needs more reads. Reject the proposal.")
    loaded = {each.name: each.loaded for each in map(_read, proposal.yields)}
    members = [
        choosing.Chosen(
            each.request_id,
            each.sample_id,
            each.barcode,
            max(lines[each.barcode].need.quantize(_STEP), _STEP),
        )
        for each in choosing.members_of(session, pool.id)
        if each.barcode in lines
    ]
    # Weight is reads times correction, and shall be what was loaded times the factor.
    corrections = {
        each.barcode: (
            loaded[each.barcode] * lines[each.barcode].factor / each.reads_millions
        ).quantize(Decimal("0.000001"))
        for each in members
    }
    made = drafting.insert_draft(
        session,
        principal,
        members,
        settings=Settings(
            corrections=corrections,
            pipetted_by=settings_of(pool.recipe).pipetted_by,
            strand=settings_of(pool.recipe).strand,
        ),
        pool=PoolIn(
            name=f"Top-up of {pool_code(pool.number)}",
            mode=PoolingMode.BY_READS,
            phix_percent=pool.phix_percent,
        ),
    )
    _decide(session, principal, proposal, pool, state=TopUpState.APPROVED, reason=reason, made=made)
    return queries.view_of(session, made)


def reject_top_up(
    session: WriteSession, principal: Principal, *, top_up_id: TopUpId, reason: str
) -> TopUpView:
    """Say that nothing comes of a proposal. Same errors as `approve_top_up`."""
    principal.require(Permission.SEQUENCING_PLAN)
    proposal, pool = _lock(session, principal, top_up_id)
    _decide(session, principal, proposal, pool, state=TopUpState.REJECTED, reason=reason, made=None)
    return _view(session, proposal)


def top_ups_of(session: ReadSession, principal: Principal, code: str) -> list[TopUpView]:
    """Return a pool's proposals, the newest first.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    pool = queries.find_pool(session, principal, code)
    rows = session.scalars(
        select(PoolTopUp)
        .where(PoolTopUp.pool_id == pool.id)
        .order_by(PoolTopUp.proposed_at.desc(), PoolTopUp.id.desc())
        .limit(_SHOWN)
    )
    return [_view(session, row) for row in rows]


def _propose(
    session: WriteSession,
    principal: Principal,
    pool: LibraryPool,
    given: TopUpIn | None,
    aim: AimIn,
) -> TopUpView:
    view = queries.view_of(session, pool)
    if not view.runs:
        raise PoolClosed(f"{view.code} has not been on a run, so there is nothing to top up.")
    members = choosing.members_of(session, pool.id)
    told = given or yields_of_runs(session, pool.id, members)
    if told is None:
        raise YieldsRefused(
            f"No confirmed run tells reads of {view.code}. Confirm its run, or drop a table of the "
            "reads."
        )
    yields = [_written(each) for each in _aimed(_yields(view, told, members), aim)]
    pending = session.scalars(
        select(PoolTopUp).where(PoolTopUp.pool_id == pool.id, PoolTopUp.state == TopUpState.PENDING)
    ).one_or_none()
    if pending is not None:
        before = (pending.source, pending.yields, pending.runs, pending.times_mean)
        if before == (told.source, yields, aim.runs, aim.times_mean):
            return _view(session, pending)
        session.delete(pending)
        session.flush()
    proposal = PoolTopUp(
        pool_id=pool.id,
        yields=yields,
        source=told.source,
        runs=aim.runs,
        times_mean=aim.times_mean,
        proposed_by=principal.user_id,
        proposed_by_name=principal.name,
    )
    session.add(proposal)
    session.flush()
    proposed = TopUpProposed(
        aggregate_id=proposal.id,
        pool=view.code,
        libraries=sum(line.advice is Advice.TOP_UP for line in _lines(proposal)),
    )
    new = {
        "pool": view.code,
        "source": told.source,
        "yields": yields,
        "runs": aim.runs,
        "times_mean": None if aim.times_mean is None else str(aim.times_mean),
    }
    events_service.record(session, principal, proposed, new=new)
    return _view(session, proposal)


def _lock(
    session: WriteSession, principal: Principal, key: TopUpId
) -> tuple[PoolTopUp, LibraryPool]:
    visible = pool_queries.visible_pools(principal).with_only_columns(LibraryPool.id)
    proposal = session.scalars(
        select(PoolTopUp)
        .where(PoolTopUp.id == key, PoolTopUp.pool_id.in_(visible))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if proposal is None:
        raise TopUpNotFound
    if proposal.state is not TopUpState.PENDING:
        raise PoolClosed(
            f"{proposal.decided_by_name} has {proposal.state.value} this top-up already."
        )
    return proposal, session.get_one(LibraryPool, proposal.pool_id)


def _decide(
    session: WriteSession,
    principal: Principal,
    proposal: PoolTopUp,
    pool: LibraryPool,
    *,
    state: TopUpState,
    reason: str,
    made: LibraryPool | None,
) -> None:
    why = reason.strip()[:500]
    if state is TopUpState.REJECTED and not why:
        raise Conflict("Write why the top-up is rejected.")
    proposal.state, proposal.reason = state, why
    proposal.decided_by, proposal.decided_by_name = principal.user_id, principal.name
    proposal.decided_at = clock.utc_now()
    proposal.made_pool_id = made.id if made is not None else None
    decided = TopUpDecided(
        aggregate_id=proposal.id,
        pool=pool_code(pool.number),
        state=state.value,
        made=pool_code(made.number) if made is not None else None,
    )
    events_service.record(
        session, principal, decided, old={"state": TopUpState.PENDING.value}, reason=why or None
    )


def _yields(view: PoolView, given: TopUpIn, members: Sequence[choosing.Chosen]) -> list[Yielded]:
    told = {each.barcode: each for each in given.yields}
    known = {member.barcode for member in members}
    codes = [each.barcode for each in given.yields]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    foreign, missing = sorted(told.keys() - known), sorted(known - told.keys())
    faults = []
    if twice:
        faults.append(f"{', '.join(twice)}: named twice.")
    if foreign:
        faults.append(f"{', '.join(foreign[:5])}: not in {view.code}.")
    if missing:
        faults.append(f"{', '.join(missing[:5])}: no reads are given. Write 0 for none.")
    if faults:
        raise YieldsRefused(" ".join(faults))
    shares = {
        index.name: share for index, share in zip(view.indexes, view.shares, strict=True) if share
    }
    total = sum((member.reads_millions for member in members), Decimal(0))
    return [
        Yielded(
            name=member.barcode,
            wanted=member.reads_millions,
            got=told[member.barcode].reads_millions,
            loaded=shares.get(member.barcode) or member.reads_millions / total,
            is_failed=told[member.barcode].is_failed,
        )
        for member in members
    ]


def _aimed(yields: Sequence[Yielded], aim: AimIn) -> list[Yielded]:
    """Return yields with what is wanted by the aim."""
    if aim.times_mean is None:
        return list(yields)
    got = [each.got for each in yields if not each.is_failed]
    if not any(got):
        raise YieldsRefused("No library got any reads, so their mean is nothing to aim at.")
    wanted = run_average_target(got, times=aim.times_mean)
    return [replace(each, wanted=wanted) for each in yields]


def _written(given: Yielded) -> dict[str, Any]:
    return {
        "barcode": given.name,
        "wanted": str(given.wanted),
        "got": str(given.got),
        "loaded": str(given.loaded),
        "is_failed": given.is_failed,
    }


def _read(kept: dict[str, Any]) -> Yielded:
    return Yielded(
        name=kept["barcode"],
        wanted=Decimal(kept["wanted"]),
        got=Decimal(kept["got"]),
        loaded=Decimal(kept["loaded"]),
        is_failed=kept["is_failed"],
    )


def _lines(proposal: PoolTopUp) -> list[TopUp]:
    return top_up([_read(each) for each in proposal.yields], runs=proposal.runs)


def _view(session: Session, proposal: PoolTopUp) -> TopUpView:
    return TopUpView(
        id=TopUpId(proposal.id),
        pool_code=_code(session, proposal.pool_id) or "",
        state=proposal.state,
        source=proposal.source,
        runs=proposal.runs,
        times_mean=proposal.times_mean,
        lines=_lines(proposal),
        proposed_by_name=proposal.proposed_by_name,
        proposed_at=proposal.proposed_at,
        decided_by_name=proposal.decided_by_name,
        decided_at=proposal.decided_at,
        reason=proposal.reason,
        made_code=_code(session, proposal.made_pool_id),
    )


def _code(session: Session, pool_id: UUID | None) -> str | None:
    number = session.scalar(select(LibraryPool.number).where(LibraryPool.id == pool_id))
    return pool_code(number) if number is not None else None
