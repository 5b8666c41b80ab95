"""Deciding about proposed holds: accepted ones are set by the service that sets every hold.

Whoever decides holds the items' rows, then the samples in the order of their keys. Exported by
service.py.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import rules
from backend.incidents.errors import IncidentClosed, IncidentNotFound, IncidentRefused
from backend.incidents.events import HoldsDecided
from backend.incidents.ids import HoldState, IncidentId, IncidentState, ItemId
from backend.incidents.models import Incident, IncidentItem
from backend.incidents.views import HoldsDecision
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.ids import HoldKind, SampleId
from backend.samples.models import Project, Sample

AT_ONCE = 500
_LONGEST_REASON = 500


def accept_holds(
    session: WriteSession,
    principal: Principal,
    *,
    incident_id: IncidentId,
    item_ids: Sequence[ItemId] | None = None,
    project_code: str = "",
    note: str = "",
) -> HoldsDecision:
    """Put samples on hold as proposed: a selection, or all undecided ones, AT_ONCE at a time.

    Of those only the principal's. A sample that is on this hold already stays on it.

    Raises:
        IncidentNotFound: there is no such incident.
        IncidentClosed: nothing is decided any more.
    """
    principal.require(Permission.SAMPLES_HOLD)
    incident = _standing(session, incident_id)
    code = rules.code_of(incident.number, incident.opened_at)
    reason = f"{code}: {note.strip()}" if note.strip() else f"{code}: temperature exposure."

    def hold(items: Sequence[IncidentItem]) -> None:
        samples_service.hold_samples(
            session,
            principal,
            sample_ids=[SampleId(item.sample_id) for item in items],
            kind=HoldKind.TEMPERATURE_EXPOSURE,
            reason=reason[:_LONGEST_REASON],
        )

    wanted = _wanted(item_ids, project_code)
    return _decide(session, principal, incident, wanted, HoldState.ACCEPTED, note.strip(), hold)


def decline_holds(
    session: WriteSession,
    principal: Principal,
    *,
    incident_id: IncidentId,
    reason: str,
    item_ids: Sequence[ItemId] | None = None,
    project_code: str = "",
) -> HoldsDecision:
    """Leave samples usable against the proposal, for a reason. Otherwise as `accept_holds`.

    Raises:
        IncidentRefused: no reason is given.
    """
    principal.require(Permission.SAMPLES_HOLD)
    incident = _standing(session, incident_id)
    if not reason.strip():
        raise IncidentRefused(
            "Declining a hold needs a reason. Write what shows that they may be used.",
            fields={"reason": "Write what shows that they may be used."},
        )
    why, wanted = reason.strip()[:_LONGEST_REASON], _wanted(item_ids, project_code)
    return _decide(session, principal, incident, wanted, HoldState.DECLINED, why, lambda _: None)


def _standing(session: WriteSession, incident_id: IncidentId) -> Incident:
    incident = session.get(Incident, incident_id, populate_existing=True)
    if incident is None:
        raise IncidentNotFound("There is no such incident.")
    code = rules.code_of(incident.number, incident.opened_at)
    if incident.state is IncidentState.MERGED:
        raise IncidentClosed(f"{code} went into another incident. Decide there.")
    if incident.state is IncidentState.CLOSED:
        raise IncidentClosed(f"{code} is closed. Set or release holds at the samples.")
    return incident


def _wanted(item_ids: Sequence[ItemId] | None, project_code: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [] if item_ids is None else [IncidentItem.id.in_(item_ids)]
    if project_code:
        wanted.append(Sample.project_id.in_(select(Project.id).where(Project.code == project_code)))
    return wanted


def _decide(  # noqa: PLR0917 one act in parts
    session: WriteSession,
    principal: Principal,
    incident: Incident,
    wanted: Sequence[ColumnElement[bool]],
    state: HoldState,
    reason: str,
    act: Callable[[Sequence[IncidentItem]], None],
) -> HoldsDecision:
    undecided = (
        samples_queries.visible_samples(principal)
        .join(IncidentItem, IncidentItem.sample_id == Sample.id)
        .where(
            IncidentItem.incident_id == incident.id,
            IncidentItem.hold_state == HoldState.PROPOSED,
            *wanted,
        )
    )
    items = session.scalars(
        undecided.with_only_columns(IncidentItem)
        .order_by(IncidentItem.id)
        .limit(AT_ONCE)
        .with_for_update(of=IncidentItem)
        .execution_options(populate_existing=True)
    ).all()
    if not items:
        return HoldsDecision(decided=0, left=0)
    act(items)
    now = clock.utc_now()
    for item in items:
        item.hold_state, item.decided_at = state, now
        item.decided_by_name, item.decision_reason = principal.name, reason
    session.flush()
    event = HoldsDecided(
        aggregate_id=incident.id,
        code=rules.code_of(incident.number, incident.opened_at),
        accepted=state is HoldState.ACCEPTED,
        items=len(items),
    )
    events_service.record(session, principal, event, reason=reason or None)
    left = session.execute(
        select(func.count()).select_from(undecided.with_only_columns(IncidentItem.id).subquery())
    ).scalar_one()
    return HoldsDecision(decided=len(items), left=left)
