"""Runs with libraries on a lane that all carry one index pair, and a kit with others."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import MaterialType
from backend.samples.models import Project, Sample
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.reference import queries, service
from backend.sequencing.reference.content import IndexKitContent
from backend.sequencing.reference.ids import ReferenceKind
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_library,
    make_request,
    pool_of,
    slot,
)

KIT = "UD five"
TWIN = INDEX_PAIRS[0]


def keep_kit(session: WriteSession, who: Principal) -> None:
    """Keep a kit of five pairs, UDP1 to UDP5; the first is the one that libraries share."""
    if any(each.name == KIT for each in queries.index_kits(session)):
        return
    wells = [
        {"name": f"UDP{number}", "i7": i7, "i5": i5}
        for number, (i7, i5) in enumerate(INDEX_PAIRS, start=1)
    ]
    service.add_entry(
        session,
        who,
        kind=ReferenceKind.INDEX_KIT,
        name=KIT,
        content=IndexKitContent.model_validate({"maker": "IDT", "wells": wells}),
        source="A test",
    )


def planned_only(session: Session, project: Project) -> Sample:
    """DNA that is asked for with a pair, and of which no library is made yet."""
    return make_library(session, project, material_type=MaterialType.GDNA)


def lane_of(
    session: Session, project: Project, *libraries: Sample
) -> tuple[str, SequencingRequest]:
    """Put libraries, all with the same pair, on lane 1 of a run without asking any rule."""
    request = make_request(session, project, list(libraries), state=RequestState.PLANNED)
    of_request = select(RequestSample).where(RequestSample.request_id == request.id)
    for row in session.scalars(of_request):
        row.index_i7, row.index_i5 = TWIN
    start, end = slot(0, 24)
    run = SequencingRun(
        instrument_id=make_instrument(session).id,
        planned_start_at=start,
        planned_end_at=end,
        created_by=None,
    )
    session.add(run)
    session.flush()
    pool = pool_of(session, request)
    session.add(RunLoad(run_id=run.id, lane=1, pool_id=pool, reads_millions=Decimal(60)))
    session.flush()
    return f"NX-{run.number:04d}", request
