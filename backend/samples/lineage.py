"""Reading what came from what, any number of steps up and down."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import SampleId
from backend.samples.ledger_models import SampleParent
from backend.samples.models import Sample
from backend.samples.queries import load_sample, visible_samples
from backend.samples.views import LineageEdge

MOST = 500
"""Relatives of one direction that are read; a page says so when they are more."""


def lineage_of(
    session: ReadSession, principal: Principal, sample_id: UUID
) -> tuple[list[LineageEdge], list[LineageEdge]]:
    """Return the visible ancestors and descendants of a sample, nearest first.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    key = load_sample(session, principal, sample_id).id
    up = _walk(key, SampleParent.child_id, SampleParent.parent_id, "ancestors")
    down = _walk(key, SampleParent.parent_id, SampleParent.child_id, "descendants")
    return (
        _edges(session, principal, up, SampleParent.parent_id, -1),
        _edges(session, principal, down, SampleParent.child_id, 1),
    )


def ancestors_of(sample_ids: Collection[UUID]) -> CTE:
    """Return a query of the keys above samples, visible to anybody or not, without them."""
    start = select(SampleParent.parent_id.label("id")).where(SampleParent.child_id.in_(sample_ids))
    above = start.cte("above", recursive=True)
    return above.union(
        select(SampleParent.parent_id).join(above, SampleParent.child_id == above.c.id)
    )


def descendants_of(sample_ids: Collection[UUID]) -> CTE:
    """Return a query of the keys below samples, visible to anybody or not, without them."""
    start = select(SampleParent.child_id.label("id")).where(SampleParent.parent_id.in_(sample_ids))
    below = start.cte("below", recursive=True)
    return below.union(
        select(SampleParent.child_id).join(below, SampleParent.parent_id == below.c.id)
    )


def _walk(
    key: UUID,
    here: InstrumentedAttribute[UUID],
    there: InstrumentedAttribute[UUID],
    name: str,
) -> CTE:
    """Return the edges on the way from a sample, with how many steps off they begin."""
    steps = (
        select(SampleParent.child_id, SampleParent.parent_id, literal(1).label("distance"))
        .where(here == key)
        .cte(name, recursive=True)
    )
    end: ColumnElement[UUID] = steps.c[there.key]
    return steps.union(
        select(SampleParent.child_id, SampleParent.parent_id, steps.c.distance + 1).join(
            steps, here == end
        )
    )


def _edges(
    session: ReadSession,
    principal: Principal,
    walked: CTE,
    there: InstrumentedAttribute[UUID],
    sign: int,
) -> list[LineageEdge]:
    rows = session.execute(
        visible_samples(principal)
        .with_only_columns(Sample, SampleParent, walked.c.distance)
        .join(SampleParent, there == Sample.id)
        .join(
            walked,
            (walked.c.child_id == SampleParent.child_id)
            & (walked.c.parent_id == SampleParent.parent_id),
        )
        .order_by(walked.c.distance, Sample.created_at, Sample.id)
        .limit(MOST)
    )
    # Come to by two ways, as through two pools, a relative is told once, by the shortest.
    found: dict[UUID, LineageEdge] = {}
    for sample, edge, distance in rows:
        found.setdefault(sample.id, _edge(sample, edge, sign * distance))
    return list(found.values())


def _edge(sample: Sample, edge: SampleParent, distance: int) -> LineageEdge:
    return LineageEdge(
        id=SampleId(sample.id),
        barcode=sample.barcode,
        name=sample.name,
        material_type=sample.material_type,
        status=sample.status,
        balance_ul=sample.volume_ul,
        kind=edge.kind,
        volume_ul=edge.volume_ul,
        proportion=edge.proportion,
        distance=distance,
    )
