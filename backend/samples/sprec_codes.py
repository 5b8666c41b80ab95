"""The SPREC codes that count for many samples at once: their own, or their nearest ancestor's.

The rule is that of `preanalytics.preanalytical_of`: an ancestor's code counts without its last
element, for its storage is not this tube's, and a pool inherits none. Records of projects that
the reader may not see are as absent as on the sample's page.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from backend.core.sessions import ReadSession
from backend.samples.ids import LineageKind
from backend.samples.ledger_models import SampleParent
from backend.samples.models import Sample
from backend.samples.preanalytical import rules
from backend.samples.preanalytical.tables import UNKNOWN
from backend.samples.preanalytical_models import SamplePreanalytical

Seen = Select[UUID] | Sequence[UUID] | None
"""Projects whose records count; None is every project."""

_LAST_ELEMENT = "[^-]*$"


def having_code(seen: Seen, sought: str) -> Select[UUID]:
    """Select the keys of samples whose code begins with ``sought`` (rules.is_sought)."""
    pattern = rules.like_pattern(sought)
    recorded = _recorded(seen)
    own = recorded.where(SamplePreanalytical.code.like(pattern))
    walk = recorded.where(_passed_on().like(pattern)).cte("coded", recursive=True)
    walk = walk.union(
        select(SampleParent.child_id)
        .join(walk, SampleParent.parent_id == walk.c.sample_id)
        .where(SampleParent.kind != LineageKind.POOL, SampleParent.child_id.not_in(recorded))
    )
    inherits = walk.c.sample_id.not_in(recorded)
    return select(Sample.id).where(
        or_(Sample.id.in_(own), Sample.id.in_(select(walk.c.sample_id).where(inherits)))
    )


def codes_of(session: ReadSession, seen: Seen, sample_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the code that counts for each of some samples; those without one are absent."""
    recorded = _recorded(seen)
    walk = (
        select(Sample.id.label("root"), Sample.id.label("id"), literal(0).label("steps"))
        .where(Sample.id.in_(sample_ids))
        .cte("lineage", recursive=True)
    )
    walk = walk.union_all(
        select(walk.c.root, SampleParent.parent_id, walk.c.steps + 1)
        .join(walk, SampleParent.child_id == walk.c.id)
        .where(SampleParent.kind != LineageKind.POOL, walk.c.id.not_in(recorded))
    )
    rows = session.execute(
        select(walk.c.root, walk.c.steps, SamplePreanalytical.code, _passed_on())
        .join(SamplePreanalytical, SamplePreanalytical.sample_id == walk.c.id)
        .where(walk.c.id.in_(recorded))
    )
    return {root: passed_on if steps else code for root, steps, code, passed_on in rows}


def _recorded(seen: Seen) -> Select[UUID]:
    statement = select(SamplePreanalytical.sample_id)
    if seen is None:
        return statement
    return statement.join(Sample, Sample.id == SamplePreanalytical.sample_id).where(
        Sample.project_id.in_(seen)
    )


def _passed_on() -> ColumnElement[str]:
    return func.regexp_replace(SamplePreanalytical.code, _LAST_ELEMENT, UNKNOWN)
