"""Drafting a pool, changing what it shall be, and cancelling it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Sample
from backend.sequencing import following, pool_forming, pool_queries
from backend.sequencing.codes import pool_code
from backend.sequencing.events import PoolFormed
from backend.sequencing.ids import PoolingMode, PoolState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.pooling import choosing, queries
from backend.sequencing.pooling import settings as kept
from backend.sequencing.pooling.choosing import Chosen
from backend.sequencing.pooling.errors import PoolClosed, PoolRefused
from backend.sequencing.pooling.events import PoolCancelled, PoolChanged
from backend.sequencing.pooling.proportions import Usable, read_pairs
from backend.sequencing.pooling.schemas import CancelIn, PoolChangeIn, PoolIn
from backend.sequencing.pooling.settings import CoverageWish, Settings
from backend.sequencing.pooling.views import PoolView
from backend.sequencing.reference import queries as reference_queries

_MILLION = 1_000_000
_FIELDS = ("name", "mode", "target_nm", "target_ul", "phix_percent")


def draft_pool(session: WriteSession, principal: Principal, *, pool: PoolIn) -> PoolView:
    """Make a draft of libraries of requests and of mixed pools; nothing is pipetted yet.

    Raises:
        PoolRefused: with every reason at once (`choosing.choose`).
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    chosen, inner = choosing.choose(session, principal, pool)
    settings = Settings(
        pools={code: tuple(each.barcode for each in libraries) for code, libraries in inner.items()}
    )
    members = [*chosen, *(each for libraries in inner.values() for each in libraries)]
    made = insert_draft(session, principal, members, settings=settings, pool=pool)
    return queries.view_of(session, made)


def insert_draft(
    session: WriteSession,
    principal: Principal,
    members: Sequence[Chosen],
    *,
    settings: Settings,
    pool: PoolIn,
) -> LibraryPool:
    """Add a draft with these libraries; whoever calls has checked them."""
    phix = pool.phix_percent
    made = LibraryPool(
        state=PoolState.DRAFT,
        created_by=principal.user_id,
        created_by_name=principal.name,
        name=pool.name,
        mode=pool.mode,
        target_nm=pool.target_nm,
        target_ul=pool.target_ul,
        phix_percent=pool_forming.usual_phix_percent(session) if phix is None else phix,
        recipe=kept.written(settings),
    )
    session.add(made)
    session.flush()
    session.add_all(
        PoolMember(
            pool_id=made.id,
            request_id=each.request_id,
            sample_id=each.sample_id,
            place=place,
            reads_millions=each.reads_millions,
        )
        for place, each in enumerate(members, start=1)
    )
    formed = PoolFormed(aggregate_id=made.id, code=pool_code(made.number), libraries=len(members))
    events_service.record(session, principal, formed)
    return made


def change_pool(
    session: WriteSession, principal: Principal, *, code: str, change: PoolChangeIn
) -> PoolView:
    """Change mode, target, pipetting, dilutions or reads of a pool that is not mixed.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
        PoolClosed: it is mixed or cancelled, or somebody changed it since.
        PoolRefused: coverage without a depth and target, or tubes that are not in it.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    pool = lock_pool(session, principal, code)
    refuse_closed(session, pool)
    if change.version is not None and change.version != pool.version:
        raise PoolClosed(
            f"Somebody changed {pool_code(pool.number)} since. Look at it and change it again."
        )
    before = _facts(pool)
    for name in _FIELDS:
        if (value := getattr(change, name)) is not None:
            setattr(pool, name, value)
    settings = _settings(kept.settings_of(pool.recipe), change)
    reads = settle_reads(session, pool, settings, change)
    session.flush()
    laboratory = reference_queries.pooling(session)
    tubes = queries.tubes_of(session, pool, settings, laboratory)
    known = {tube.barcode for tube in tubes}
    problems = _unknown(change.dilutions, known) | reads
    if problems:
        raise PoolRefused(problems)
    pool.recipe = kept.written(settings)
    pool.version += 1
    changed = PoolChanged(aggregate_id=pool.id, code=pool_code(pool.number))
    events_service.record(session, principal, changed, old=before, new=_facts(pool))
    return queries.view_of(session, pool)


def cancel_pool(
    session: WriteSession, principal: Principal, *, code: str, cancel: CancelIn
) -> PoolView:
    """Cancel a pool; what is mixed stays in its tube, and its libraries may be pooled again.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
        PoolClosed: it is cancelled already, or stands on a run.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    pool = lock_pool(session, principal, code)
    view = queries.view_of(session, pool)
    if pool.state is PoolState.CANCELLED:
        raise PoolClosed(f"{view.code} is cancelled already.")
    if view.runs:
        raise PoolClosed(f"{view.code} stands on {', '.join(view.runs)}. Take it off first.")
    before, pool.state = pool.state, PoolState.CANCELLED
    pool.version += 1
    events_service.record(
        session,
        principal,
        PoolCancelled(aggregate_id=pool.id, code=view.code),
        old={"state": before.value},
        new={"state": pool.state.value},
        reason=cancel.reason,
    )
    following.follow(session, principal, pool_queries.requests_of_pools(session, [pool.id]))
    return queries.view_of(session, pool)


