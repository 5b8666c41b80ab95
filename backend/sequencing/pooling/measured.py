"""What a tube's molarity is by its newest measurements, or what is missing to know it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.samples.ids import Metric
from backend.samples.models import Sample
from backend.samples.qc_models import SampleMeasurement
from backend.samples.rules import shown_day
from backend.samples.volume_rules import shown
from backend.sequencing.pooling import molarity

_LEAST_RATIO, _MOST_RATIO = Decimal("0.7"), Decimal("1.4")
"""Of qPCR over mass and length: outside, one of the two is wrong (DOMAIN 2f)."""
_OF_REGION = frozenset({"TapeStation", "Bioanalyzer"})
"""What reads a concentration of the region, not of everything in the tube."""
_METRICS = (Metric.CONCENTRATION, Metric.FRAGMENT_SIZE, Metric.MOLARITY, Metric.IN_RANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A tube's molarity, nM, and mean length, bp, None where nobody knows.

    ``told`` says what it rests on; ``lacking`` what to do where ``nm`` is None; ``doubt`` that two
    ways of measuring do not agree.
    """

    nm: Decimal | None = None
    size_bp: Decimal | None = None
    told: str = ""
    lacking: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Value:
    value: Decimal
    at: datetime | None
    method: str


def measured_of(
    session: Session, sample_ids: Collection[UUID], *, g_per_mol_per_base: Decimal
) -> dict[UUID, Measured]:
    """Return what is known of each tube, whoever may see it: the caller has chosen the keys.

    Mass and length become molecules by ``g_per_mol_per_base`` (`molarity.factor_of`).

    A molarity that was measured itself, as by qPCR, counts when it is at least as new as the
    concentration; else concentration and length count. What was told at registration counts as a
    concentration until somebody measures. Of a concentration of everything in the tube, as a Qubit
    reads it, only the share in range counts, where a TapeStation or Bioanalyzer has measured it;
    their own concentrations are of the region already (smear correction, DOMAIN 2c).
    """
    newest = (
        select(
            SampleMeasurement.sample_id,
            SampleMeasurement.metric,
            SampleMeasurement.value,
            SampleMeasurement.measured_at,
            SampleMeasurement.method,
        )
        .where(SampleMeasurement.sample_id.in_(sample_ids), SampleMeasurement.metric.in_(_METRICS))
        .ext(distinct_on(SampleMeasurement.sample_id, SampleMeasurement.metric))
        .order_by(
            SampleMeasurement.sample_id,
            SampleMeasurement.metric,
            SampleMeasurement.measured_at.desc(),
            SampleMeasurement.id.desc(),
        )
    )
    values: dict[UUID, dict[Metric, _Value]] = {}
    for key, metric, value, at, method in session.execute(newest):
        values.setdefault(key, {})[metric] = _Value(value, at, method)
    told = select(Sample.id, Sample.barcode, Sample.concentration_ng_per_ul).where(
        Sample.id.in_(sample_ids)
    )
    found = {}
    for key, barcode, registered in session.execute(told):
        known = values.get(key, {})
        if registered is not None and Metric.CONCENTRATION not in known:
            known[Metric.CONCENTRATION] = _Value(registered, None, "registered")
        judged = _judged(barcode, known, g_per_mol_per_base)
        found[key] = replace(judged, doubt=_doubt(barcode, known, g_per_mol_per_base))
    return found


def _judged(barcode: str, known: Mapping[Metric, _Value], g_per_mol_per_base: Decimal) -> Measured:
    mass, size, direct, share = (known.get(metric) for metric in _METRICS)
    size_bp = size.value if size is not None else None
    if direct is not None and direct.value > 0 and _is_newer(direct, mass):
        day = f", {shown_day(direct.at.date())}" if direct.at else ""
        told = f"by {direct.method}{day}"
        return Measured(nm=direct.value, size_bp=size_bp, told=told)
    lacking = []
    if mass is None:
        lacking.append("no concentration: measure it, as by Qubit")
    elif mass.value <= 0:
        lacking.append("a concentration of 0 ng/µL: measure it again or leave it out")
    if size_bp is None:
        lacking.append("no fragment size: measure it, as by TapeStation")
    if lacking or mass is None or size_bp is None:
        return Measured(size_bp=size_bp, lacking=f"{barcode} has {', and '.join(lacking)}.")
    in_range = _in_range(mass, share)
    part = f", {shown(share.value)} % of it in range," if share and in_range != mass.value else ""
    return Measured(
        nm=molarity.molarity_nm(in_range, size_bp, g_per_mol_per_base=g_per_mol_per_base),
        size_bp=size_bp,
        told=f"{shown(mass.value)} ng/µL{part} of {shown(size_bp)} bp",
    )


def _in_range(mass: _Value, share: _Value | None) -> Decimal:
    """Return the concentration of what can be sequenced, ng/µL; a share of 0 tells nothing."""
    if share is None or share.value <= 0:
        return mass.value
    if mass.method in _OF_REGION or mass.method == share.method:
        return mass.value
    return molarity.smear_ng_per_ul(mass.value, share.value / 100)


def _doubt(barcode: str, known: Mapping[Metric, _Value], g_per_mol_per_base: Decimal) -> str:
    """Say how far a molarity that was measured itself is from mass and length; "" where near."""
    mass, size, direct, share = (known.get(metric) for metric in _METRICS)
    if mass is None or size is None or direct is None or min(mass.value, direct.value) <= 0:
        return ""
    by_mass = molarity.molarity_nm(
        _in_range(mass, share), size.value, g_per_mol_per_base=g_per_mol_per_base
    )
    ratio = direct.value / by_mass
    if _LEAST_RATIO <= ratio <= _MOST_RATIO:
        return ""
    return (
        f"{barcode} has {direct.value:,.2f} nM by {direct.method} and {by_mass:,.2f} nM by mass "
        f"and length: {ratio:.2f} times as much, where {_LEAST_RATIO} to {_MOST_RATIO} times are "
        "usual. Measure one of them again."
    )


def _is_newer(direct: _Value, mass: _Value | None) -> bool:
    return mass is None or mass.at is None or (direct.at is not None and direct.at >= mass.at)
