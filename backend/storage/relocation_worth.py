"""What is known of the tubes of a unit that decides in which order they are saved.

The rule itself: planning/evacuation_order.py.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from backend.core import clock
from backend.core.sessions import ReadSession
from backend.samples.consent_models import Consent
from backend.samples.handling_models import HandlingPolicy
from backend.samples.ids import HoldKind, MaterialType, QcVerdict
from backend.samples.models import Sample, SampleHold
from backend.storage import queries
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from backend.storage.planning.evacuation_order import Worth

_FAMILY = func.coalesce(Sample.family_id, Sample.id)


def worth_of(session: ReadSession, unit_id: NodeId) -> dict[str, Worth]:
    """Return what is known of every tube in a unit, by the sample's key as text."""
    limits = _thaw_limits(session)
    elsewhere = _elsewhere(session, unit_id)
    rows = session.execute(
        select(Sample, _FAMILY, _spoiled())
        .join(Placement, Placement.sample_id == Sample.id)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .outerjoin(Consent, Consent.id == Sample.consent_id)
        .where(StorageNode.unit_id == unit_id, Placement.removed_at.is_(None))
    )
    worth = {}
    for sample, family, spoiled in rows:
        limit = limits.get(sample.material_type)
        worth[str(sample.id)] = Worth(
            material_type=sample.material_type.value,
            elsewhere=elsewhere.get(family, 0),
            thaws_left=None if limit is None else limit - sample.freeze_thaw_count,
            volume_ul=None if sample.volume_ul is None else float(sample.volume_ul),
            spoiled=spoiled,
        )
    return worth


def _thaw_limits(session: ReadSession) -> dict[MaterialType, int | None]:
    rows = session.execute(
        select(HandlingPolicy.material_type, HandlingPolicy.thaw_limit)
        .ext(distinct_on(HandlingPolicy.material_type))
        .order_by(HandlingPolicy.material_type, HandlingPolicy.version.desc())
    )
    return {row.material_type: row.thaw_limit for row in rows}


def _elsewhere(session: ReadSession, unit_id: NodeId) -> dict[UUID, int]:
    """Return how many tubes of each of the unit's families stand in other units and hold some."""
    inside = (
        select(_FAMILY)
        .join(Placement, Placement.sample_id == Sample.id)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(StorageNode.unit_id == unit_id, Placement.removed_at.is_(None))
    )
    rows = session.execute(
        select(_FAMILY, func.count())
        .select_from(Sample)
        .join(Placement, Placement.sample_id == Sample.id)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(
            StorageNode.unit_id != unit_id,
            Placement.removed_at.is_(None),
            Sample.lifecycle.not_in(queries.GONE),
            or_(Sample.volume_ul.is_(None), Sample.volume_ul > 0),
            _FAMILY.in_(inside),
        )
        .group_by(_FAMILY)
    )
    return {family: count for family, count in rows}  # noqa: C416 rows are no pairs to mypy


def _spoiled() -> ColumnElement[str]:
    """Say in SQL why a tube may not be used any more; empty where it may."""
    today = clock.utc_now().date()
    withdrawn = (
        select(SampleHold.id)
        .where(
            SampleHold.sample_id == Sample.id,
            SampleHold.kind == HoldKind.CONSENT_WITHDRAWN,
            SampleHold.released_at.is_(None),
        )
        .exists()
    )
    return case(
        (or_(withdrawn, Consent.withdrawn_at.is_not(None)), "consent withdrawn"),
        (func.coalesce(Consent.expires_on < today, false()) == true(), "consent expired"),
        (Sample.qc_verdict == QcVerdict.FAIL, "QC failed"),
        (func.coalesce(Sample.expires_on < today, false()) == true(), "past its date"),
        else_="",
    )
