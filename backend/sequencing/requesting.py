"""Checking a request: every reason is collected, by the library it is about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.auth import queries as auth_queries
from backend.core import barcodes
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.samples.rules import shown_day
from backend.samples.standing import consent_problems
from backend.sequencing import asked_assays, coverage, queries, rules
from backend.sequencing.codes import request_code
from backend.sequencing.errors import RequestRefused
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.reference.views import Assay
from backend.sequencing.schemas import MOST_READS_MILLIONS, LibraryIn, SequencingRequestIn

_CODES_SHOWN = 3
_SEQUENCED = (RequestState.DEMULTIPLEXED, RequestState.QC, RequestState.DONE)
_OPEN = (RequestState.WAITING, RequestState.POOLED, RequestState.PLANNED, RequestState.RUNNING)


@dataclass(frozen=True, slots=True)
class CheckedLibrary:
    """A library that may be sequenced, with its index pair."""

    sample_id: UUID
    index_i7: str
    index_i5: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    id: UUID
    project_id: UUID
    qc_verdict: QcVerdict
    index_i7: str | None
    index_i5: str | None
    holds: Sequence[str]
    spoiled: Sequence[str]
    """Sentences about a consent that no longer holds, or a date that has passed."""
    open_in: int | None
    """Number of an open request that already has it."""
    done_in: tuple[int, RequestState] | None
    """Number and state of the last request by which it was sequenced."""


def find_project(session: Session, principal: Principal, code: str) -> Project | None:
    """Return a project of the principal's by its code, in any case of letters."""
    return session.scalars(
        select(Project)
        .where(func.lower(Project.code) == code.lower())
        .where(Project.id.in_(samples_queries.visible_project_ids(principal)))
    ).one_or_none()


def wanted_reads(request: SequencingRequestIn, assay: Assay | None = None) -> Decimal:
    """Return the reads of a library, millions: asked for, of the coverage, or of the assay.

    Raises:
        RequestRefused: neither is asked for, or both are; or the coverage takes too many reads.
    """
    if request.coverage is None:
        if request.reads_millions is None:
            if assay is not None and assay.content.reads_millions is not None:
                return assay.content.reads_millions
            raise RequestRefused({"reads_millions": "Give the reads of a library, or a coverage."})
        return request.reads_millions
    if request.reads_millions is not None:
        raise RequestRefused({"reads_millions": "Give reads or a coverage, and leave one empty."})
    wanted = coverage.Coverage(**request.coverage.model_dump())
    made = coverage.reads_millions(wanted, request.read_length)
    if made > MOST_READS_MILLIONS:
        said = coverage.derivation(wanted, request.read_length)
        raise RequestRefused({"depth": f"{said}, more than can be asked for. Check the target."})
    return made


def wanted_coverage(request: SequencingRequestIn) -> dict[str, str] | None:
    """Return a coverage as it is kept, its numbers as text; None where reads are asked for."""
    if request.coverage is None:
        return None
    return {name: str(value) for name, value in request.coverage.model_dump().items()}


def check_libraries(
    session: Session,
    principal: Principal,
    project: Project,
    libraries: Sequence[LibraryIn],
    *,
    assay: Assay | None = None,
    why_again: str = "",
) -> list[CheckedLibrary]:
    """Return the libraries as they would be sequenced.

    Raises:
        RequestRefused: with a sentence for each library that may not be, under its barcode; and
            why they are sequenced again is asked where they were before and nobody says.
    """
    found = _find(session, principal, [barcodes.tidy(each.barcode) for each in libraries])
    keys = [each.id for each in found.values()]
    failing = asked_assays.failing(ReadSession(session), assay, keys)
    problems: dict[str, str] = {}
    checked = []
    seen: defaultdict[str, int] = defaultdict(int)
    for library in libraries:
        code = barcodes.tidy(library.barcode)
        seen[code] += 1
        sample = found.get(code)
        reasons = _reasons(code, library, sample, project)
        if sample is not None and sample.id in failing:
            reasons.append(failing[sample.id])
        if seen[code] > 1:
            reasons.append(f"{code} is listed {seen[code]} times. List it once.")
        if reasons or sample is None:
            problems[code] = " ".join(reasons)
            continue
        i7 = library.index_i7 or sample.index_i7 or ""
        checked.append(CheckedLibrary(sample.id, i7, library.index_i5 or sample.index_i5))
    if not why_again and (asked := _asks_why(found)):
        problems["why_again"] = asked
    if problems:
        raise RequestRefused(problems)
    return checked


