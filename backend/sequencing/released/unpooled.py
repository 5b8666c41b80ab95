"""Libraries that wait in no pool yet and that a planned run could take."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.models import Project, Sample
from backend.sequencing import pool_queries
from backend.sequencing import queries as board_queries
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.released.views import RunPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpooled:
    """Libraries in the order in which they are due, with what they ask for together."""

    barcodes: Sequence[str]
    project_codes: Sequence[str]
    reads_millions: Decimal


def unpooled_for(session: ReadSession, principal: Principal, plan: RunPlan) -> Unpooled:
    """Return the libraries that a run's read length suits; of an empty run, the first one's."""
    principal.require(Permission.SEQUENCING_VIEW)
    waiting = board_queries.visible_requests(principal).where(
        SequencingRequest.state == RequestState.WAITING
    )
    rows = session.execute(
        select(
            Sample.barcode,
            Project.code,
            SequencingRequest.reads_millions,
            SequencingRequest.read_length,
        )
        .join(RequestSample, RequestSample.sample_id == Sample.id)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .join(Project, Project.id == SequencingRequest.project_id)
        .where(
            RequestSample.request_id.in_(waiting.with_only_columns(SequencingRequest.id)),
            ~pool_queries.is_pooled(),
        )
        .order_by(SequencingRequest.due_on, RequestSample.request_id, RequestSample.place)
    ).all()
    lengths = {each.read_length for each in plan.libraries}
    # What comes first onto an empty run decides how long its reads are.
    fitting = lengths or {row.read_length for row in rows[:1]}
    found = [row for row in rows if row.read_length in fitting]
    return Unpooled(
        barcodes=[row.barcode for row in found],
        project_codes=sorted({row.code for row in found}),
        reads_millions=sum((row.reads_millions for row in found), Decimal(0)),
    )
