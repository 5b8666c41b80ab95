"""What people do about a run that was read: say which run it is, confirm it, decide proposals."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median
from uuid import UUID

from sqlalchemy import select

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples.models import Project, Sample
from backend.sequencing import asked_assays, following, run_states, service
from backend.sequencing.ids import RequestState, RunId, RunState
from backend.sequencing.models import RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import PoolMember, RunLoad
from backend.sequencing.pooling import topping_up
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs import matching
from backend.sequencing.runs.errors import ProposalNotFound, RunFolderNotFound, RunNotReady
from backend.sequencing.runs.events import ProposalDecided, RunConfirmed, RunMatched
from backend.sequencing.runs.ids import (
    FolderState,
    MatchedBy,
    ProposalId,
    ProposalKind,
    ProposalState,
    RunFolderId,
)
from backend.sequencing.runs.models import LibraryYield, RunFolder, RunProposal
from backend.sequencing.runs.storing import READING, code_of, judge_again
from backend.sequencing.schemas import LibraryIn, SequencingRequestIn

_MILLION = 1_000_000
_NO_LIBRARY_BELOW = 0.1
"""Of the run's median share: below, more of the same tube does not help (DOMAIN 2c, top-up)."""
_LEAST_MILLIONS = Decimal("0.001")


def match_run(
    session: WriteSession, principal: Principal, *, folder_id: RunFolderId, run_id: RunId
) -> None:
    """Say which booked run a folder is of; its libraries are judged by what that run wants.

    Raises:
        RunFolderNotFound: absent.
        RunNotReady: confirmed already, or the run has a folder or does not fit.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    folder = _lock(session, folder_id)
    _refuse_confirmed(folder)
    if folder.run_id == run_id:
        return
    chosen = next((each for each in matching.candidates(session) if each.id == run_id), None)
    if chosen is None:
        raise RunNotReady("That run has a folder already, or was cancelled. Choose another run.")
    before = code_of(session, folder)
    folder.run_id, folder.matched_by = run_id, MatchedBy.PERSON
    session.flush()
    judge_again(session, folder, READING.validate_python(folder.reading))
    matched = RunMatched(aggregate_id=folder.id, name=folder.name, run_code=chosen.code)
    events_service.record(
        session, principal, matched, old={"run": before}, new={"run": chosen.code}
    )


def confirm_run(
    session: WriteSession,
    principal: Principal,
    *,
    folder_id: RunFolderId,
    version: int,
    note: str = "",
) -> int:
    """Confirm what came of a run, as ``version`` of its folder shows it.

    The booked run ends (or fails, if the instrument says so), its Q30 is kept, cards follow; those
    whose every library on the run was read go on to QC. Returns how many proposals were made.

    Raises:
        RunFolderNotFound: absent.
        RunNotReady: still arriving, of no booked run, or confirmed already.
        Conflict: the folder was read again since the person looked.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    folder = _lock(session, folder_id)
    _refuse_confirmed(folder)
    if folder.version != version:
        raise Conflict(
            f"{folder.name} was read again meanwhile (version {folder.version}). Load the page "
            "again and look at it before you confirm."
        )
    if folder.state is FolderState.ARRIVING:
        why = folder.told["summary"]["progress_why"]
        raise RunNotReady(f"{folder.name} is still arriving: {why}. Wait until it is whole.")
    if folder.run_id is None:
        raise RunNotReady(f"{folder.name} belongs to no booked run. Say which run it is first.")
    run = session.scalars(
        select(SequencingRun).where(SequencingRun.id == folder.run_id).with_for_update()
    ).one()
    _end(session, principal, run, failed=folder.state is FolderState.FAILED)
    q30 = folder.told["summary"]["q30_percent"]
    run.q30_percent = None if q30 is None else Decimal(str(round(q30, 2)))
    proposals = _propose(session, folder)
    if folder.state is FolderState.READ:
        _cards_to_qc(session, principal, folder)
    folder.state, folder.confirmed_at = FolderState.CONFIRMED, clock.utc_now()
    folder.confirmed_by, folder.confirmed_by_name = principal.user_id, principal.name
    folder.confirm_note = note.strip()[:500]
    confirmed = RunConfirmed(
        aggregate_id=folder.id,
        name=folder.name,
        run_code=code_of(session, folder),
        verdict=folder.verdict.value,
        proposals=len(proposals),
    )
    events_service.record(session, principal, confirmed, reason=folder.confirm_note or None)
    return len(proposals)


