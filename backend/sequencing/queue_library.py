"""A library of a request as the queue planner takes it."""

from datetime import UTC, datetime, time, timedelta

from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.planning.problem import Library
from backend.sequencing.reference.ids import MixingClass
from backend.sequencing.reference.views import Assay

_DAY = timedelta(days=1)


def waiting_library(
    row: RequestSample,
    request: SequencingRequest,
    project_code: str,
    assay: Assay | None,
    *,
    now: datetime,
) -> Library:
    """Return a library that waits; it is on time if its run ends by the end of the day it is due.

    ``assay`` None leaves it to the indexes alone what it may share a lane with.
    """
    due = datetime.combine(request.due_on, time.max, tzinfo=UTC)
    return Library(
        key=f"{row.request_id}/{row.sample_id}",
        configuration=str(request.read_length),
        reads_millions=float(request.reads_millions),
        ready=0.0,
        due=(due - now) / _DAY,
        weight=1.0,
        i7=row.index_i7,
        i5=row.index_i5 or "",
        project=project_code,
        assay=assay.key if assay else "",
        library_type=assay.content.library_type if assay else "",
        mixing=assay.content.mixing if assay else MixingClass.ANY,
    )
