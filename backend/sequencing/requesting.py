"""Checking a request: every reason is collected, by the library it is about."""

from collections import defaultdict
from collections.abc import Sequence
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
from backend.samples.ids import QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.samples.rules import shown_day
from backend.samples.standing import consent_problems
from backend.sequencing import coverage, queries, rules
from backend.sequencing.codes import request_code
from backend.sequencing.errors import RequestRefused
from backend.sequencing.ids import RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.schemas import MOST_READS_MILLIONS, LibraryIn, SequencingRequestIn

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


def find_project(session: Session, principal: Principal, code: str) -> Project | None:
    """Return a project of the principal's by its code, in any case of letters."""
    return session.scalars(
        select(Project)
        .where(func.lower(Project.code) == code.lower())
        .where(Project.id.in_(queries.visible_projects(principal)))
    ).one_or_none()


def wanted_reads(request: SequencingRequestIn) -> Decimal:
    """Return the reads of a library, millions: those asked for, or those of the coverage.

    Raises:
        RequestRefused: neither is asked for, or both are; or the coverage takes too many reads.
    """
    if request.coverage is None:
        if request.reads_millions is None:
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


def known_assay(session: Session, key: str) -> str | None:
    """Return the key of an assay, a retired one too: what is asked again keeps its own.

    Raises:
        RequestRefused: no such assay; the sentence names those that are offered.
    """
    if not key:
        return None
    known = reference_queries.every_assay(session)
    if key not in known:
        offered = ", ".join(each.key for each in known.values() if each.is_active) or "none yet"
        raise RequestRefused({"assay": f"There is no assay “{key}”. Choose one of {offered}."})
    return key


def check_libraries(
    session: Session, principal: Principal, project: Project, libraries: Sequence[LibraryIn]
) -> list[CheckedLibrary]:
    """Return the libraries as they would be sequenced.

    Raises:
        RequestRefused: with a sentence for each library that may not be, under its barcode.
    """
    found = _find(session, principal, [barcodes.tidy(each.barcode) for each in libraries])
    problems: dict[str, str] = {}
    checked = []
    seen: defaultdict[str, int] = defaultdict(int)
    for library in libraries:
        code = barcodes.tidy(library.barcode)
        seen[code] += 1
        sample = found.get(code)
        reasons = _reasons(code, library, sample, project)
        if seen[code] > 1:
            reasons.append(f"{code} is listed {seen[code]} times. List it once.")
        if reasons or sample is None:
            problems[code] = " ".join(reasons)
            continue
        i7 = library.index_i7 or sample.index_i7 or ""
        checked.append(CheckedLibrary(sample.id, i7, library.index_i5 or sample.index_i5))
    if problems:
        raise RequestRefused(problems)
    return checked


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
        .where(Sample.project_id.in_(queries.visible_projects(principal)))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
    ).all()
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
        )
        for row in rows
    }


def _spoiled(expires_on: date | None, problem: str | None, today: date) -> list[str]:
    said = [problem] if problem else []
    if expires_on is not None and expires_on < today:
        said.append(f"It expired on {shown_day(expires_on)}. Set a later date or discard it.")
    return said