def decide_proposal(
    session: WriteSession, principal: Principal, *, proposal_id: ProposalId, accept: bool
) -> str:
    """Accept or dismiss a proposal; returns where accepting led, or "".

    A failed library is asked for again, in a request of its own for what is missing: its code. A
    top-up opens, or joins, the pending top-up of the library's pools, with what all their libraries
    got; it is approved there: the pools' codes.

    Raises:
        ProposalNotFound: absent, or the library is not of the principal's projects.
        Conflict: decided already, or its pool has libraries that the principal may not see.
        YieldsRefused: reads of another library of its pool are not known.
        RequestRefused: the library cannot be sequenced again; the sentence says why.
    """
    principal.require(Permission.SEQUENCING_PLAN)
    proposal = session.scalars(
        select(RunProposal)
        .join(Sample, Sample.id == RunProposal.sample_id)
        .where(RunProposal.id == proposal_id)
        .where(Sample.project_id.in_(samples_queries.visible_project_ids(principal)))
        .with_for_update(of=RunProposal)
    ).one_or_none()
    if proposal is None:
        raise ProposalNotFound
    if proposal.state is not ProposalState.PENDING:
        raise Conflict(f"That was {proposal.state.value} by {proposal.decided_by_name} already.")
    sample = session.get_one(Sample, proposal.sample_id)
    if accept and proposal.kind is ProposalKind.REQUEUE:
        proposal.request_code = _ask_again(session, principal, proposal, sample)
    elif accept:
        proposal.pool_codes = topping_up.open_for_library(
            session, principal, run_id=proposal.run_id, sample_id=sample.id
        )
    proposal.state = ProposalState.ACCEPTED if accept else ProposalState.DISMISSED
    proposal.decided_by, proposal.decided_by_name = principal.user_id, principal.name
    proposal.decided_at = clock.utc_now()
    decided = ProposalDecided(
        aggregate_id=proposal.folder_id,
        barcode=sample.barcode,
        kind=proposal.kind.value,
        state=proposal.state.value,
        request_code=proposal.request_code,
        pool_codes=", ".join(proposal.pool_codes),
    )
    events_service.record(session, principal, decided)
    return proposal.request_code or decided.pool_codes


