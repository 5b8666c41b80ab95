"""Selecting everything that matches: the query is kept here, its rows never travel.

Nothing of the laboratory changes by it, so it leaves no event; what is done with it does.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Select, Uuid, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import listed, queries
from backend.samples.ids import QueryId, SampleId
from backend.samples.models import Sample
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.samples.stored_models import SampleAct, SampleQuery, SampleQueryBlock
from backend.samples.views import StoredQuery

BLOCK_ROWS = 50
"""Samples that one transaction of an act holds locked: about half a second of work."""
MOST_AT_ONCE = 20_000
"""An act for more takes a worker longer than the half hour that it is given."""
_KEPT_FOR = timedelta(days=1)
_ACTS_KEPT_FOR = timedelta(days=90)


class QueryNotFound(NotFound):
    """No such stored query, or not the principal's."""


def store_query(
    session: WriteSession, principal: Principal, *, filters: SampleFilters, order: SampleOrder
) -> StoredQuery:
    """Keep everything that matches a view now, for one act with all of it.

    Raises:
        InvalidInput: nothing matches, or more than MOST_AT_ONCE.
        PermissionDenied: only a person selects.
    """
    principal.require(Permission.SAMPLES_VIEW)
    if principal.user_id is None:
        raise PermissionDenied("Only a person selects samples. Sign in.")
    query = SampleQuery(
        owner_id=principal.user_id,
        filters=filters.model_dump(mode="json", exclude_defaults=True),
        sort=order.by.value,
        descending=order.descending,
        total=1,
    )
    session.add(query)
    session.flush()
    query.total = _keep_blocks(session, principal, query.id, filters)
    session.flush()
    session.refresh(query, ["taken_at"])
    return _view(query)


def get_query(session: ReadSession, principal: Principal, query_id: UUID) -> StoredQuery:
    """Return one of the principal's own stored queries.

    Raises:
        QueryNotFound: no such query, somebody else's, or forgotten after a day.
    """
    principal.require(Permission.SAMPLES_VIEW)
    return _view(load_query(session, principal, query_id))


def load_query(session: ReadSession, principal: Principal, query_id: UUID) -> SampleQuery:
    """Return the row of an own stored query. Same errors as `get_query`."""
    own = select(SampleQuery).where(
        SampleQuery.id == query_id, SampleQuery.owner_id == principal.user_id
    )
    query = session.scalars(own).one_or_none()
    if query is None:
        raise QueryNotFound("This selection is no longer kept. Select all of the view again.")
    return query


def matched(query_id: UUID) -> Select[UUID]:
    """Select the keys of what matched a stored query when it was stored."""
    return select(func.unnest(SampleQueryBlock.ids, type_=Uuid())).where(
        SampleQueryBlock.query_id == query_id
    )


def named_by(session: ReadSession, principal: Principal, query_id: UUID) -> list[SampleId]:
    """Return the keys of everything that matched an own stored query when it was stored.

    Raises:
        QueryNotFound: as `get_query`.
    """
    query = load_query(session, principal, query_id)
    return sorted(SampleId(key) for key in session.scalars(matched(query.id)))


def samples_of(
    session: ReadSession, principal: Principal, query_id: UUID, *, most: int
) -> list[SampleId]:
    """Return the keys of a stored query's samples that are still visible.

    Raises:
        QueryNotFound: as `get_query`.
        InvalidInput: more than ``most``.
    """
    query = load_query(session, principal, query_id)
    if query.total > most:
        raise InvalidInput(
            f"This takes at most {most:,} samples at once, and {query.total:,} are selected. "
            "Narrow the view and select again."
        )
    visible = queries.visible_samples(principal).with_only_columns(Sample.id)
    keys = session.scalars(visible.where(Sample.id.in_(matched(query.id))).order_by(Sample.id))
    return [SampleId(key) for key in keys]


def forget_queries(session: WriteSession) -> None:
    """Forget selections that nothing was done with, and acts of long ago with their outcomes."""
    now = clock.utc_now()
    acted = select(SampleAct.query_id)
    unused = SampleQuery.id.not_in(acted) & (SampleQuery.taken_at < now - _KEPT_FOR)
    old = SampleQuery.taken_at < now - _ACTS_KEPT_FOR
    session.execute(
        delete(SampleQuery).where(unused | old).execution_options(synchronize_session=False)
    )


def _keep_blocks(
    session: WriteSession, principal: Principal, query_id: UUID, filters: SampleFilters
) -> int:
    """Write down the keys in one statement, so that they are of one moment; return how many."""
    scope = listed.scope_of(session, principal, filters)
    found = (
        queries.visible_samples(principal)
        .with_only_columns(Sample.id)
        .where(*listed.conditions(Sample, scope, filters, seen=listed.seen_by(principal)))
        .limit(MOST_AT_ONCE + 1)
        .subquery()
    )
    place = (func.row_number().over(order_by=found.c.id) - 1).label("pos")
    placed = select(found.c.id, place).cte("placed")
    ids = func.array_agg(aggregate_order_by(placed.c.id, placed.c.pos), type_=ARRAY(Uuid()))
    blocks = select(literal(query_id, Uuid()), func.min(placed.c.pos), ids).group_by(
        placed.c.pos.op("/")(literal(BLOCK_ROWS, BigInteger))
    )
    written = (
        insert(SampleQueryBlock)
        .from_select(["query_id", "pos", "ids"], blocks)
        .returning(func.cardinality(SampleQueryBlock.ids).label("size"))
        .cte("written")
    )
    total = session.execute(select(func.coalesce(func.sum(written.c.size), 0))).scalar_one()
    if total == 0:
        raise InvalidInput("Nothing matches this view any more. Take a filter out.")
    if total > MOST_AT_ONCE:
        raise InvalidInput(
            f"At most {MOST_AT_ONCE:,} samples can be selected at once, and more match. "
            "Narrow the view; an export takes every sample of it."
        )
    return int(total)


def _view(query: SampleQuery) -> StoredQuery:
    return StoredQuery(id=QueryId(query.id), total=query.total, taken_at=query.taken_at)
