"""Reading measurements, thresholds in force and judgements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.auth import service as auth_service
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import qc_rules
from backend.samples.ids import MaterialType, Metric, QcOutcome
from backend.samples.models import Sample
from backend.samples.qc_models import (
    QcJudgement,
    QcThreshold,
    QcThresholdSet,
    SampleMeasurement,
)
from backend.samples.qc_rules import Finding, Limits
from backend.samples.queries import load_sample
from backend.samples.views import FindingView, JudgementView, MeasurementView, ThresholdsView

COLUMNS = frozenset(
    {Metric.CONCENTRATION, Metric.A260_280, Metric.A260_230, Metric.RIN, Metric.DIN}
)
"""Metrics whose newest value stands in the sample's own row, under the same name."""
_TOLD = (*COLUMNS, Metric.VOLUME)
"""What a sample's own row says of it."""
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the thresholds in force say of a sample as it is measured now."""

    set_id: UUID
    label: str
    outcome: QcOutcome
    findings: list[Finding]


def latest_values(session: ReadSession, sample: Sample) -> dict[Metric, Decimal]:
    """Return the newest measurement of each metric, among equals the one recorded last."""
    return _latest_of(session, [sample.id])[sample.id]


def _latest_of(
    session: ReadSession, sample_ids: Collection[UUID]
) -> defaultdict[UUID, dict[Metric, Decimal]]:
    newest = (
        select(SampleMeasurement.sample_id, SampleMeasurement.metric, SampleMeasurement.value)
        .where(SampleMeasurement.sample_id.in_(sample_ids))
        .ext(distinct_on(SampleMeasurement.sample_id, SampleMeasurement.metric))
        .order_by(
            SampleMeasurement.sample_id,
            SampleMeasurement.metric,
            SampleMeasurement.measured_at.desc(),
            SampleMeasurement.id.desc(),
        )
    )
    found: defaultdict[UUID, dict[Metric, Decimal]] = defaultdict(dict)
    for key, metric, value in session.execute(newest):
        found[key][metric] = value
    return found


def judged(session: ReadSession, sample: Sample) -> Judged | None:
    """Judge a sample by the thresholds in force for it; None where none are.

    What was told at registration counts until somebody measures.
    """
    return judged_for(session, [sample], sample.analysis).get(sample.id)


def judged_for(
    session: ReadSession, samples: Sequence[Sample], analysis: str | None
) -> dict[UUID, Judged]:
    """Judge samples by the thresholds of an analysis, whatever their own says.

    Those of a material for which none are in force are left out.
    """
    latest = _latest_of(session, [each.id for each in samples])
    found = {}
    for material in {each.material_type for each in samples}:
        asked = _in_force(session, material, analysis)
        if asked is None:
            continue
        limits = _limits(session, asked.id)
        for each in samples:
            if each.material_type is material:
                told = {metric: getattr(each, metric.value) for metric in _TOLD}
                known = {metric: value for metric, value in told.items() if value is not None}
                outcome, findings = qc_rules.judge(limits, {**known, **latest[each.id]})
                found[each.id] = Judged(
                    set_id=asked.id, label=_label(asked), outcome=outcome, findings=findings
                )
    return found


def judge_now(session: ReadSession, principal: Principal, sample_id: UUID) -> Judged | None:
    """Return what thresholds say of a sample now, written down or not; None without any.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    return judged(session, load_sample(session, principal, sample_id))


def label_in_force(
    session: ReadSession, material: MaterialType, analysis: str | None
) -> str | None:
    """Return which thresholds judge a material of an analysis now; None without any."""
    asked = _in_force(session, material, analysis)
    return None if asked is None else _label(asked)


