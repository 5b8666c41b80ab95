"""Which booked run a folder is of, and which library a demultiplexer's name means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.sequencing import pool_queries
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RunId, RunState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.run_folders.model import FolderReading
from backend.sequencing.runs.ids import MatchedBy
from backend.sequencing.runs.models import RunFolder
from backend.sequencing.views import LaneLibrary

_MAY_BE = (RunState.PLANNED, RunState.RUNNING, RunState.FINISHED)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A booked run that has no folder yet."""

    id: RunId
    code: str
    instrument: str
    state: RunState


def candidates(session: Session) -> list[Candidate]:
    """Return the booked runs that a folder could be of, the newest first."""
    rows = session.execute(
        select(SequencingRun.id, SequencingRun.number, SequencingRun.state, Instrument)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .outerjoin(RunFolder, RunFolder.run_id == SequencingRun.id)
        .where(SequencingRun.state.in_(_MAY_BE), RunFolder.id.is_(None))
        .order_by(SequencingRun.number.desc())
        .limit(200)
    )
    return [
        Candidate(RunId(key), run_code(instrument.run_prefix, number), instrument.name, state)
        for key, number, state, instrument in rows
    ]


def match(session: Session, reading: FolderReading) -> tuple[RunId, MatchedBy] | None:
    """Return the booked run that a folder is of, and what says so.

    The run's code as the name of the run in its sample sheet or parameters; else the libraries of
    the sheet, when all of them stand on one run. Two that fit are none: a person chooses.
    """
    open_runs = candidates(session)
    names = {reading.summary.sheet_run.casefold(), reading.summary.experiment.casefold()} - {""}
    by_name = [each.id for each in open_runs if each.code.casefold() in names]
    if len(by_name) == 1:
        return by_name[0], MatchedBy.NAME
    sheet = {each.sample_id.casefold() for each in (*reading.sheet, *reading.libraries)}
    if by_name or not sheet:
        return None
    fits = []
    for each in open_runs:
        if each.state is RunState.FINISHED:
            continue
        known = named_libraries(pool_queries.lane_libraries(session, each.id))
        if sheet <= {name for _, name in known}:
            fits.append(each.id)
    return (fits[0], MatchedBy.LIBRARIES) if len(fits) == 1 else None


def named_libraries(libraries: Sequence[LaneLibrary]) -> Mapping[tuple[int, str], LaneLibrary]:
    """Return a run's libraries by lane and each name a sheet may give them, in small letters."""
    found = {}
    for each in libraries:
        found[each.lane, each.name.casefold()] = each
    for each in libraries:
        # A barcode is one tube's; a name may be two's.
        found[each.lane, each.barcode.casefold()] = each
    return found


def wanted_reads(
    reading: FolderReading, known: Mapping[tuple[int, str], LaneLibrary]
) -> dict[tuple[int, str], int]:
    """Return the reads wanted of each library of a reading that the run has."""
    return {
        (each.lane, each.sample_id): round(found.reads_millions * _MILLION)
        for each in reading.libraries
        if (found := known.get((each.lane, each.sample_id.casefold()))) is not None
    }


def sample_of(known: Mapping[tuple[int, str], LaneLibrary], lane: int, name: str) -> UUID | None:
    """Return the sample that a demultiplexer's name means on a lane."""
    found = known.get((lane, name.casefold()))
    return None if found is None else found.sample_id
