"""What the libraries of a pool got from the runs that a person has confirmed."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from backend.sequencing.codes import run_code
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.pooling.choosing import Chosen
from backend.sequencing.pooling.schemas import TopUpIn, YieldIn
from backend.sequencing.runs.ids import FolderState, ProposalKind, ProposalState
from backend.sequencing.runs.models import LibraryYield, RunFolder, RunProposal

_MILLION = 1_000_000
_STEP = Decimal("0.000001")
_LONGEST_SOURCE = 200


def yields_of_runs(session: Session, pool_id: UUID, members: Sequence[Chosen]) -> TopUpIn | None:
    """Return the reads of a pool's libraries, summed over its lanes of every confirmed run.

    A library is left out when no table of the runs tells its reads, and is failed when it is asked
    for again on its own. None: no confirmed run tells reads of any of them.
    """
    got = _reads(session, pool_id)
    again = _asked_again(session, pool_id)
    yields = [
        YieldIn(
            barcode=each.barcode,
            reads_millions=(Decimal(got[each.sample_id]) / _MILLION).quantize(_STEP),
            is_failed=each.sample_id in again,
        )
        for each in members
        if each.sample_id in got
    ]
    if not yields:
        return None
    return TopUpIn(yields=yields, source=_runs(session, pool_id)[:_LONGEST_SOURCE])


def has_run_yields(session: Session, pool_id: UUID) -> bool:
    """Return whether a confirmed run tells what a library of the pool got."""
    return bool(_reads(session, pool_id))


def _reads(session: Session, pool_id: UUID) -> dict[UUID, int]:
    rows = session.execute(
        select(LibraryYield.sample_id, func.sum(LibraryYield.reads))
        .join(RunFolder, RunFolder.id == LibraryYield.folder_id)
        .join(RunLoad, and_(RunLoad.run_id == RunFolder.run_id, RunLoad.lane == LibraryYield.lane))
        .where(RunLoad.pool_id == pool_id, RunFolder.state == FolderState.CONFIRMED)
        .where(LibraryYield.sample_id.is_not(None), LibraryYield.reads.is_not(None))
        .group_by(LibraryYield.sample_id)
    )
    return {sample_id: int(reads or 0) for sample_id, reads in rows if sample_id is not None}


def _asked_again(session: Session, pool_id: UUID) -> set[UUID]:
    return set(
        session.scalars(
            select(RunProposal.sample_id)
            .join(RunLoad, RunLoad.run_id == RunProposal.run_id)
            .where(RunLoad.pool_id == pool_id)
            .where(RunProposal.kind == ProposalKind.REQUEUE)
            .where(RunProposal.state == ProposalState.ACCEPTED)
        )
    )


def _runs(session: Session, pool_id: UUID) -> str:
    rows = session.execute(
        select(Instrument.run_prefix, SequencingRun.number)
        .join(SequencingRun, SequencingRun.instrument_id == Instrument.id)
        .join(RunFolder, RunFolder.run_id == SequencingRun.id)
        .join(RunLoad, RunLoad.run_id == SequencingRun.id)
        .where(RunLoad.pool_id == pool_id, RunFolder.state == FolderState.CONFIRMED)
        .group_by(Instrument.run_prefix, SequencingRun.number)
        .order_by(SequencingRun.number)
    )
    return ", ".join(run_code(prefix, number) for prefix, number in rows)