def labels_of(session: ReadSession, sample_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return by which thresholds samples were judged last, those that were."""
    rows = session.execute(
        select(QcJudgement.sample_id, QcThresholdSet)
        .outerjoin(QcThresholdSet, QcThresholdSet.id == QcJudgement.set_id)
        .where(QcJudgement.sample_id.in_(sample_ids))
        .ext(distinct_on(QcJudgement.sample_id))
        .order_by(QcJudgement.sample_id, QcJudgement.at.desc(), QcJudgement.id.desc())
    )
    return {key: _label(asked) for key, asked in rows if asked is not None}


def last_judgement(session: ReadSession, sample: Sample) -> QcJudgement | None:
    """Return the newest judgement of a sample."""
    return session.scalars(_judgements(sample.id).limit(1)).one_or_none()


def judgements_of(
    session: ReadSession, principal: Principal, sample_id: UUID
) -> list[JudgementView]:
    """Return what was said of a sample, newest first, with what was signed.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    key = load_sample(session, principal, sample_id).id
    return [judgement_view(session, row) for row in session.scalars(_judgements(key).limit(_SHOWN))]


def measurements_of(
    session: ReadSession, principal: Principal, sample_id: UUID
) -> list[MeasurementView]:
    """Return a sample's measurements, newest first. Same errors as `judgements_of`."""
    principal.require(Permission.SAMPLES_VIEW)
    key = load_sample(session, principal, sample_id).id
    rows = session.scalars(
        select(SampleMeasurement)
        .where(SampleMeasurement.sample_id == key)
        .order_by(SampleMeasurement.measured_at.desc(), SampleMeasurement.id.desc())
        .limit(_SHOWN)
    )
    return [
        MeasurementView(
            metric=row.metric,
            value=row.value,
            unit=qc_rules.UNITS[row.metric],
            method=row.method,
            instrument=row.instrument,
            measured_at=row.measured_at,
            actor_name=row.actor_name,
        )
        for row in rows
    ]


def thresholds(
    session: ReadSession, principal: Principal, *, every_version: bool = False
) -> list[ThresholdsView]:
    """Return the sets in force by material and application; with older ones when asked."""
    principal.require(Permission.SAMPLES_VIEW)
    statement = select(QcThresholdSet).order_by(
        QcThresholdSet.material_type, QcThresholdSet.application, QcThresholdSet.version.desc()
    )
    if not every_version:
        statement = statement.ext(
            distinct_on(QcThresholdSet.material_type, QcThresholdSet.application)
        )
    return [thresholds_view(session, row) for row in session.scalars(statement)]


def thresholds_view(session: ReadSession, row: QcThresholdSet) -> ThresholdsView:
    """Return a set as a view."""
    return ThresholdsView(
        material_type=row.material_type,
        application=row.application,
        version=row.version,
        reason=row.reason,
        published_at=row.published_at,
        published_by_name=row.published_by_name,
        limits=_limits(session, row.id),
    )


def judgement_view(session: ReadSession, row: QcJudgement) -> JudgementView:
    """Return a judgement with its signature."""
    asked = session.get(QcThresholdSet, row.set_id) if row.set_id else None
    signed = auth_service.signatures_of(session, entity="qc_judgement", entity_id=row.id)
    return JudgementView(
        verdict=row.verdict,
        outcome=row.outcome,
        thresholds=_label(asked) if asked else None,
        findings=[FindingView(**finding) for finding in row.findings],
        is_override=row.is_override,
        reason=row.reason,
        signature=signed[0] if signed else None,
        actor_name=row.actor_name,
        at=row.at,
    )


def newest_version(session: ReadSession, material: MaterialType, application: str) -> int:
    """Return the number of the newest set of a material and application, 0 without any."""
    return (
        session.scalar(
            select(func.max(QcThresholdSet.version)).where(
                QcThresholdSet.material_type == material,
                QcThresholdSet.application == application,
            )
        )
        or 0
    )


def _in_force(
    session: ReadSession, material: MaterialType, analysis: str | None
) -> QcThresholdSet | None:
    """Return the newest set of an analysis, else of the material in general."""
    asked = (analysis or "").strip().lower()
    found = session.scalars(
        select(QcThresholdSet)
        .where(
            QcThresholdSet.material_type == material,
            func.lower(QcThresholdSet.application).in_({"", asked}),
        )
        .order_by(func.length(QcThresholdSet.application).desc(), QcThresholdSet.version.desc())
        .limit(1)
    )
    return found.one_or_none()


def _limits(session: ReadSession, set_id: UUID) -> list[Limits]:
    order = list(Metric)
    rows = session.scalars(select(QcThreshold).where(QcThreshold.set_id == set_id)).all()
    return [
        Limits(
            metric=row.metric,
            is_required=row.is_required,
            fail_low=row.fail_low,
            warn_low=row.warn_low,
            warn_high=row.warn_high,
            fail_high=row.fail_high,
        )
        for row in sorted(rows, key=lambda row: order.index(row.metric))
    ]


def _judgements(sample_id: UUID) -> Select[QcJudgement]:
    return (
        select(QcJudgement)
        .where(QcJudgement.sample_id == sample_id)
        .order_by(QcJudgement.at.desc(), QcJudgement.id.desc())
    )


def _label(asked: QcThresholdSet) -> str:
    what = f"{asked.material_type} {asked.application}".strip()
    return f"{what} v{asked.version}"
