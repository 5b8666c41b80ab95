"""A library of a request as the queue planner takes it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.sequencing.kit_naming.views import CarriedPair
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.planning.problem import Library
from backend.sequencing.reference.ids import MixingClass
from backend.sequencing.reference.views import Assay
from backend.sequencing.released import library_kits
from backend.sequencing.sheets.layouts import NOTHING_KNOWN, LibraryLayout, UmiRead

_DAY = timedelta(days=1)


def waiting_library(
    row: RequestSample,
    request: SequencingRequest,
    project_code: str,
    assay: Assay | None,
    layout: LibraryLayout = NOTHING_KNOWN,
    *,
    now: datetime,
) -> Library:
    """Return a library that waits; it is on time if its run ends by the end of the day it is due.

    ``assay`` None leaves it to the indexes alone what it may share a lane with. Of a ``layout``
    the UMIs in index reads count: those in reads are among the cycles that were asked for.
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
        umi_cycles=(_umi(layout, UmiRead.INDEX_1), _umi(layout, UmiRead.INDEX_2)),
        project=project_code,
        assay=assay.key if assay else "",
        library_type=assay.content.library_type if assay else "",
        mixing=assay.content.mixing if assay else MixingClass.ANY,
    )


def layouts_of(session: Session, rows: Sequence[RequestSample]) -> Mapping[UUID, LibraryLayout]:
    """Return what the kits of libraries record, by library; those of unknown kits are left out."""
    carried = [
        CarriedPair(
            sample_id=each.sample_id,
            barcode="",
            request_code="",
            lanes=(),
            index_i7=each.index_i7,
            index_i5=each.index_i5,
        )
        for each in rows
    ]
    return library_kits.kits_of(session, carried).layouts


def _umi(layout: LibraryLayout, read: UmiRead) -> int:
    return layout.index_cycles(read, 0)
