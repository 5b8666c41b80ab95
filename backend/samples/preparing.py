"""Preparing lists of samples, so that a window at any row costs the same (decision 5).

Exported by service.py. One preparation or clearing runs at a time, under a lock of their own: a
change is deleted only when every list has seen it, and a list being written counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    Uuid,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import CTE

from backend.core import clock
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.samples import listed
from backend.samples.ids import ProjectId
from backend.samples.influx_models import SampleInflux
from backend.samples.listed import Scope
from backend.samples.models import (
    Sample,
    SampleChange,
    SampleList,
    SampleListBlock,
)
from backend.samples.schemas import SampleFilters, SampleOrder, SampleSort
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "samples.prepare_list"
BLOCK_ROWS = 100
KEPT_FOR = timedelta(days=1)
ANEW_AFTER_STEPS = 500
"""Unseen changes after which a standing list is prepared anew; reading merges a few cheaply."""
WORTH_PREPARING = 2_000
"""Samples below which PostgreSQL sorts a list in a few milliseconds by itself."""

# Sorting a million keys on a busy machine takes longer than everyday work may.
_PATIENTLY = sql(
    "SELECT set_config('statement_timeout', '240s', true), set_config('lock_timeout', '240s', true)"
)
_TAKE_TURNS = sql("SELECT pg_advisory_xact_lock(7345120)")
_FIRST = {
    SampleSort.REGISTERED: "first_time",
    SampleSort.VOLUME: "first_number",
    SampleSort.CONCENTRATION: "first_number",
}


def first_column(sort: SampleSort) -> str:
    """Return the column of a block that holds the sort key of its first sample."""
    return _FIRST.get(sort, "first_text")


def request_list(
    session: WriteSession, principal: Principal, *, filters: SampleFilters, order: SampleOrder
) -> JobId:
    """Ask for a list to be prepared, at most once a minute, however many look at it.

    The program's own work, not the person's: nothing is shown by it that was not before.
    """
    principal.require(Permission.SAMPLES_VIEW)
    scope = listed.scope_of(session, principal, filters)
    key = listed.list_key(scope, filters, order.by)
    return work_service.request_job(
        session,
        machinery("sample lists", request_id=principal.request_id),
        kind=JOB_KIND,
        key=f"{key[:32]}-{clock.utc_now():%Y%m%d%H%M}",
        arguments={
            "scope": None if scope is None else [str(each) for each in scope],
            "filters": listed.stored(filters),
            "sort": order.by.value,
        },
    )


def prepare_list(
    session: WriteSession,
    *,
    scope: Sequence[ProjectId] | Sequence[UUID] | None,
    filters: SampleFilters,
    sort: SampleSort,
) -> int:
    """Write a list as it is now, in place of an older one, and return how many samples it holds.

    The transaction must not have changed samples itself: its own changes would count twice.
    """
    key = listed.list_key(scope, filters, sort)
    session.execute(_PATIENTLY)
    session.execute(_TAKE_TURNS)
    session.execute(delete(SampleList).where(SampleList.key == key))
    session.add(
        SampleList(
            key=key,
            scope=None if scope is None else [str(each) for each in scope],
            filters=listed.stored(filters),
            sort=sort.value,
            total=0,
            snapshot="",
            oldest_xid=0,
            statuses={},
            built_at=clock.utc_now(),
        )
    )
    session.flush()
    total, statuses, snapshot, oldest = _write_blocks(session, key, scope, filters, sort)
    prepared = session.get_one(SampleList, key)
    prepared.total, prepared.statuses = total, statuses
    prepared.snapshot, prepared.oldest_xid = snapshot, oldest
    session.flush()
    return total


def standing_lists(session: WriteSession) -> list[SampleSort]:
    """Return the sorts of the whole laboratory's list that are worth preparing now."""
    count = session.scalar(sql("SELECT coalesce(sum(step), 0) FROM sample_tally")) or 0
    if count < WORTH_PREPARING:
        return []
    return [sort for sort in SampleSort if _is_due(session, sort)]


def clear_lists(session: WriteSession) -> None:
    """Forget lists that nobody has asked for lately, and changes that every list has seen."""
    session.execute(_PATIENTLY)
    session.execute(_TAKE_TURNS)
    long_ago: datetime = clock.utc_now() - KEPT_FOR
    session.execute(delete(SampleList).where(SampleList.built_at < long_ago))
    running = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    oldest = func.coalesce(select(func.min(SampleList.oldest_xid)).scalar_subquery(), running)
    for steps in (SampleChange, SampleInflux):
        session.execute(
            delete(steps)
            .where(steps.xid < func.least(oldest, running))
            .execution_options(synchronize_session=False)
        )


def _is_due(session: WriteSession, sort: SampleSort) -> bool:
    prepared = session.get(SampleList, listed.list_key(None, SampleFilters(), sort))
    if prepared is None or prepared.built_at < clock.utc_now() - KEPT_FOR / 2:
        return True
    unseen = select(SampleChange.pos).where(SampleChange.xid >= prepared.oldest_xid)
    steps = session.scalar(
        select(func.count()).select_from(unseen.limit(ANEW_AFTER_STEPS).subquery())
    )
    came = session.scalar(
        select(func.sum(SampleInflux.samples)).where(SampleInflux.xid >= prepared.oldest_xid)
    )
    return (steps or 0) + int(came or 0) >= ANEW_AFTER_STEPS


def _write_blocks(
    session: WriteSession, key: str, scope: Scope, filters: SampleFilters, sort: SampleSort
) -> tuple[int, dict[str, int], str, int]:
    """Write the blocks in one statement and return total, statuses, its snapshot and its xmin.

    One statement, so that rows and snapshot are of one moment whatever the isolation level.
    """
    ordered = _ordered(scope, filters, sort)
    ids = func.array_agg(aggregate_order_by(ordered.c.id, ordered.c.pos), type_=ARRAY(Uuid()))
    blocks = select(
        literal(key),
        func.min(ordered.c.pos),
        ids[1],
        func.min(ordered.c.sorted_by),
        ids,
    ).group_by(ordered.c.pos.op("/")(literal(BLOCK_ROWS, BigInteger)))
    written = (
        insert(SampleListBlock)
        .from_select(["list_key", "pos", "first_id", first_column(sort), "ids"], blocks)
        .returning(func.cardinality(SampleListBlock.ids).label("size"))
        .cte("written")
    )
    by_status = (
        select(ordered.c.status, func.count().label("number")).group_by(ordered.c.status).cte()
    )
    statuses = select(func.jsonb_object_agg(by_status.c.status, by_status.c.number))
    snapshot = func.pg_current_snapshot()
    row = session.execute(
        select(
            func.coalesce(func.sum(written.c.size), 0),
            statuses.scalar_subquery(),
            cast(snapshot, Text),
            cast(cast(func.pg_snapshot_xmin(snapshot), Text), BigInteger),
        )
    ).one()
    return int(row[0]), dict(row[1] or {}), str(row[2]), int(row[3])


def _ordered(scope: Scope, filters: SampleFilters, sort: SampleSort) -> CTE:
    key = listed.sort_key(Sample, sort)
    place = func.row_number().over(order_by=(key, Sample.id)) - 1
    return (
        select(Sample.id, Sample.status, key.label("sorted_by"), place.label("pos"))
        .where(*listed.conditions(Sample, scope, filters, seen=scope))
        .cte("ordered")
    )
