"""Keeping what was read of a folder: a new version each time that something in it has changed."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import pool_queries
from backend.sequencing.codes import run_code
from backend.sequencing.ids import RunId
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.run_folders.files import RunFile, RunFiles
from backend.sequencing.run_folders.kit_pairs import Wells, kits_seen
from backend.sequencing.run_folders.model import FolderReading, Progress
from backend.sequencing.run_folders.plain import reading_out
from backend.sequencing.run_folders.unknown_barcodes import Diagnosis, Expected, diagnose
from backend.sequencing.run_folders.verdicts import RunVerdict, Verdict, judge
from backend.sequencing.runs import matching
from backend.sequencing.runs.events import RunFolderRead
from backend.sequencing.runs.ids import FolderState, RunFolderId
from backend.sequencing.runs.limit_sets import limits_in_force
from backend.sequencing.runs.models import (
    LibraryYield,
    RunFolder,
    RunFolderFile,
    RunLaneMetric,
)
from backend.sequencing.views import LaneLibrary

READING = TypeAdapter(FolderReading)
_STATES: Mapping[Progress, FolderState] = {
    Progress.ARRIVING: FolderState.ARRIVING,
    Progress.FINISHED: FolderState.READ,
    Progress.FAILED: FolderState.FAILED,
}
_MOST = Decimal(9999)


class TwiceRead(Exception):
    """The run was read from another folder already; the words say from which."""


def known_stamps(session: Session, root: str) -> dict[str, tuple[str, FolderState]]:
    """Return the stamp and state of every folder of a root, by name."""
    rows = session.execute(
        select(RunFolder.name, RunFolder.stamp, RunFolder.state).where(RunFolder.root == root)
    )
    return {name: (stamp, state) for name, stamp, state in rows}


def store_reading(
    session: WriteSession,
    principal: Principal,
    *,
    root: str,
    stamp: str,
    files: RunFiles,
    reading: FolderReading,
) -> RunFolderId | None:
    """Keep a reading; nothing happens when no byte of it is new, or a person confirmed the run.

    Raises:
        TwiceRead: the same run was read from a folder of another name.
    """
    principal.require(Permission.HEALTH_OPERATE)
    folder = _folder(session, root, files.name, reading.summary.run_id)
    if folder.state is FolderState.CONFIRMED:
        return None
    was_new = folder.version == 0
    if not _keep_files(session, folder, files.files) and not was_new:
        folder.stamp = stamp
        return None
    before = (folder.state, folder.verdict)
    folder.version += 1
    folder.root, folder.stamp, folder.read_at = root, stamp, clock.utc_now()
    folder.run_name = reading.summary.run_id
    folder.state = _STATES[reading.summary.progress]
    folder.reading = READING.dump_python(reading, mode="json")
    if folder.run_id is None and (found := matching.match(session, reading)) is not None:
        folder.run_id, folder.matched_by = found
    session.flush()
    judge_again(session, folder, reading)
    is_final = folder.state is not FolderState.ARRIVING
    record_read(
        session,
        principal,
        folder,
        is_news=is_final and (was_new or (folder.state, folder.verdict) != before),
    )
    return RunFolderId(folder.id)


def judge_again(session: WriteSession, folder: RunFolder, reading: FolderReading) -> None:
    """Hold a folder's reading to the limits in force and to what its run wants; keep all of it."""
    known: Mapping[tuple[int, str], LaneLibrary] = {}
    libraries: Sequence[LaneLibrary] = ()
    if folder.run_id is not None:
        libraries = pool_queries.lane_libraries(session, RunId(folder.run_id))
        known = matching.named_libraries(libraries)
    folder.limits_version, limits = limits_in_force(session)
    verdict = judge(reading, limits, wanted=matching.wanted_reads(reading, known))
    diagnosis = explain(reading, libraries, _kits(session))
    folder.verdict = verdict.verdict
    folder.told = reading_out(reading, verdict, diagnosis)
    _keep_lanes(session, folder, reading, verdict)
    _keep_libraries(session, folder, reading, verdict, known)
    session.flush()


def explain(
    reading: FolderReading, libraries: Sequence[LaneLibrary], kits: Mapping[str, Wells]
) -> Diagnosis:
    """Explain unknown barcodes by the folder's own sheet, else by the booked run's libraries.

    What no library carries is looked for in the index kits.
    The sheet is what the demultiplexer went by: an error in it is what is looked for.
    """
    expected = [
        Expected(each.lane, each.sample_id, each.index_i7, each.index_i5)
        for each in reading.sheet
        if each.index_i7
    ] or [
        Expected(each.lane, each.barcode, each.index_i7, each.index_i5 or "") for each in libraries
    ]
    return diagnose(reading.unknown, expected, kits_seen(kits, reading.unknown))


def record_read(
    session: WriteSession, principal: Principal, folder: RunFolder, *, is_news: bool
) -> None:
    """Record that a folder was read, with its verdict in one sentence."""
    event = RunFolderRead(
        aggregate_id=folder.id,
        name=folder.name,
        run_code=code_of(session, folder),
        state=folder.state.value,
        verdict=folder.verdict.value,
        sentence=_sentence(folder.told),
        version=folder.version,
        is_news=is_news,
    )
    events_service.record(session, principal, event)


def code_of(session: Session, folder: RunFolder) -> str:
    """Return the code of the booked run that a folder is of, "" when it is of none."""
    if folder.run_id is None:
        return ""
    run = session.get_one(SequencingRun, folder.run_id)
    return run_code(session.get_one(Instrument, run.instrument_id).run_prefix, run.number)


