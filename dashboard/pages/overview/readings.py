"""What the Overview reads, each thing once a request however many regions show it."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.events import queries as events_queries
from backend.gateway import queries as gateway_queries
from backend.gateway.views import StatesNow
from backend.predictions import queries as predictions_queries
from backend.predictions.views import CapacityForecastView
from backend.samples import completions, tally, waiting
from backend.samples import listed as samples_listed
from backend.samples.schemas import SampleFilters
from backend.samples.views import CompletedDay, DayFlow, StageRow, Tally, Turnaround
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.views import QueueSummary
from backend.storage import queries as storage_queries
from backend.storage.views import Fullness

FLOW_DAYS = 30


class Readings:
    """One snapshot for one person; a refusal is raised to every region that asks."""

    def __init__(self, session: ReadSession, principal: Principal) -> None:
        self.session = session
        self.principal = principal
        self.now = clock.utc_now()

    def seen_by(self, *, person: bool) -> Hashable:
        """Return what decides who sees the same: rights and projects, or with ``person`` who."""
        if person:
            return self.principal.permissions, self.principal.user_id
        return self.principal.permissions, self._projects

    def state_of(self, topics: Iterable[str]) -> Hashable:
        """Return what the laboratory's state is to a region: the versions of its topics."""
        return tuple(self._versions.get(topic, 0) for topic in sorted(topics))

    @cached_property
    def _versions(self) -> Mapping[str, int]:
        return events_queries.latest_versions(self.session)

    @cached_property
    def _projects(self) -> tuple[UUID, ...] | None:
        scope = samples_listed.scope_of(self.session, self.principal, SampleFilters())
        return None if scope is None else tuple(scope)

    @property
    def counts(self) -> Mapping[str, int]:
        """Samples by status."""
        return self._tally.counts

    @cached_property
    def days(self) -> list[DayFlow]:
        """Registrations and completions of the last FLOW_DAYS days, oldest first."""
        return tally.flow_per_day(
            self._tally.registered, self._completed, days=FLOW_DAYS, today=self.now.date()
        )

    @cached_property
    def turnaround(self) -> Turnaround | None:
        """Days from registration to completion, of what was completed in the last FLOW_DAYS."""
        return completions.turnaround(self._completed)

    @cached_property
    def stages(self) -> list[StageRow]:
        """Where samples wait, and how long."""
        return waiting.stage_rows(self.session, self.principal, self.counts, now=self.now)

    @cached_property
    def _tally(self) -> Tally:
        return tally.read_tally(self.session, self.principal, first=self._first_day)

    @cached_property
    def _completed(self) -> list[CompletedDay]:
        return completions.completed_days(self.session, self.principal, first=self._first_day)

    @property
    def _first_day(self) -> date:
        return self.now.date() - timedelta(days=FLOW_DAYS - 1)

    @cached_property
    def fullness(self) -> Fullness:
        """Positions by unit and by temperature zone."""
        return storage_queries.fullness(self.session, self.principal)

    @cached_property
    def states(self) -> StatesNow:
        """The program's parts, the worst first."""
        return gateway_queries.look(self.session)

    @cached_property
    def queue(self) -> QueueSummary:
        """The sequencing queue in figures."""
        return sequencing_queries.queue_summary(self.session, self.principal)

    @cached_property
    def forecasts(self) -> list[CapacityForecastView]:
        """The newest forecast of each zone."""
        return predictions_queries.latest_capacity(self.session, self.principal)
