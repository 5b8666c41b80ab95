"""Libraries put into a draft and taken out of it again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Sample
from backend.sequencing import following, pool_queries
from backend.sequencing.codes import pool_code
from backend.sequencing.ids import PoolState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.pooling import choosing, drafting, queries
from backend.sequencing.pooling import settings as kept
from backend.sequencing.pooling.choosing import Chosen
from backend.sequencing.pooling.errors import PoolClosed, PoolRefused
from backend.sequencing.pooling.events import PoolChanged
from backend.sequencing.pooling.schemas import MembersIn, PoolChangeIn, PoolIn
from backend.sequencing.pooling.settings import Settings
from backend.sequencing.pooling.views import PoolView

_REQUEST = re.compile(r"SQ-([0-9]{1,9})")


def change_members(
    session: WriteSession, principal: Principal, *, code: str, change: MembersIn
) -> PoolView:
    """Put libraries into a draft or take them out; nothing is pipetted yet.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
        PoolClosed: it is no draft any more, or somebody changed it since.
        PoolRefused: with every reason at once: what `choosing.choose` refuses, libraries that are
            not in it or come in by another pool's tube, or none would be left.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    _lock_requests(session, principal, code, change)
    pool = drafting.lock_pool(session, principal, code)
    _refuse_closed(session, pool, change)
    settings = kept.settings_of(pool.recipe)
    before = choosing.members_of(session, pool.id)
    problems = _removal_problems(change.remove, before, settings)
    added: list[Chosen] = []
    if change.add or change.requests:
        wish = PoolIn(libraries=change.add, requests=change.requests)
        try:
            added, _ = choosing.choose(session, principal, wish)
        except PoolRefused as refusal:
            problems |= refusal.fields
    if not problems and not added and len(set(change.remove)) == len(before):
        problems["remove"] = "No library would be left. Cancel the pool instead."
    if problems:
        raise PoolRefused(problems)
    _write(session, pool, added, [each for each in before if each.barcode in change.remove])
    settings = _without(settings, change.remove)
    drafting.settle_reads(session, pool, settings, PoolChangeIn())
    session.flush()
    pool.recipe = kept.written(settings)
    pool.version += 1
    after = choosing.members_of(session, pool.id)
    changed = PoolChanged(aggregate_id=pool.id, code=pool_code(pool.number))
    events_service.record(
        session,
        principal,
        changed,
        old={"libraries": [each.barcode for each in before]},
        new={"libraries": [each.barcode for each in after]},
    )
    return queries.view_of(session, pool)


def _lock_requests(
    session: WriteSession, principal: Principal, code: str, change: MembersIn
) -> None:
    """Lock the requests of what is in the pool and of what comes in, in one order."""
    found = queries.find_pool(session, principal, code)
    numbers = [int(named[1]) for each in change.requests if (named := _REQUEST.fullmatch(each))]
    coming = session.scalars(
        select(RequestSample.request_id)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .where(Sample.barcode.in_(change.add) | SequencingRequest.number.in_(numbers))
    )
    inside: set[UUID] = pool_queries.requests_of_pools(session, [found.id])
    following.lock_requests(session, inside | set(coming))


def _refuse_closed(session: WriteSession, pool: LibraryPool, change: MembersIn) -> None:
    drafting.refuse_closed(session, pool)
    code = pool_code(pool.number)
    if pool.state is not PoolState.DRAFT:
        raise PoolClosed(f"{code} is {pool.state.value}. Only a draft's libraries are changed.")
    if change.version is not None and change.version != pool.version:
        raise PoolClosed(f"Somebody changed {code} since. Look at it and change it again.")


def _removal_problems(
    barcodes: Sequence[str], members: Sequence[Chosen], settings: Settings
) -> dict[str, str]:
    known = {each.barcode for each in members}
    via = {barcode: code for code, held in settings.pools.items() for barcode in held}
    problems = {
        code: f"{code} is not in this pool. Check the barcode."
        for code in barcodes
        if code not in known
    }
    return problems | {
        code: f"{code} comes in by the tube of {via[code]} and cannot be taken out of it."
        for code in barcodes
        if code in via
    }


def _write(
    session: Session, pool: LibraryPool, added: Sequence[Chosen], removed: Sequence[Chosen]
) -> None:
    for each in removed:
        session.execute(
            delete(PoolMember)
            .where(PoolMember.pool_id == pool.id)
            .where(PoolMember.request_id == each.request_id)
            .where(PoolMember.sample_id == each.sample_id)
        )
    last = session.scalar(select(func.max(PoolMember.place)).where(PoolMember.pool_id == pool.id))
    session.add_all(
        PoolMember(
            pool_id=pool.id,
            request_id=each.request_id,
            sample_id=each.sample_id,
            place=place,
            reads_millions=each.reads_millions,
        )
        for place, each in enumerate(added, start=(last or 0) + 1)
    )
    session.flush()


def _without(settings: Settings, barcodes: Sequence[str]) -> Settings:
    """Return settings that speak no more of tubes that were taken out."""
    return replace(
        settings,
        dilutions={key: each for key, each in settings.dilutions.items() if key not in barcodes},
        corrections={
            key: each for key, each in settings.corrections.items() if key not in barcodes
        },
    )