def _asks_why(found: Mapping[str, _Found]) -> str:
    """Ask what a repeat is for, by what became of the libraries before; "" where none is one."""
    before: defaultdict[tuple[int, RequestState], list[str]] = defaultdict(list)
    for code, sample in found.items():
        if sample.done_in is not None and sample.open_in is None:
            before[sample.done_in].append(code)
    return " ".join(
        _asked_again(request_code(number), state, codes)
        for (number, state), codes in sorted(before.items())
    )


def _asked_again(request: str, state: RequestState, codes: Sequence[str]) -> str:
    were = "was" if len(codes) == 1 else "were"
    said = f"{_few(codes)} {were} sequenced in {request}"
    if state is RequestState.DONE:
        return (
            f"{said}, which is done. If only reads are missing, top up its pool; else write why "
            "they are sequenced again."
        )
    return (
        f"{said}, and nobody has said yet whether that was enough. Look at its run first, or write "
        "why they are sequenced again."
    )


def _few(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_CODES_SHOWN])
    more = len(codes) - _CODES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _reasons(code: str, library: LibraryIn, sample: _Found | None, project: Project) -> list[str]:
    if sample is None:
        return [f"{code} is not a sample of your projects. Check the barcode."]
    reasons = queries.why_unusable(code, sample.qc_verdict, sample.holds)
    reasons.extend(f"{code}: {problem}" for problem in sample.spoiled)
    if sample.project_id != project.id:
        reasons.append(f"{code} does not belong to {project.code}. Ask for it in its own project.")
    if sample.open_in is not None:
        reasons.append(f"{code} is already in {request_code(sample.open_in)}.")
    return reasons + _index_reasons(code, library, sample)


def _index_reasons(code: str, library: LibraryIn, sample: _Found) -> list[str]:
    i7 = library.index_i7 or sample.index_i7
    i5 = library.index_i5 or sample.index_i5
    if not i7:
        return [f"{code} has no i7 index. Give one."]
    return [
        f"{code}: the {name} index “{index}” must be 4 to 24 letters of A, C, G and T."
        for name, index in (("i7", i7), ("i5", i5))
        if index and not rules.is_index(index)
    ]


def _find(session: Session, principal: Principal, codes: Sequence[str]) -> dict[str, _Found]:
    """Lock and return the visible samples of ``codes`` by barcode."""
    open_in = (
        select(func.min(SequencingRequest.number))
        .join(RequestSample, RequestSample.request_id == SequencingRequest.id)
        .where(RequestSample.sample_id == Sample.id, SequencingRequest.state.in_(_OPEN))
        .correlate(Sample)
        .scalar_subquery()
    )
    holds = (
        select(func.array_agg(SampleHold.kind))
        .where(SampleHold.sample_id == Sample.id, SampleHold.released_at.is_(None))
        .correlate(Sample)
        .scalar_subquery()
    )
    # Locked, so that a hold set at the same moment is either seen here or waits until after.
    rows = session.execute(
        select(
            Sample.barcode,
            Sample.id,
            Sample.project_id,
            Sample.qc_verdict,
            Sample.expires_on,
            Sample.index_i7,
            Sample.index_i5,
            holds.label("holds"),
            open_in.label("open_in"),
        )
        .where(Sample.barcode.in_(codes))
        .where(Sample.project_id.in_(samples_queries.visible_project_ids(principal)))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
    ).all()
    done = _sequenced_before(session, [row.id for row in rows])
    reading = ReadSession(session)
    keys, today = [row.id for row in rows], auth_queries.laboratory_day(reading)
    problems = consent_problems(reading, keys)
    return {
        row.barcode: _Found(
            row.id,
            row.project_id,
            row.qc_verdict,
            row.index_i7,
            row.index_i5,
            row.holds or (),
            _spoiled(row.expires_on, problems.get(row.id), today),
            row.open_in,
            done.get(row.id),
        )
        for row in rows
    }


def _sequenced_before(
    session: Session, sample_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, RequestState]]:
    """Return the last request by which each library was sequenced, by library."""
    rows = session.execute(
        select(RequestSample.sample_id, SequencingRequest.number, SequencingRequest.state)
        .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
        .where(RequestSample.sample_id.in_(sample_ids), SequencingRequest.state.in_(_SEQUENCED))
        .order_by(SequencingRequest.number)
    )
    return {key: (number, state) for key, number, state in rows}


def _spoiled(expires_on: date | None, problem: str | None, today: date) -> list[str]:
    said = [problem] if problem else []
    if expires_on is not None and expires_on < today:
        said.append(f"It expired on {shown_day(expires_on)}. Set a later date or discard it.")
    return said
