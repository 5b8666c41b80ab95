"""An instrument's file: looked at, then kept as measurements of what stands in the wells.

Before a worksheet is started its readings are of the samples that go in; when it is done, of the
libraries that came out. In between nobody could say which, so nothing is kept then.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import qc
from backend.samples.ids import SampleId
from backend.samples.qc_schemas import Measured
from backend.sequencing.pooling.measured import measured_of
from backend.sequencing.pooling.molarity import DSDNA
from backend.sequencing.preparation import (
    gate,
    matching,
    qpcr,
    usability,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.errors import ReadingsKeptAlready, ReadingsRefused
from backend.sequencing.preparation.events import ReadingsKept
from backend.sequencing.preparation.ids import InstrumentFile, WellKind, WorksheetId, WorksheetState
from backend.sequencing.preparation.matching import Matched, Target
from backend.sequencing.preparation.qpcr import QpcrTerms
from backend.sequencing.preparation.readings.model import FileRead, Finding
from backend.sequencing.preparation.readings.reading import read_file
from backend.sequencing.preparation.views import WorksheetView
from backend.sequencing.preparation.worksheet_models import (
    ReadingsFile,
    WellReading,
    WorksheetWell,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a file would bring to a worksheet; ``of_libraries`` or else of the samples."""

    read: FileRead
    of_libraries: bool
    matched: Sequence[Matched]
    findings: Sequence[Finding]


def look_at_file(
    session: ReadSession,
    principal: Principal,
    *,
    code: str,
    file_name: str,
    content: bytes,
    terms: QpcrTerms | None = None,
) -> Looked:
    """Return what a file holds and to which wells it belongs. Nothing is written.

    With ``terms`` its molarities are those of diluted libraries as a qPCR read them, and come back
    as those of the libraries themselves.

    Raises:
        WorksheetNotFound: none of yours.
        ReadingsKeptAlready: the same bytes were kept before.
        ReadingsRefused: nobody could say what the readings are of now, or a qPCR is of samples.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    seen = worksheet_queries.get_worksheet(session, principal, code)
    return _look(session, seen, file_name, content, terms)


def keep_file(
    session: WriteSession,
    principal: Principal,
    *,
    worksheet_id: WorksheetId,
    file_name: str,
    content: bytes,
    terms: QpcrTerms | None = None,
) -> Looked:
    """Keep what a file says of a worksheet's wells, and judge samples and controls anew.

    Raises: as `look_at_file`; and ReadingsRefused where nothing of it belongs here.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    row = worksheets.lock_worksheet(session, principal, worksheet_id)
    seen = worksheet_queries.view_of(session, row)
    looked = _look(session, seen, file_name, content, terms)
    instrument = looked.read.instrument
    if instrument is None or not looked.matched:
        said = " ".join(finding.message for finding in looked.findings[:3])
        raise ReadingsRefused(f"Nothing of “{file_name}” was kept. {said}".strip())
    file = _add_file(
        session,
        principal,
        seen,
        file_name=file_name,
        content=content,
        instrument=instrument,
        looked=looked,
    )
    keys = {well.place: _tube(well, looked) for well in worksheets.wells_of(session, row)}
    usability.lock_samples(session, [key for key in keys.values() if key is not None])
    for sample_id in sorted(key for key in keys.values() if key is not None):
        measured = [
            Measured(
                metric=each.reading.metric, value=each.reading.value, method=looked.read.method
            )
            for each in looked.matched
            if keys[each.target.place] == sample_id and each.reading.value is not None
        ]
        if measured:
            qc.record_measurements(
                session, principal, sample_id=SampleId(sample_id), measured=measured
            )
    event = ReadingsKept(
        aggregate_id=row.id, code=seen.code, file_name=file.file_name, readings=file.readings
    )
    events_service.record(session, principal, event)
    if looked.of_libraries:
        gate.judge_worksheet(session, principal, row)
    return looked


