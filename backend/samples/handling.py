"""The laboratory's rules per material, in versions: thaws, shelf life, witness, retention.

Exported by service.py. Without a rule of its own nothing is warned of and nobody is asked for:
such limits are a laboratory's to set, not ours to guess.
"""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.events import HandlingSet
from backend.samples.handling_models import HandlingPolicy
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from backend.samples.models import Sample
from backend.samples.views import HandlingView

_NONE = HandlingRules()


def policy_of(session: ReadSession, material: MaterialType) -> HandlingRules:
    """Return the rules in force for a material."""
    row = session.scalars(
        select(HandlingPolicy)
        .where(HandlingPolicy.material_type == material)
        .order_by(HandlingPolicy.version.desc())
        .limit(1)
    ).one_or_none()
    return _NONE if row is None else HandlingRules.model_validate(row, from_attributes=True)


def policies(session: ReadSession, principal: Principal) -> list[HandlingView]:
    """Return the rules in force, by material; those without any are absent."""
    principal.require(Permission.SAMPLES_VIEW)
    newest = (
        select(HandlingPolicy)
        .ext(distinct_on(HandlingPolicy.material_type))
        .order_by(HandlingPolicy.material_type, HandlingPolicy.version.desc())
    )
    return [_view(row) for row in session.scalars(newest)]


def set_handling(
    session: WriteSession, principal: Principal, *, material: MaterialType, rules: HandlingRules
) -> HandlingView:
    """Put new rules for a material in force; the older version stays on record."""
    principal.require(Permission.SAMPLES_CONFIGURE)
    before = policy_of(session, material)
    last = session.scalar(
        select(func.max(HandlingPolicy.version)).where(HandlingPolicy.material_type == material)
    )
    row = HandlingPolicy(
        material_type=material,
        version=(last or 0) + 1,
        set_by=principal.user_id,
        set_by_name=principal.name,
        **rules.model_dump(),
    )
    session.add(row)
    session.flush()
    event = HandlingSet(aggregate_id=row.id, material_type=material.value, version=row.version)
    events_service.record(
        session, principal, event, old=before.model_dump(), new=rules.model_dump()
    )
    session.refresh(row)
    return _view(row)


def expiry_of(policy: HandlingRules, since: date) -> date | None:
    """Return the day until which something made on a day is good."""
    days = policy.good_for_days
    return None if days is None else since + timedelta(days=days)


def retained_until(policy: HandlingRules, sample: Sample) -> date | None:
    """Return until which day a sample has to be kept, counted from its arrival (UTC days)."""
    if policy.keep_for_days is None:
        return None
    since = (sample.received_at or sample.created_at).date()
    return since + timedelta(days=policy.keep_for_days)


def _view(row: HandlingPolicy) -> HandlingView:
    return HandlingView(
        material_type=row.material_type,
        version=row.version,
        thaw_limit=row.thaw_limit,
        good_for_days=row.good_for_days,
        keep_for_days=row.keep_for_days,
        disposal_witnessed=row.disposal_witnessed,
        set_at=row.set_at,
        set_by_name=row.set_by_name,
    )
