"""The Overview's regions: what each reads, which topics move it, and who may see it.

The page has the regions that the person's role opens. One whose rows cannot be read says so in its
own place; the others stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.gateway import queries as gateway_queries
from backend.incidents import queries as incident_queries
from backend.notifications import queries as notifications_queries
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
from dashboard.pages.overview.kept import kept_or_drawn
from dashboard.pages.overview.key_figures import (
    SampleFigures,
    StorageFigures,
    key_figures,
)
from dashboard.pages.overview.readings import Readings

_TREND_DAYS = 30
_PLANS_SHOWN = 3
_JUST_BEFORE = timedelta(hours=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One part of the page."""

    title: str
    topics: frozenset[str]
    draw: Callable[[Readings], Component]
    permission: Permission = Permission.OVERVIEW_VIEW
    is_personal: bool = False
    """What it shows is the person's own, not that of everybody with the same rights."""

    def is_open_to(self, principal: Principal) -> bool:
        """Say whether a person's page has this region."""
        return principal.may(self.permission)


def draw(region: Region, readings: Readings) -> Component:
    """Draw a region, or why it cannot be drawn."""
    try:
        readings.principal.require(region.permission)
        key = (
            region.title,
            readings.seen_by(person=region.is_personal),
            readings.state_of(region.topics),
        )
        return kept_or_drawn(key, readings.now, lambda: region.draw(readings))
    except AppError as refusal:
        return panels.refused(region.title, refusal.message)


def _attention(readings: Readings) -> Component:
    session, principal = readings.session, readings.principal
    items: list[Attention] = []
    if principal.may(Permission.STORAGE_VIEW):
        items += needs.alarms(
            telemetry_queries.open_alarms(session, principal),
            readings.now,
            incident_queries.standing_codes(session, principal),
        )
        items += needs.full_units(readings.fullness.units)
    if principal.may(Permission.STORAGE_PLAN):
        items += needs.plans(plan_queries.plans_to_review(session, principal, _PLANS_SHOWN))
    if principal.may(Permission.HEALTH_VIEW):
        items += needs.ill_components(readings.states.parts)
    return panels.attention(needs.most_urgent(items), lab_zone())


def _figures(readings: Readings) -> Component:
    session, principal = readings.session, readings.principal
    samples = storage = queue = None
    if principal.may(Permission.SAMPLES_VIEW):
        samples = SampleFigures(
            counts=readings.counts,
            days=readings.days,
            stages=readings.stages,
            turnaround=readings.turnaround,
            today=readings.now.date(),
        )
    if principal.may(Permission.STORAGE_VIEW):
        storage = StorageFigures(
            zones=readings.fullness.zones,
            history=storage_queries.occupancy_history(session, principal, _TREND_DAYS),
        )
    if principal.may(Permission.SEQUENCING_VIEW):
        queue = readings.queue
    return key_figures(samples, storage, queue)


def _flow(readings: Readings) -> Component:
    return panels.sample_flow(readings.days, readings.stages)


def _occupancy(readings: Readings) -> Component:
    may_predict = readings.principal.may(Permission.PREDICTIONS_VIEW)
    return occupancy.occupancy(readings.fullness.zones, readings.forecasts if may_predict else [])


def _predictions(readings: Readings) -> Component:
    return outlooks.predictions(readings.forecasts)


def _sequencing(readings: Readings) -> Component:
    now = readings.now
    runs = sequencing_queries.runs_between(
        readings.session, readings.principal, now - _JUST_BEFORE, now + RUN_WINDOW
    )
    return panels.sequencing(readings.queue, runs, now, lab_zone())


def _health(readings: Readings) -> Component:
    session = readings.session
    return watch.health(
        readings.states.parts,
        gateway_queries.worst_today(session, readings.states, watch.SHOWN_PARTS),
        work_queries.queue_states(session),
        work_queries.outbox_lag(session),
        saga_queries.saga_counts(session),
        zone=lab_zone(),
    )


def _notices(readings: Readings) -> Component:
    session, principal = readings.session, readings.principal
    shown, unread = notifications_queries.latest_and_unread(session, principal, watch.SHOWN_NOTICES)
    return watch.notices(shown, unread, lab_zone())


REGIONS: Mapping[str, Region] = {
    ids.ATTENTION: Region(
        title="Needs attention",
        topics=frozenset({"telemetry", "incidents", "storage", "health"}),
        draw=_attention,
        is_personal=True,  # the plans that one has asked for
    ),
    ids.FIGURES: Region(
        title="Key figures",
        topics=frozenset({"samples", "storage", "sequencing"}),
        draw=_figures,
    ),
    ids.FLOW: Region(
        title="Sample flow",
        topics=frozenset({"samples"}),
        draw=_flow,
        permission=Permission.SAMPLES_VIEW,
    ),
    ids.OCCUPANCY: Region(
        title="Storage occupancy",
        topics=frozenset({"storage", "predictions"}),
        draw=_occupancy,
        permission=Permission.STORAGE_VIEW,
    ),
    ids.PREDICTIONS: Region(
        title="Predictions",
        topics=frozenset({"predictions"}),
        draw=_predictions,
        permission=Permission.PREDICTIONS_VIEW,
    ),
    ids.SEQUENCING: Region(
        title="Sequencing",
        topics=frozenset({"sequencing"}),
        draw=_sequencing,
        permission=Permission.SEQUENCING_VIEW,
    ),
    ids.HEALTH: Region(
        title="System health",
        topics=frozenset({"health"}),
        draw=_health,
        permission=Permission.HEALTH_VIEW,
    ),
    ids.NOTICES: Region(
        title="Notifications",
        topics=frozenset({"notifications"}),
        draw=_notices,
        is_personal=True,
        permission=Permission.NOTIFICATIONS_VIEW,
    ),
}
"""In reading order: the first two span the page, the others stand in two rows of three."""
