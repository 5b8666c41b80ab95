"""The Overview's regions: what each reads, which topics move it, and who may see it.

A region that the person's role does not open, or whose rows cannot be read, says so in its own
place; the others stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from dash.development.base_component import Component

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.gateway import queries as gateway_queries
from backend.notifications import queries as notifications_queries
from backend.predictions import queries as predictions_queries
from backend.samples import tally
from backend.sequencing import queries as sequencing_queries
from backend.storage import plan_queries
from backend.storage import queries as storage_queries
from backend.telemetry import queries as telemetry_queries
from backend.transactions import queries as saga_queries
from backend.work import queries as work_queries
from dashboard.laboratory import lab_zone
from dashboard.pages.overview import attention as needs
from dashboard.pages.overview import ids, occupancy, outlooks, panels, watch
from dashboard.pages.overview.attention import Attention
from dashboard.pages.overview.drawings import RUN_WINDOW
from dashboard.pages.overview.key_figures import (
    SampleFigures,
    StorageFigures,
    key_figures,
)

FLOW_DAYS = 30
_TREND_DAYS = 30
_PLANS_SHOWN = 3
_JUST_BEFORE = timedelta(hours=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One part of the page."""

    title: str
    topics: frozenset[str]
    draw: Callable[[ReadSession, Principal], Component]


def draw(region: Region, session: ReadSession, principal: Principal) -> Component:
    """Draw a region, or why it cannot be drawn."""
    try:
        return region.draw(session, principal)
    except AppError as refusal:
        return panels.refused(region.title, refusal.message)


def _attention(session: ReadSession, principal: Principal) -> Component:
    items: list[Attention] = []
    if principal.may(Permission.STORAGE_VIEW):
        alarms = telemetry_queries.open_alarms(session, principal)
        items += needs.alarms(alarms, clock.utc_now())
        items += needs.full_units(storage_queries.occupancy_by_unit(session, principal))
    if principal.may(Permission.STORAGE_PLAN):
        items += needs.plans(plan_queries.plans_to_review(session, principal, _PLANS_SHOWN))
    if principal.may(Permission.HEALTH_VIEW):
        items += needs.ill_components(gateway_queries.states_now(session))
    return panels.attention(needs.most_urgent(items), lab_zone())


def _figures(session: ReadSession, principal: Principal) -> Component:
    now = clock.utc_now()
    samples = storage = queue = None
    if principal.may(Permission.SAMPLES_VIEW):
        samples = SampleFigures(
            counts=tally.status_counts(session, principal),
            days=tally.flow_per_day(session, principal, days=FLOW_DAYS, today=now.date()),
            stages=tally.stage_rows(session, principal, now=now),
            turnaround=tally.turnaround(session, principal, now=now),
            today=now.date(),
        )
    if principal.may(Permission.STORAGE_VIEW):
        storage = StorageFigures(
            zones=storage_queries.occupancy_by_zone(session, principal),
            history=storage_queries.occupancy_history(session, principal, _TREND_DAYS),
        )
    if principal.may(Permission.SEQUENCING_VIEW):
        queue = sequencing_queries.queue_summary(session, principal)
    return key_figures(samples, storage, queue)


def _flow(session: ReadSession, principal: Principal) -> Component:
    now = clock.utc_now()
    return panels.sample_flow(
        tally.flow_per_day(session, principal, days=FLOW_DAYS, today=now.date()),
        tally.stage_rows(session, principal, now=now),
    )


def _occupancy(session: ReadSession, principal: Principal) -> Component:
    zones = storage_queries.occupancy_by_zone(session, principal)
    may_predict = principal.may(Permission.PREDICTIONS_VIEW)
    return occupancy.occupancy(
        zones, predictions_queries.latest_capacity(session, principal) if may_predict else []
    )


def _predictions(session: ReadSession, principal: Principal) -> Component:
    return outlooks.predictions(predictions_queries.latest_capacity(session, principal))


def _sequencing(session: ReadSession, principal: Principal) -> Component:
    now = clock.utc_now()
    return panels.sequencing(
        sequencing_queries.queue_summary(session, principal),
        sequencing_queries.runs_between(session, principal, now - _JUST_BEFORE, now + RUN_WINDOW),
        now,
        lab_zone(),
    )


def _health(session: ReadSession, principal: Principal) -> Component:
    principal.require(Permission.HEALTH_VIEW)
    return watch.health(
        gateway_queries.component_states(session),
        work_queries.queue_states(session),
        work_queries.outbox_lag(session),
        saga_queries.saga_counts(session),
        lab_zone(),
    )


def _notices(session: ReadSession, principal: Principal) -> Component:
    return watch.notices(
        notifications_queries.latest(session, principal, watch.SHOWN_NOTICES),
        notifications_queries.unread_count(session, principal),
        lab_zone(),
    )


REGIONS: Mapping[str, Region] = {
    ids.ATTENTION: Region(
        title="Needs attention",
        topics=frozenset({"telemetry", "storage", "health"}),
        draw=_attention,
    ),
    ids.FIGURES: Region(
        title="Key figures",
        topics=frozenset({"samples", "storage", "sequencing"}),
        draw=_figures,
    ),
    ids.FLOW: Region(title="Sample flow", topics=frozenset({"samples"}), draw=_flow),
    ids.OCCUPANCY: Region(
        title="Storage occupancy",
        topics=frozenset({"storage", "predictions"}),
        draw=_occupancy,
    ),
    ids.PREDICTIONS: Region(
        title="Predictions", topics=frozenset({"predictions"}), draw=_predictions
    ),
    ids.SEQUENCING: Region(title="Sequencing", topics=frozenset({"sequencing"}), draw=_sequencing),
    ids.HEALTH: Region(title="System health", topics=frozenset({"health"}), draw=_health),
    ids.NOTICES: Region(title="Notifications", topics=frozenset({"notifications"}), draw=_notices),
}
"""In reading order: the first two span the page, the others stand in two rows of three."""
