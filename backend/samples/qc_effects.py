"""What thresholds would say of the samples that are judged already, before they are published.

The judging of qc_rules.py as one statement, so that a laboratory's whole material is counted where
it lies; a test holds the two against each other. Nothing is judged anew by publishing: a sample
meets new thresholds when it is measured next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, ScalarSelect, case, func, null, or_, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import listed, qc_rules
from backend.samples.ids import MaterialType, Metric, QcOutcome, QcVerdict
from backend.samples.models import Sample
from backend.samples.qc_models import QcJudgement, QcThresholdSet, SampleMeasurement
from backend.samples.qc_queries import COLUMNS
from backend.samples.qc_schemas import ThresholdIn, ThresholdsIn
from backend.samples.qc_thresholds import refuse_faults
from backend.samples.schemas import SampleFilters

_RANKS = (QcOutcome.PASS, QcOutcome.PASS_WITH_WARNING, QcOutcome.PENDING, QcOutcome.FAIL)
"""From best to worst; the worst metric decides."""
_RANK = {outcome: rank for rank, outcome in enumerate(_RANKS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """How many samples carry one verdict and would be given another."""

    was: QcVerdict
    would_be: QcVerdict
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdsEffect:
    """What thresholds would say of the samples that carry a verdict."""

    judged: int
    """Samples with a verdict that was not set against thresholds."""
    changes: Sequence[VerdictChange]
    """Those that would differ, the most first."""
    overruled: int
    """Samples whose verdict a person set against thresholds; they are left out."""
    is_whole: bool
    """False where only the reader's own projects are counted."""

    @property
    def differing(self) -> int:
        """Return how many verdicts would differ."""
        return sum(each.count for each in self.changes)


def effect_of(
    session: ReadSession, principal: Principal, *, given: ThresholdsIn
) -> ThresholdsEffect:
    """Count the verdicts that thresholds would change, among the samples that they are for.

    Raises:
        RegistrationRefused: limits that contradict each other; each is named at its metric.
    """
    principal.require(Permission.SAMPLES_CONFIGURE)
    refuse_faults(given)
    scope = listed.scope_of(session, principal, SampleFilters())
    measured = _measured(given, scope)
    outcome = func.coalesce(
        func.greatest(*(_rank(each, measured.c[each.metric.value]) for each in given.thresholds)),
        _RANK[QcOutcome.PENDING],
    )
    rows = session.execute(
        select(measured.c.qc_verdict, measured.c.is_override, outcome, func.count()).group_by(
            measured.c.qc_verdict, measured.c.is_override, outcome
        )
    ).all()
    found = [
        VerdictChange(
            was=QcVerdict(was), would_be=qc_rules.VERDICT_OF[_RANKS[rank]], count=int(count)
        )
        for was, is_override, rank, count in rows
        if not is_override
    ]
    return ThresholdsEffect(
        judged=sum(each.count for each in found),
        changes=sorted(
            (each for each in found if each.was is not each.would_be),
            key=lambda each: (-each.count, each.was, each.would_be),
        ),
        overruled=sum(int(count) for _, is_override, _, count in rows if is_override),
        is_whole=scope is None,
    )


def _measured(given: ThresholdsIn, scope: listed.Scope) -> CTE:
    """Return the verdict of every sample that the thresholds are for, with the values they ask."""
    # Whoever goes on after a failure was let to by a signature.
    is_override = or_(Sample.qc_verdict == QcVerdict.FAIL_PROCEED, _last_was_override())
    values = [_value(each.metric).label(each.metric.value) for each in given.thresholds]
    found = select(Sample.qc_verdict, is_override.label("is_override"), *values).where(
        Sample.material_type == given.material_type,
        Sample.qc_verdict != QcVerdict.NONE,
        _is_of(given.material_type, given.application.lower()),
    )
    if scope is not None:
        found = found.where(Sample.project_id.in_(scope))
    # Kept apart, or each value would be looked up again at every one of its limits.
    return found.cte("measured").prefix_with("MATERIALIZED")


def _is_of(material: MaterialType, application: str) -> ColumnElement[bool]:
    analysis = func.lower(func.btrim(func.coalesce(Sample.analysis, "")))
    if application:
        return analysis == application
    own = select(func.lower(QcThresholdSet.application)).where(
        QcThresholdSet.material_type == material, QcThresholdSet.application != ""
    )
    return analysis.not_in(own)


def _last_was_override() -> ColumnElement[bool]:
    last = (
        select(QcJudgement.is_override)
        .where(QcJudgement.sample_id == Sample.id)
        .order_by(QcJudgement.at.desc(), QcJudgement.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, False)


def _value(metric: Metric) -> ColumnElement[Decimal | None]:
    column = getattr(Sample, metric.value) if metric in {*COLUMNS, Metric.VOLUME} else null()
    return func.coalesce(_newest(metric), column)


def _newest(metric: Metric) -> ScalarSelect[Decimal]:
    return (
        select(SampleMeasurement.value)
        .where(SampleMeasurement.sample_id == Sample.id, SampleMeasurement.metric == metric)
        .order_by(SampleMeasurement.measured_at.desc(), SampleMeasurement.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _rank(limit: ThresholdIn, value: ColumnElement[Any]) -> ColumnElement[int | None]:
    missing = _RANK[QcOutcome.PENDING] if limit.is_required else null()
    whens: list[tuple[ColumnElement[bool], Any]] = [(value.is_(None), missing)]
    for outcome, low, high in (
        (QcOutcome.FAIL, limit.fail_low, limit.fail_high),
        (QcOutcome.PASS_WITH_WARNING, limit.warn_low, limit.warn_high),
    ):
        whens += [(value < low, _RANK[outcome])] if low is not None else []
        whens += [(value > high, _RANK[outcome])] if high is not None else []
    return case(*whens, else_=_RANK[QcOutcome.PASS])
