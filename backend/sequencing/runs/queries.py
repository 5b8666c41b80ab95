"""Reading runs: the list, one run, and the watched roots."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import Session

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.models import Project, Sample
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RunId
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.runs.errors import RunFolderNotFound
from backend.sequencing.runs.ids import ProposalId, ProposalState, RunFolderId
from backend.sequencing.runs.matching import Candidate, candidates
from backend.sequencing.runs.models import LibraryYield, RunFolder, RunProposal, RunRoot
from backend.sequencing.runs.views import (
    LibraryLine,
    ProposalLine,
    RootLine,
    RunLine,
    RunView,
)

MOST_RUNS = 200


def list_runs(
    session: ReadSession, principal: Principal, *, limit: int = MOST_RUNS
) -> list[RunLine]:
    """Return the runs whose folders were read last. Runs are everybody's, libraries are not."""
    principal.require(Permission.SEQUENCING_VIEW)
    rows = session.execute(_lines().order_by(RunFolder.read_at.desc(), RunFolder.id).limit(limit))
    return [_line(*row) for row in rows]


def get_run(session: ReadSession, principal: Principal, code: str) -> RunView:
    """Return one run by the code of its booked run, its own name, its folder's name or its key.

    Libraries of projects that are not the principal's are counted, not shown; what unknown
    barcodes resemble is shown to those who see every project.

    Raises:
        RunFolderNotFound: no such run.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    row = session.execute(_lines().where(RunFolder.id == _key(session, code))).one()
    folder: RunFolder = row[0]
    sees_all = principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    libraries, hidden = _libraries(session, principal, folder, sees_all=sees_all)
    told = folder.told
    return RunView(
        line=_line(*row),
        run_id=None if folder.run_id is None else RunId(folder.run_id),
        matched_by=folder.matched_by,
        version=folder.version,
        limits_version=folder.limits_version,
        summary=told["summary"],
        lanes=told["lanes"],
        libraries=libraries,
        hidden_libraries=hidden,
        unknown=told["unknown_barcodes"] if sees_all else _without_names(told["unknown_barcodes"]),
        findings=told["findings"],
        proposals=_proposals(session, principal, folder),
        first_seen_at=folder.first_seen_at,
        confirmed_by_name=folder.confirmed_by_name,
        confirmed_at=folder.confirmed_at,
        confirm_note=folder.confirm_note,
    )


def list_candidates(session: ReadSession, principal: Principal) -> list[Candidate]:
    """Return the booked runs that a folder could be of."""
    principal.require(Permission.SEQUENCING_PLAN)
    return candidates(session)


def list_roots(session: ReadSession, principal: Principal) -> list[RootLine]:
    """Return the watched roots with their last pass."""
    if not principal.may(Permission.SEQUENCING_VIEW):
        principal.require(Permission.HEALTH_VIEW)
    return [
        RootLine(
            root=each.root,
            passed_at=each.passed_at,
            folders=each.folders,
            read=each.read,
            findings=[(str(name), str(sentence)) for name, sentence in each.findings],
        )
        for each in session.scalars(select(RunRoot).order_by(RunRoot.root))
    ]


def _lines() -> Select[RunFolder, int, str, str, int]:
    waiting = (
        select(func.count())
        .where(RunProposal.folder_id == RunFolder.id)
        .where(RunProposal.state == ProposalState.PENDING)
        .correlate(RunFolder)
        .scalar_subquery()
    )
    return (
        select(RunFolder, SequencingRun.number, Instrument.run_prefix, Instrument.name, waiting)
        .outerjoin(SequencingRun, SequencingRun.id == RunFolder.run_id)
        .outerjoin(Instrument, Instrument.id == SequencingRun.instrument_id)
    )


def _line(
    folder: RunFolder,
    number: int | None,
    prefix: str | None,
    instrument: str | None,
    proposals: int,
) -> RunLine:
    summary = folder.told["summary"]
    booked = "" if number is None or prefix is None else run_code(prefix, number)
    return RunLine(
        id=RunFolderId(folder.id),
        code=booked or folder.run_name or folder.name,
        name=folder.name,
        instrument=instrument or summary["instrument"] or summary["instrument_type"],
        model=summary["model"],
        state=folder.state,
        verdict=folder.verdict,
        clusters_pf=summary["clusters_pf"],
        yield_bases=summary["yield_bases"],
        q30_percent=summary["q30_percent"],
        error_percent=summary["error_percent"],
        undetermined_percent=summary["undetermined_percent"],
        proposals=proposals,
        read_at=folder.read_at,
    )


def _key(session: Session, code: str) -> UUID:
    booked = Instrument.run_prefix + "-" + func.lpad(_text(SequencingRun.number), 4, "0")
    found = session.scalars(
        select(RunFolder.id)
        .outerjoin(SequencingRun, SequencingRun.id == RunFolder.run_id)
        .outerjoin(Instrument, Instrument.id == SequencingRun.instrument_id)
        .where(
            (booked == code)
            | (RunFolder.run_name == code)
            | (RunFolder.name == code)
            | (_text(RunFolder.id) == code)
        )
        # A booked run's code before a folder that happens to be called so.
        .order_by((booked == code).desc().nulls_last(), RunFolder.first_seen_at)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise RunFolderNotFound
    return found


def _libraries(
    session: Session, principal: Principal, folder: RunFolder, *, sees_all: bool
) -> tuple[list[LibraryLine], int]:
    rows = session.execute(
        select(LibraryYield, Sample.barcode, Sample.project_id, Project.code)
        .outerjoin(Sample, Sample.id == LibraryYield.sample_id)
        .outerjoin(Project, Project.id == Sample.project_id)
        .where(LibraryYield.folder_id == folder.id)
        .order_by(LibraryYield.lane, LibraryYield.name)
    ).all()
    mine = set(session.scalars(samples_queries.visible_project_ids(principal)))
    shown = [row for row in rows if row[2] in mine or (sees_all and row[2] is None)]
    return [
        LibraryLine(
            lane=each.lane,
            name=each.name,
            barcode=barcode or "",
            project_code=project or "",
            reads=each.reads,
            wanted=each.wanted,
            q30_percent=each.q30_percent,
            verdict=each.verdict,
            sentence=each.sentence,
        )
        for each, barcode, _, project in shown
    ], len(rows) - len(shown)


def _proposals(session: Session, principal: Principal, folder: RunFolder) -> list[ProposalLine]:
    rows = session.execute(
        select(RunProposal, Sample.barcode)
        .join(Sample, Sample.id == RunProposal.sample_id)
        .where(RunProposal.folder_id == folder.id)
        .where(Sample.project_id.in_(samples_queries.visible_project_ids(principal)))
        .order_by(RunProposal.kind, Sample.barcode)
    )
    return [
        ProposalLine(
            id=ProposalId(each.id),
            barcode=barcode,
            kind=each.kind,
            reads_millions=each.reads_millions,
            reason=each.reason,
            state=each.state,
            request_code=each.request_code,
            pool_codes=each.pool_codes,
            decided_by_name=each.decided_by_name,
        )
        for each, barcode in rows
    ]


def _without_names(unknown: dict[str, Any]) -> dict[str, Any]:
    return unknown | {"explanations": [each | {"examples": []} for each in unknown["explanations"]]}


def _text(column: Any) -> Any:
    return cast(column, Text)