def lock_pool(session: WriteSession, principal: Principal, code: str) -> LibraryPool:
    """Lock the requests of a visible pool and then the pool, as planning a run does.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
    """
    found = queries.find_pool(session, principal, code)
    following.lock_requests(session, pool_queries.requests_of_pools(session, [found.id]))
    return session.scalars(
        select(LibraryPool)
        .where(LibraryPool.id == found.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def refuse_closed(session: Session, pool: LibraryPool) -> None:
    """Refuse a pool that is mixed, cancelled or sequenced.

    Raises:
        PoolClosed: it is.
    """
    code = pool_code(pool.number)
    if pool.sample_id is not None:
        raise PoolClosed(f"{code} is mixed in its tube. Draft another pool instead.")
    if pool.state is PoolState.CANCELLED:
        raise PoolClosed(f"{code} is cancelled. Draft another pool instead.")
    if pool_queries.sequenced_pools(session, [pool.id]):
        raise PoolClosed(f"{code} has been sequenced. Top it up, or draft another pool.")


def settle_reads(
    session: Session, pool: LibraryPool, settings: Settings, change: PoolChangeIn
) -> dict[str, str]:
    """Write the reads that follow from coverage, or that were given; return what is wrong."""
    rows = session.execute(
        select(PoolMember, Sample.barcode, SequencingRequest.read_length)
        .join(Sample, Sample.id == PoolMember.sample_id)
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .where(PoolMember.pool_id == pool.id)
    ).all()
    given = change.reads_millions or {}
    problems = _unknown(given, {barcode for _, barcode, _ in rows})
    wish = settings.coverage
    if pool.mode is PoolingMode.BY_COVERAGE and wish is None:
        return problems | {"coverage": "Say the depth and the size of the target."}
    for member, barcode, length in rows:
        if pool.mode is PoolingMode.BY_COVERAGE and wish is not None:
            pairs = read_pairs(wish.depth, wish.target_bp, length, usable=wish.usable)
            member.reads_millions = max(pairs / _MILLION, Decimal("0.001"))
        elif barcode in given:
            member.reads_millions = given[barcode]
    return problems


def _settings(now: Settings, change: PoolChangeIn) -> Settings:
    names = ("pipetted_by", "least_ul", "dead_ul", "strand")
    given = {name: value for name in names if (value := getattr(change, name)) is not None}
    if change.pipetted_by not in {None, now.pipetted_by} and change.least_ul is None:
        given["least_ul"] = None
    if change.coverage is not None:
        wish = change.coverage
        given["coverage"] = CoverageWish(
            depth=wish.depth,
            target_bp=wish.target_bp,
            usable=Usable(duplicates=wish.duplicates, on_target=wish.on_target, mapped=wish.mapped),
        )
    if change.dilutions is not None:
        together = {**now.dilutions, **change.dilutions}
        given["dilutions"] = {code: factor for code, factor in together.items() if factor > 1}
    return replace(now, **given)


def _unknown(given: Mapping[str, object] | None, known: Collection[str]) -> dict[str, str]:
    return {
        code: f"{code} is not in this pool. Check the barcode."
        for code in given or {}
        if code not in known
    }


def _facts(pool: LibraryPool) -> dict[str, object]:
    return {name: getattr(pool, name) for name in _FIELDS} | {
        "settings": (pool.recipe or {}).get("settings")
    }