def _kits(session: Session) -> Mapping[str, Wells]:
    return {
        kit.name: [(well.name, well.i7, well.i5 or "") for well in kit.content.wells]
        for kit in reference_queries.index_kits(session)
    }


def read_in_root(session: Session, name: str, run_name: str) -> str | None:
    """Return the root in which a folder of this name and run was read; None if it never was."""
    return session.scalars(
        select(RunFolder.root).where(RunFolder.run_name == run_name, RunFolder.name == name)
    ).one_or_none()


def _folder(session: WriteSession, root: str, name: str, run_name: str) -> RunFolder:
    """Return the folder's row, locked: by its run's name, so that a moved folder is the same one.

    Raises:
        TwiceRead: the run has a folder of another name.
    """
    where = (RunFolder.root == root) & (RunFolder.name == name)
    if run_name:
        where = where | (RunFolder.run_name == run_name)
    found = session.scalars(
        select(RunFolder).where(where).order_by(RunFolder.id).with_for_update()
    ).all()
    own = next((each for each in found if run_name and each.run_name == run_name), None)
    if own is not None and own.name != name:
        raise TwiceRead(
            f"{name} is run {run_name}, which was read from {own.name} already. Nothing was "
            "imported twice; take the copy away."
        )
    if own is not None:
        return own
    # Before RunInfo came the folder had no run's name.
    young = next((each for each in found if not each.run_name or not run_name), None)
    if young is not None:
        return young
    if found:
        raise TwiceRead(
            f"{name} held run {found[0].run_name} and holds {run_name} now. Give the folder of the "
            "new run another name."
        )
    now = clock.utc_now()
    made = RunFolder(root=root, name=name, run_name=run_name, first_seen_at=now, read_at=now)
    session.add(made)
    session.flush()
    return made


def _keep_files(session: WriteSession, folder: RunFolder, files: Sequence[RunFile]) -> bool:
    """Keep the digest of every file and say whether any is new, changed or gone."""
    kept = {
        each.path: each
        for each in session.scalars(
            select(RunFolderFile).where(RunFolderFile.folder_id == folder.id)
        )
    }
    changed = False
    for file in files:
        digest = "" if file.content is None else hashlib.sha256(file.content).hexdigest()
        old = kept.pop(file.path[:1000], None)
        if old is not None and (old.digest, old.size_bytes) == (digest, file.size_bytes):
            continue
        changed = True
        if old is None:
            session.add(
                RunFolderFile(
                    folder_id=folder.id,
                    path=file.path[:1000],
                    digest=digest,
                    size_bytes=file.size_bytes,
                    version=folder.version + 1,
                )
            )
        else:
            old.digest, old.size_bytes = digest, file.size_bytes
            old.version = folder.version + 1
    for gone in kept.values():
        session.delete(gone)
    session.flush()
    return changed or bool(kept)


def _keep_lanes(
    session: WriteSession, folder: RunFolder, reading: FolderReading, verdict: RunVerdict
) -> None:
    session.execute(delete(RunLaneMetric).where(RunLaneMetric.folder_id == folder.id))
    session.add_all(
        RunLaneMetric(
            folder_id=folder.id,
            lane=figures.lane,
            clusters=figures.clusters,
            clusters_pf=figures.clusters_pf,
            q30_percent=_decimal(figures.q30_percent),
            error_percent=_decimal(figures.error_percent),
            undetermined_percent=_decimal(figures.undetermined_percent),
            verdict=judged.verdict,
        )
        for figures, judged in zip(reading.lanes, verdict.lanes, strict=True)
    )


def _keep_libraries(
    session: WriteSession,
    folder: RunFolder,
    reading: FolderReading,
    verdict: RunVerdict,
    known: Mapping[tuple[int, str], LaneLibrary],
) -> None:
    session.execute(delete(LibraryYield).where(LibraryYield.folder_id == folder.id))
    rows: dict[tuple[int, str], LibraryYield] = {}
    for figures, judged in zip(reading.libraries, verdict.libraries, strict=True):
        # A library with several index pairs stands in several lines of the report.
        held = rows.get((figures.lane, figures.sample_id))
        if held is not None:
            held.reads = (held.reads or 0) + (figures.reads or 0)
            continue
        rows[figures.lane, figures.sample_id] = LibraryYield(
            folder_id=folder.id,
            run_id=folder.run_id,
            lane=figures.lane,
            name=figures.sample_id,
            sample_id=matching.sample_of(known, figures.lane, figures.sample_id),
            reads=figures.reads,
            wanted=judged.wanted,
            q30_percent=_decimal(figures.q30_percent),
            verdict=judged.verdict,
            sentence=judged.sentence[:500],
        )
    session.add_all(rows.values())


def _decimal(value: float | None) -> Decimal | None:
    """Return a figure as the tables keep it; what no run has is cut, not refused."""
    return None if value is None else min(Decimal(str(round(value, 3))), _MOST)


def _sentence(told: Mapping[str, Any]) -> str:
    """Return the first thing that is wrong, else that nothing is."""
    for worst in (Verdict.FAIL, Verdict.WARN):
        for lane in told["lanes"]:
            for reason in lane["reasons"]:
                if reason["verdict"] == worst.value:
                    return str(reason["sentence"])
    return "No lane is outside its limits."