def _look(
    session: ReadSession,
    seen: WorksheetView,
    file_name: str,
    content: bytes,
    terms: QpcrTerms | None,
) -> Looked:
    if seen.state not in {WorksheetState.DRAFT, WorksheetState.DONE}:
        said = "Samples are measured before it is started, libraries when it is finished."
        raise ReadingsRefused(f"{seen.code} is {seen.state.value}. {said}")
    earlier = session.scalars(
        select(ReadingsFile)
        .where(ReadingsFile.worksheet_id == seen.id)
        .where(ReadingsFile.digest == hashlib.sha256(content).hexdigest())
    ).one_or_none()
    if earlier is not None:
        raise ReadingsKeptAlready(file_name, earlier.file_name, earlier.kept_by_name)
    read, of_libraries = read_file(content), seen.state is WorksheetState.DONE
    targets = _targets(seen, of_libraries=of_libraries)
    matched, strange = matching.match(read.readings, targets, seen.shape)
    if terms is not None:
        if not of_libraries:
            said = "A qPCR is of its libraries: leave the dilution empty, or finish it first."
            raise ReadingsRefused(f"{seen.code} has no libraries yet. {said}")
        matched, unsized = qpcr.of_libraries(matched, _sizes_bp(session, seen), terms)
        strange, read = [*strange, *unsized], replace(read, method=qpcr.METHOD)
    findings = sorted([*read.findings, *strange], key=lambda each: each.line)
    return Looked(read=read, of_libraries=of_libraries, matched=matched, findings=findings)


def _sizes_bp(session: ReadSession, seen: WorksheetView) -> dict[int, Decimal]:
    """Return the mean lengths of a worksheet's libraries by place, as they were measured last."""
    made = {
        key: place
        for place, key in session.execute(
            select(WorksheetWell.place, WorksheetWell.library_id).where(
                WorksheetWell.worksheet_id == seen.id, WorksheetWell.library_id.is_not(None)
            )
        )
        if key is not None
    }
    known = measured_of(session, made.keys(), g_per_mol_per_base=DSDNA)
    return {place: size for key, place in made.items() if (size := known[key].size_bp) is not None}


def _targets(seen: WorksheetView, *, of_libraries: bool) -> list[Target]:
    # A file of libraries often still calls them by their samples, and the other way round never.
    targets = []
    for well in seen.wells:
        if not of_libraries and well.kind is not WellKind.SAMPLE:
            continue
        codes = (well.barcode, well.library_barcode if of_libraries else None)
        targets.append(
            Target(
                place=well.place,
                well=well.well,
                kind=well.kind,
                barcodes=tuple(code for code in codes if code is not None),
                names=(well.name,) if well.name else (),
            )
        )
    return targets


def _tube(well: WorksheetWell, looked: Looked) -> UUID | None:
    return well.library_id if looked.of_libraries else well.sample_id


def _add_file(
    session: WriteSession,
    principal: Principal,
    seen: WorksheetView,
    *,
    file_name: str,
    content: bytes,
    instrument: InstrumentFile,
    looked: Looked,
) -> ReadingsFile:
    curve = looked.read.curve
    file = ReadingsFile(
        worksheet_id=seen.id,
        file_name=(file_name.strip() or "readings.csv")[:200],
        digest=hashlib.sha256(content).hexdigest(),
        instrument=instrument,
        readings=len(looked.matched),
        kept_by_name=principal.name,
        kept_at=clock.utc_now(),
        curve=None if curve is None else worksheet_queries.CURVE.dump_python(curve, mode="json"),
    )
    session.add(file)
    session.flush()
    session.add_all(
        WellReading(
            file_id=file.id,
            worksheet_id=seen.id,
            place=each.target.place,
            metric=each.reading.metric,
            value=each.reading.value,
            below=each.reading.below,
            said=each.reading.said,
        )
        for each in looked.matched
    )
    session.flush()
    return file
