"""Runs and services as bars of a calendar, and what blocks a run."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Row,
    ScalarSelect,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from backend.core import clock
from backend.samples.ids import QcVerdict
from backend.samples.models import Sample, SampleHold
from backend.sequencing.booking.models import InstrumentService
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RunState
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.pool_models import PoolMember, RunLoad
from backend.sequencing.views import RunBar

SERVICE = "service"
"""The state of a bar that is no run."""


def open_holds() -> ScalarSelect[list[str]]:
    """The kinds of a sample's open holds; NULL without any."""
    return (
        select(func.array_agg(SampleHold.kind))
        .where(SampleHold.sample_id == Sample.id, SampleHold.released_at.is_(None))
        .correlate(Sample)
        .scalar_subquery()
    )


def bar_of(row: Row[*tuple[Any, ...]]) -> RunBar:
    """Return a row of RUNS_AND_SERVICES as its readers receive it."""
    end = row.end_at
    if row.state == RunState.RUNNING:
        # A run that takes longer than was planned is still on its instrument.
        end = max(end, clock.utc_now())
    is_stuck = row.is_blocked and row.state == RunState.PLANNED
    return RunBar(
        instrument=row.name,
        run_code="" if row.number is None else run_code(row.run_prefix, row.number),
        start=row.start_at,
        end=end,
        state="blocked" if is_stuck else str(row.state),
        why=row.why,
        service_id=row.service_id,
    )


# Planned runs with a sample that may not go on an instrument now.
BLOCKED_RUNS = (
    select(RunLoad.run_id)
    .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
    .join(PoolMember, PoolMember.pool_id == RunLoad.pool_id)
    .join(Sample, Sample.id == PoolMember.sample_id)
    .where(SequencingRun.state == RunState.PLANNED)
    .where((Sample.qc_verdict == QcVerdict.FAIL) | open_holds().is_not(None))
    .distinct()
)
_RUNS = (
    select(
        Instrument.sort_order,
        Instrument.name,
        Instrument.run_prefix,
        SequencingRun.number,
        cast(SequencingRun.state, Text).label("state"),
        func.coalesce(SequencingRun.started_at, SequencingRun.planned_start_at).label("start_at"),
        func.coalesce(SequencingRun.finished_at, SequencingRun.planned_end_at).label("end_at"),
        SequencingRun.id.in_(BLOCKED_RUNS).label("is_blocked"),
        literal("").label("why"),
        cast(null(), Uuid).label("service_id"),
    )
    .join(Instrument, Instrument.id == SequencingRun.instrument_id)
    .where(
        SequencingRun.planned_start_at < bindparam("end"),
        # One that nobody has ended yet goes on, whatever was planned.
        (SequencingRun.planned_end_at > bindparam("start"))
        | (SequencingRun.state == RunState.RUNNING),
        SequencingRun.state != RunState.CANCELLED,
    )
)
_SERVICES = (
    select(
        Instrument.sort_order,
        Instrument.name,
        Instrument.run_prefix,
        cast(null(), BigInteger),
        literal(SERVICE),
        InstrumentService.starts_at,
        InstrumentService.ends_at,
        literal(value=False),
        InstrumentService.why,
        InstrumentService.id,
    )
    .join(Instrument, Instrument.id == InstrumentService.instrument_id)
    .where(
        InstrumentService.starts_at < bindparam("end"),
        InstrumentService.ends_at > bindparam("start"),
    )
)
RUNS_AND_SERVICES: CompoundSelect[*tuple[Any, ...]] = union_all(_RUNS, _SERVICES).order_by(
    "sort_order", "name", "start_at"
)
