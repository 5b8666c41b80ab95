"""Reading what came from what, any number of steps up and down."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import HoldKind, SampleId
from backend.samples.ledger_models import SampleParent
from backend.samples.lineage_views import LineageGraph, LineageNode, LineageTie
from backend.samples.models import Sample, SampleHold
from backend.samples.queries import load_sample, visible_samples
from backend.samples.views import LineageEdge, SampleRow

MOST = 500
"""Relatives of one direction that are read; a page says so when they are more."""
MOST_DRAWN = 200
"""Samples that a graph holds: more of them are lines and no picture."""


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


def graph_of(
    session: ReadSession,
    principal: Principal,
    row: SampleRow,
    *,
    above: Sequence[LineageEdge],
    below: Sequence[LineageEdge],
    most: int = MOST_DRAWN,
) -> LineageGraph:
    """Return a visible sample's nearest relatives as a graph, itself among them.

    ``above`` and ``below`` are what `lineage_of` returned for it.
    """
    principal.require(Permission.SAMPLES_VIEW)
    near = sorted((*above, *below), key=lambda edge: (abs(edge.distance), edge.barcode))
    shown = near[: most - 1]
    keys = [row.id, *(edge.id for edge in shown)]
    held = _open_holds(session, keys)
    first = LineageNode(
        id=row.id,
        barcode=row.barcode,
        name=row.name,
        material_type=row.material_type,
        status=row.status,
        volume_ul=row.volume_ul,
        holds=held.get(row.id, ()),
        distance=0,
    )
    relatives = len(near)
    if MOST in {len(above), len(below)}:
        relatives = _count_relatives(session, principal, row.id)
    return LineageGraph(
        nodes=(first, *(_node(edge, held) for edge in shown)),
        ties=_ties(session, keys) if shown else (),
        relatives=relatives,
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


def _node(edge: LineageEdge, held: dict[UUID, tuple[HoldKind, ...]]) -> LineageNode:
    return LineageNode(
        id=edge.id,
        barcode=edge.barcode,
        name=edge.name,
        material_type=edge.material_type,
        status=edge.status,
        volume_ul=edge.balance_ul,
        holds=held.get(edge.id, ()),
        distance=edge.distance,
    )


def _open_holds(session: ReadSession, keys: Collection[UUID]) -> dict[UUID, tuple[HoldKind, ...]]:
    rows = session.execute(
        select(SampleHold.sample_id, SampleHold.kind)
        .where(SampleHold.sample_id.in_(keys), SampleHold.released_at.is_(None))
        .order_by(SampleHold.sample_id, SampleHold.kind)
    )
    found: dict[UUID, tuple[HoldKind, ...]] = {}
    for key, kind in rows:
        found[key] = (*found.get(key, ()), kind)
    return found


def _ties(session: ReadSession, keys: Collection[UUID]) -> tuple[LineageTie, ...]:
    edges = session.scalars(
        select(SampleParent)
        .where(SampleParent.child_id.in_(keys), SampleParent.parent_id.in_(keys))
        .order_by(SampleParent.parent_id, SampleParent.child_id)
    )
    return tuple(
        LineageTie(
            parent_id=SampleId(edge.parent_id),
            child_id=SampleId(edge.child_id),
            kind=edge.kind,
            volume_ul=edge.volume_ul,
            proportion=edge.proportion,
        )
        for edge in edges
    )


def _count_relatives(session: ReadSession, principal: Principal, key: UUID) -> int:
    above, below = ancestors_of([key]), descendants_of([key])
    near = select(above.c.id).union(select(below.c.id)).subquery()
    visible = visible_samples(principal).with_only_columns(Sample.id)
    found = visible.where(Sample.id.in_(select(near.c.id))).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0