def _lock(session: WriteSession, folder_id: RunFolderId) -> RunFolder:
    found = session.scalars(
        select(RunFolder).where(RunFolder.id == folder_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise RunFolderNotFound
    return found


def _refuse_confirmed(folder: RunFolder) -> None:
    if folder.state is FolderState.CONFIRMED:
        raise RunNotReady(f"{folder.name} was confirmed by {folder.confirmed_by_name} already.")


def _end(session: WriteSession, principal: Principal, run: SequencingRun, *, failed: bool) -> None:
    """End the booked run. One that nobody started has run all the same."""
    if run.state is RunState.PLANNED:
        run_states.start_run(session, principal, RunId(run.id))
    if run.state is not RunState.RUNNING:
        return
    end = run_states.fail_run if failed else run_states.finish_run
    end(session, principal, RunId(run.id))


def _propose(session: WriteSession, folder: RunFolder) -> list[RunProposal]:
    """Make a proposal for each library that got too little, over all its lanes together."""
    rows = session.scalars(
        select(LibraryYield)
        .where(LibraryYield.folder_id == folder.id, LibraryYield.sample_id.is_not(None))
        .order_by(LibraryYield.lane, LibraryYield.name)
    ).all()
    by_sample: dict[UUID, list[LibraryYield]] = {}
    for row in rows:
        if row.sample_id is not None:
            by_sample.setdefault(row.sample_id, []).append(row)
    shares = [share for own in by_sample.values() if (share := _share(own)) is not None]
    usual = median(shares) if shares else 0.0
    made = [
        proposal
        for sample_id, own in by_sample.items()
        if (proposal := _proposal(folder, sample_id, own, usual)) is not None
    ]
    session.add_all(made)
    session.flush()
    return made


def _share(rows: Sequence[LibraryYield]) -> float | None:
    """Return what a library got of what was wanted, over its lanes."""
    wanted = sum(row.wanted or 0 for row in rows)
    return sum(row.reads or 0 for row in rows) / wanted if wanted else None


def _proposal(
    folder: RunFolder, sample_id: UUID, rows: list[LibraryYield], usual: float
) -> RunProposal | None:
    verdicts = {row.verdict for row in rows}
    wanted = sum(row.wanted or 0 for row in rows)
    got = sum(row.reads or 0 for row in rows)
    missing = Decimal(wanted - got) / _MILLION
    if folder.run_id is None or missing < _LEAST_MILLIONS:
        return None
    if not verdicts & {Verdict.FAIL, Verdict.WARN}:
        return None
    is_failed = (_share(rows) or 0.0) < _NO_LIBRARY_BELOW * usual
    worst = next(row for row in rows if row.verdict in {Verdict.FAIL, Verdict.WARN})
    return RunProposal(
        folder_id=folder.id,
        run_id=folder.run_id,
        sample_id=sample_id,
        kind=ProposalKind.REQUEUE if is_failed else ProposalKind.TOP_UP,
        reads_millions=missing.quantize(_LEAST_MILLIONS),
        reason=f"Lane {worst.lane}: {worst.sentence}"[:500],
    )


def _cards_to_qc(session: WriteSession, principal: Principal, folder: RunFolder) -> None:
    """Move the demultiplexed cards whose every library on the run has its reads to QC."""
    read = select(LibraryYield.sample_id).where(
        LibraryYield.folder_id == folder.id, LibraryYield.reads.is_not(None)
    )
    on_run = (
        select(PoolMember.request_id, PoolMember.sample_id)
        .join(RunLoad, RunLoad.pool_id == PoolMember.pool_id)
        .where(RunLoad.run_id == folder.run_id)
    ).subquery()
    known = set(session.scalars(read))
    unread = {request for request, sample in session.execute(select(on_run)) if sample not in known}
    asked = set(session.scalars(select(on_run.c.request_id)))
    for request in following.lock_requests(session, asked - unread):
        if request.state is RequestState.DEMULTIPLEXED:
            following.enter(session, principal, request, RequestState.QC)


def _ask_again(
    session: WriteSession, principal: Principal, proposal: RunProposal, sample: Sample
) -> str:
    """Ask for a failed library again, as it was asked for before and due as it was."""
    old, indexes = session.execute(
        select(SequencingRequest, RequestSample)
        .join(RequestSample, RequestSample.request_id == SequencingRequest.id)
        .join(
            PoolMember,
            (PoolMember.request_id == RequestSample.request_id)
            & (PoolMember.sample_id == RequestSample.sample_id),
        )
        .join(RunLoad, RunLoad.pool_id == PoolMember.pool_id)
        .where(RunLoad.run_id == proposal.run_id, RequestSample.sample_id == sample.id)
        .order_by(SequencingRequest.number.desc())
        .limit(1)
    ).one()
    today = auth_queries.laboratory_day(session)
    # Who may plan runs may ask again for what failed on one; asking anew is the requester's.
    asking = replace(principal, permissions=principal.permissions | {Permission.SEQUENCING_REQUEST})
    card = service.request_sequencing(
        session,
        asking,
        request=SequencingRequestIn(
            project_code=session.get_one(Project, old.project_id).code,
            libraries=[
                LibraryIn(
                    barcode=sample.barcode,
                    index_i7=indexes.index_i7,
                    index_i5=indexes.index_i5,
                )
            ],
            reads_millions=proposal.reads_millions,
            read_length=old.read_length,
            due_on=max(old.due_on, today),
            notes=f"Again after {proposal.reason}"[:500],
            assay=asked_assays.still_offered(session, old.assay),
            why_again=proposal.reason,
        ),
    )
    return card.code
