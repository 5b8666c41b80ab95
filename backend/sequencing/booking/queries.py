"""What stands in the time of instruments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RunState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.released.queries import visible_runs
from backend.sequencing.views import RunBar

_BOOKED = (RunState.PLANNED, RunState.RUNNING)


def booked_times(
    session: Session, start: datetime, end: datetime
) -> list[tuple[UUID, datetime, datetime]]:
    """Return (instrument, from, until) of all that a planner must not plan over, services too."""
    runs = (
        select(
            SequencingRun.instrument_id,
            SequencingRun.planned_start_at.label("starts_at"),
            SequencingRun.planned_end_at.label("ends_at"),
        )
        .where(SequencingRun.state.in_(_BOOKED))
        .where(SequencingRun.planned_start_at < end, SequencingRun.planned_end_at > start)
    )
    services = select(
        InstrumentService.instrument_id, InstrumentService.starts_at, InstrumentService.ends_at
    ).where(InstrumentService.starts_at < end, InstrumentService.ends_at > start)
    rows = session.execute(union_all(runs, services).order_by("starts_at", "instrument_id"))
    return [(key, begins, ends) for key, begins, ends in rows]


def openable(session: ReadSession, principal: Principal, bars: Sequence[RunBar]) -> frozenset[str]:
    """Return the codes of the runs among these that the principal may open."""
    principal.require(Permission.SEQUENCING_VIEW)
    numbers = [int(bar.run_code.rpartition("-")[2]) for bar in bars if bar.run_code]
    rows = session.execute(
        visible_runs(principal)
        .join(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(SequencingRun.number.in_(numbers))
        .with_only_columns(Instrument.run_prefix, SequencingRun.number, maintain_column_froms=True)
    )
    return frozenset(run_code(prefix, number) for prefix, number in rows)
