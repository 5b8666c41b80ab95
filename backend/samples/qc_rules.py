"""Judging measurements by thresholds. Pure: the same values and limits, the same verdict.

The worst metric decides. A required metric that nobody measured leaves the judgement pending,
whatever the others say, unless one of them fails already; nothing passes for want of a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from backend.samples.ids import Metric, QcOutcome, QcVerdict
from backend.samples.volume_rules import shown

UNITS: Mapping[Metric, str] = MappingProxyType(
    {
        Metric.CONCENTRATION: "ng/µL",
        Metric.A260_280: "",
        Metric.A260_230: "",
        Metric.RIN: "",
        Metric.DIN: "",
        Metric.DV200: "%",
        Metric.VOLUME: "µL",
        Metric.FRAGMENT_SIZE: "bp",
        Metric.MOLARITY: "nM",
        Metric.ADAPTER_DIMER: "%",
        Metric.IN_RANGE: "%",
    }
)
NAMES: Mapping[Metric, str] = MappingProxyType(
    {
        Metric.CONCENTRATION: "Concentration",
        Metric.A260_280: "A260/280",
        Metric.A260_230: "A260/230",
        Metric.RIN: "RIN",
        Metric.DIN: "DIN",
        Metric.DV200: "DV200",
        Metric.VOLUME: "Volume",
        Metric.FRAGMENT_SIZE: "Fragment size",
        Metric.MOLARITY: "Molarity",
        Metric.ADAPTER_DIMER: "Adapter dimers",
        Metric.IN_RANGE: "Share in range",
    }
)
RANGES: Mapping[Metric, tuple[Decimal, Decimal]] = MappingProxyType(
    {
        Metric.CONCENTRATION: (Decimal(0), Decimal(10_000)),
        Metric.A260_280: (Decimal(0), Decimal(10)),
        Metric.A260_230: (Decimal(0), Decimal(10)),
        Metric.RIN: (Decimal(1), Decimal(10)),
        Metric.DIN: (Decimal(1), Decimal(10)),
        Metric.DV200: (Decimal(0), Decimal(100)),
        Metric.VOLUME: (Decimal(0), Decimal(100_000)),
        Metric.FRAGMENT_SIZE: (Decimal(1), Decimal(1_000_000)),
        Metric.MOLARITY: (Decimal(0), Decimal(1_000_000)),
        Metric.ADAPTER_DIMER: (Decimal(0), Decimal(100)),
        Metric.IN_RANGE: (Decimal(0), Decimal(100)),
    }
)
"""What each can be at all; a value outside is a slip of the pen."""

_WORST_FIRST = (
    QcOutcome.FAIL,
    QcOutcome.PENDING,
    QcOutcome.PASS_WITH_WARNING,
    QcOutcome.PASS,
)
VERDICT_OF: Mapping[QcOutcome, QcVerdict] = MappingProxyType(
    {
        QcOutcome.PENDING: QcVerdict.NONE,
        QcOutcome.PASS: QcVerdict.PASS,
        QcOutcome.PASS_WITH_WARNING: QcVerdict.PASS_WITH_WARNING,
        QcOutcome.FAIL: QcVerdict.FAIL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is asked of a metric; a value at a limit still passes it. Open where None."""

    metric: Metric
    is_required: bool = True
    fail_low: Decimal | None = None
    warn_low: Decimal | None = None
    warn_high: Decimal | None = None
    fail_high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one metric was found to be."""

    metric: Metric
    value: Decimal | None
    outcome: QcOutcome
    said: str


def judge(
    limits: Sequence[Limits], measured: Mapping[Metric, Decimal]
) -> tuple[QcOutcome, list[Finding]]:
    """Return the verdict of the thresholds and what it rests on, in the limits' order."""
    found = [_find(limit, measured.get(limit.metric)) for limit in limits]
    outcomes = {finding.outcome for finding in found if finding.value is not None}
    lacking = any(
        finding.value is None and limit.is_required
        for limit, finding in zip(limits, found, strict=True)
    )
    if lacking or not outcomes:
        # Nothing measured is nothing known, even where nothing is required.
        outcomes.add(QcOutcome.PENDING)
    return next(outcome for outcome in _WORST_FIRST if outcome in outcomes), found


def limits_fault(limits: Limits) -> str | None:
    """Return what is wrong with limits that somebody gave, None when they are fine."""
    name = NAMES[limits.metric]
    edges = [limits.fail_low, limits.warn_low, limits.warn_high, limits.fail_high]
    given = [edge for edge in edges if edge is not None]
    if not given:
        return f"{name} has no limit. Give at least one."
    if given != sorted(given):
        return f"The limits of {name} must rise: fail below, warn below, warn above, fail above."
    low, high = RANGES[limits.metric]
    if given[0] < low or given[-1] > high:
        return f"{name} can be {shown(low)} to {shown(high)} {UNITS[limits.metric]}".rstrip() + "."
    return None


def value_fault(metric: Metric, value: Decimal) -> str | None:
    """Return what is wrong with a measured value, None when it can be."""
    low, high = RANGES[metric]
    if value.is_finite() and low <= value <= high:
        return None
    return f"{NAMES[metric]} must be {shown(low)} to {shown(high)} {UNITS[metric]}".rstrip() + "."


def _find(limit: Limits, value: Decimal | None) -> Finding:
    name, unit = NAMES[limit.metric], UNITS[limit.metric]
    if value is None:
        asked = "is required and was not measured" if limit.is_required else "was not measured"
        return Finding(
            metric=limit.metric, value=None, outcome=QcOutcome.PENDING, said=f"{name} {asked}."
        )
    written = f"{name} is {shown(value)} {unit}".rstrip()
    for outcome, low, high in (
        (QcOutcome.FAIL, limit.fail_low, limit.fail_high),
        (QcOutcome.PASS_WITH_WARNING, limit.warn_low, limit.warn_high),
    ):
        if low is not None and value < low:
            said = f"{written}, below {shown(low)}."
            return Finding(metric=limit.metric, value=value, outcome=outcome, said=said)
        if high is not None and value > high:
            said = f"{written}, above {shown(high)}."
            return Finding(metric=limit.metric, value=value, outcome=outcome, said=said)
    return Finding(metric=limit.metric, value=value, outcome=QcOutcome.PASS, said=f"{written}.")
