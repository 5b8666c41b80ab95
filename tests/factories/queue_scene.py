"""One instrument of the test's own, and requests of libraries that fit together on a lane of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.sequencing import service
from backend.sequencing.models import Instrument, SequencingRequest
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.queue_plans import make_plan
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_library,
    make_person,
    make_project,
    make_request,
    pool_of,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


class QueueScene:
    """Ada with two projects, and an instrument of two lanes that runs for three days."""

    def __init__(self, session: WriteSession, *, lanes: int = 2) -> None:
        self.session = session
        # Instruments of the test database that are not this scene's would take the libraries.
        for each in session.scalars(select(Instrument)):
            each.is_active = False
        session.flush()
        self.ada = make_person(session, *PLAN)
        self.here, self.there = (make_project(session, self.ada) for _ in range(2))
        self.instrument = make_instrument(session, lanes=lanes, lane_reads_millions=Decimal(1250))

    def request(self, number: int, **fields: Any) -> SequencingRequest:
        """A request of one library, of the first project or the second in turn."""
        project = self.there if number % 2 else self.here
        i7, i5 = fields.pop("indexes", INDEX_PAIRS[number])
        library = make_library(self.session, project, index_i7=i7, index_i5=i5)
        due = (clock.utc_now() + timedelta(days=12)).date()
        return make_request(self.session, project, [library], **({"due_on": due} | fields))

    def plan(self, *requests: SequencingRequest) -> QueuePlanView:
        return make_plan(self.session, self.ada, [each.id for each in requests])

    def book(self, request: SequencingRequest, *, lane: int = 1) -> tuple[str, datetime]:
        """Book the instrument in a day for a request that is pooled; return code and start."""
        start = (clock.utc_now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        bar = service.plan_run(
            self.session,
            self.ada,
            plan=RunPlanIn(
                instrument_id=self.instrument.id,
                start_at=start,
                end_at=start + timedelta(days=2),
                lanes=[LaneIn(pool_id=pool_of(self.session, request), lane=lane)],
            ),
        )
        return bar.run_code, start
