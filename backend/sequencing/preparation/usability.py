"""Which samples may be prepared now, and every reason why one may not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.auth import queries as auth_queries
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples import rules as sample_rules
from backend.samples.ids import Lifecycle, MaterialType, QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.samples.rules import shown_day
from backend.samples.standing import consent_problems
from backend.samples.volume_rules import shown
from backend.sequencing import queries as sequencing_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSample:
    """A sample as the bench sees it; ``spoiled`` are sentences about consent and expiry."""

    id: UUID
    barcode: str
    name: str
    project_code: str
    material: MaterialType
    lifecycle: Lifecycle
    verdict: QcVerdict
    holds: Sequence[str]
    concentration_ng_per_ul: Decimal | None
    volume_ul: Decimal | None
    spoiled: Sequence[str]


def find_samples(
    session: ReadSession, principal: Principal, barcodes: Collection[str]
) -> dict[str, BenchSample]:
    """Return the principal's samples of these barcodes, by barcode."""
    wanted = _asked().where(
        Sample.barcode.in_(barcodes),
        Sample.project_id.in_(samples_queries.visible_project_ids(principal)),
    )
    return {each.barcode: each for each in _read(session, wanted)}


def samples_of(session: ReadSession, sample_ids: Collection[UUID]) -> dict[UUID, BenchSample]:
    """Return samples by their keys; who may see them was decided before."""
    return {each.id: each for each in _read(session, _asked().where(Sample.id.in_(sample_ids)))}


def lock_samples(session: Session, sample_ids: Collection[UUID]) -> None:
    """Hold samples until the end of the transaction, in key order.

    A hold that is set at the same moment is either seen by what follows or waits until after.
    """
    session.execute(
        select(Sample.id)
        .where(Sample.id.in_(sample_ids))
        .order_by(Sample.id)
        .with_for_update(of=Sample, key_share=True)
    ).all()


def refusals(
    sample: BenchSample, *, material: MaterialType, volume_ul: Decimal | None
) -> list[str]:
    """Return every reason why a library cannot be made of a sample now.

    ``volume_ul`` is what its well takes; None where nobody knows yet.
    """
    code = sample.barcode
    said = sequencing_queries.why_unusable(code, sample.verdict, sample.holds)
    said += [f"{code}: {problem}" for problem in sample.spoiled]
    if sample.lifecycle not in sample_rules.DRAW.before:
        state = sample.lifecycle.value.replace("_", " ")
        said.append(f"{code} is {state}. Accept it first, or leave it out.")
    if sample.material is not material:
        names = sample_rules.MATERIAL_NAME
        said.append(f"{code} is {names[sample.material]}; the protocol takes {names[material]}.")
    if volume_ul is not None and sample.volume_ul is None:
        said.append(f"{code}: nobody knows how much is in it. Measure its volume.")
    elif volume_ul is not None and sample.volume_ul is not None and sample.volume_ul < volume_ul:
        said.append(
            f"{code} holds {shown(sample.volume_ul)} µL, and {shown(volume_ul)} µL are needed."
        )
    return said


def _asked() -> Select[Sample, str, list[str] | None]:
    holds = (
        select(func.array_agg(SampleHold.kind))
        .where(SampleHold.sample_id == Sample.id, SampleHold.released_at.is_(None))
        .correlate(Sample)
        .scalar_subquery()
    )
    return (
        select(Sample, Project.code, holds)
        .join(Project, Project.id == Sample.project_id)
        .execution_options(populate_existing=True)
    )


def _read(session: ReadSession, asked: Select[Sample, str, list[str] | None]) -> list[BenchSample]:
    rows = session.execute(asked).all()
    problems = consent_problems(session, [row[0].id for row in rows]) if rows else {}
    today = auth_queries.laboratory_day(session)
    return [
        BenchSample(
            id=sample.id,
            barcode=sample.barcode,
            name=sample.name,
            project_code=project,
            material=sample.material_type,
            lifecycle=sample.lifecycle,
            verdict=sample.qc_verdict,
            holds=holds or (),
            concentration_ng_per_ul=sample.concentration_ng_per_ul,
            volume_ul=sample.volume_ul,
            spoiled=_spoiled(sample.expires_on, problems.get(sample.id), today),
        )
        for sample, project, holds in rows
    ]


def _spoiled(expires_on: date | None, problem: str | None, today: date) -> list[str]:
    said = [problem] if problem else []
    if expires_on is not None and expires_on < today:
        said.append(f"It expired on {shown_day(expires_on)}. Set a later date or discard it.")
    return said
