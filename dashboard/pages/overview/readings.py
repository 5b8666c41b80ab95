"""What the Overview reads, each thing once a request however many regions show it."""

from functools import cached_property

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.predictions import queries as predictions_queries
from backend.predictions.views import CapacityForecastView
from backend.samples import tally
from backend.samples.views import DayFlow, StageRow
from backend.sequencing import queries as sequencing_queries
from backend.sequencing.views import QueueSummary
from backend.storage import queries as storage_queries
from backend.storage.views import ZoneOccupancy

FLOW_DAYS = 30


class Readings:
    """One snapshot for one person; a refusal is raised to every region that asks."""

    def __init__(self, session: ReadSession, principal: Principal) -> None:
        self.session = session
        self.principal = principal
        self.now = clock.utc_now()

    @cached_property
    def counts(self) -> dict[str, int]:
        """Samples by status."""
        return tally.status_counts(self.session, self.principal)

    @cached_property
    def days(self) -> list[DayFlow]:
        """Registrations and completions of the last FLOW_DAYS days, oldest first."""
        return tally.flow_per_day(
            self.session, self.principal, days=FLOW_DAYS, today=self.now.date()
        )

    @cached_property
    def stages(self) -> list[StageRow]:
        """Where samples wait, and how long."""
        return tally.stage_rows(self.session, self.principal, self.counts, now=self.now)

    @cached_property
    def zones(self) -> list[ZoneOccupancy]:
        """Positions by temperature zone."""
        return storage_queries.occupancy_by_zone(self.session, self.principal)

    @cached_property
    def queue(self) -> QueueSummary:
        """The sequencing queue in figures."""
        return sequencing_queries.queue_summary(self.session, self.principal)

    @cached_property
    def forecasts(self) -> list[CapacityForecastView]:
        """The newest forecast of each zone."""
        return predictions_queries.latest_capacity(self.session, self.principal)
