"""Draws the demonstration's samples: who, what, when and how far. Deterministic for a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from backend.core import barcodes, ids
from backend.samples.ids import Custody, Lifecycle, MaterialType, Priority, QcVerdict
from db.seeds.world import BARCODE_PREFIX, PROJECTS, DemoProject

HISTORY_DAYS = 90
OLDEST_DAYS = 900
RECENT_SHARE = 0.27
"""Share of the samples that were registered within HISTORY_DAYS."""
ALIQUOT_SHARE = 0.22
WORKING_HOURS = (7.0, 18.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSample:
    """One drawn sample. Times are instants in UTC; None where the step has not happened."""

    id: UUID
    number: int
    project: DemoProject
    material: MaterialType
    subject_code: str
    barcode: str
    created_at: datetime
    parent_id: UUID | None
    family_id: UUID | None
    is_backup: bool
    volume_ul: float
    concentration_ng_per_ul: float | None
    integrity: float | None
    """RIN of RNA, DIN of genomic DNA; 1 to 10."""
    priority: Priority
    lifecycle: Lifecycle
    custody: Custody
    qc_verdict: QcVerdict
    accepted_at: datetime | None
    placed_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None


def draw(count: int, now: datetime, rng: np.random.Generator) -> Iterator[DemoSample]:
    """Yield ``count`` samples, oldest first."""
    instants = _registration_instants(count, now, rng)
    shares = np.array([project.share for project in PROJECTS])
    chosen = rng.choice(len(PROJECTS), size=count, p=shares / shares.sum())
    latest: dict[str, DemoSample] = {}
    for number, (instant, which) in enumerate(zip(instants, chosen, strict=True), start=1):
        project = PROJECTS[which]
        sample = _new_sample(number, count, project, instant, rng)
        previous = latest.get(project.code)
        if previous is not None and rng.random() < ALIQUOT_SHARE:
            sample = _as_aliquot(sample, previous, rng)
        sample = _aged(sample, now, rng)
        latest[project.code] = sample
        yield sample


def _registration_instants(count: int, now: datetime, rng: np.random.Generator) -> list[datetime]:
    """Return ``count`` instants in working hours, oldest first, none in the future."""
    recent = int(count * RECENT_SHARE)
    ages = np.concatenate(
        [
            rng.uniform(0, HISTORY_DAYS, recent),
            HISTORY_DAYS + rng.beta(1.1, 1.6, count - recent) * (OLDEST_DAYS - HISTORY_DAYS),
        ]
    )
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = np.floor(ages).astype(int)
    hours = rng.uniform(*WORKING_HOURS, count)
    instants = []
    for day, hour in zip(days.tolist(), hours.tolist(), strict=True):
        date = midnight - timedelta(days=day)
        # A laboratory takes in little at the weekend: four of five weekend arrivals wait.
        if date.weekday() >= 5 and hour % 1 < 0.8:  # noqa: PLR2004 Saturday is 5
            date -= timedelta(days=date.weekday() - 4)
        instant = date + timedelta(hours=hour)
        instants.append(instant if instant < now else instant - timedelta(days=1))
    return sorted(instants)


def _new_sample(
    number: int, count: int, project: DemoProject, instant: datetime, rng: np.random.Generator
) -> DemoSample:
    material = _drawn(project.materials, rng.random())
    subjects = max(8, int(count * project.share * project.subjects / 1000))
    randomness = (int(rng.integers(1 << 37)) << 37) | int(rng.integers(1 << 37))
    serial = short_serial(number)
    return DemoSample(
        id=ids.id_at(int(instant.timestamp() * 1000), randomness),
        number=number,
        project=project,
        material=material,
        subject_code=f"S-{1 + int(rng.integers(subjects)):04d}",
        barcode=barcodes.barcode_of(BARCODE_PREFIX[material], instant.date(), serial),
        created_at=instant,
        parent_id=None,
        family_id=None,
        is_backup=False,
        volume_ul=_volume_ul(material, rng),
        concentration_ng_per_ul=_concentration(material, rng),
        integrity=_integrity(material, rng),
        priority=Priority.HIGH if rng.random() < 0.08 else Priority.NORMAL,  # noqa: PLR2004
        lifecycle=Lifecycle.REGISTERED,
        custody=Custody.NOT_PLACED,
        qc_verdict=QcVerdict.NONE,
        accepted_at=None,
        placed_at=None,
        started_at=None,
        completed_at=None,
        closed_at=None,
    )


def _drawn(shares: Sequence[tuple[MaterialType, float]], at: float) -> MaterialType:
    """Return the material whose stretch of the shares holds ``at`` (0–1)."""
    for material, share in shares:
        at -= share
        if at < 0:
            return material
    return shares[-1][0]


def short_serial(number: int) -> str:
    """Return a number in Crockford base 32, three characters at least."""
    digits = ""
    while number or len(digits) < 3:  # noqa: PLR2004 shortest serial
        number, digit = divmod(number, 32)
        digits = barcodes.ALPHABET[digit] + digits
    return digits


def _as_aliquot(sample: DemoSample, previous: DemoSample, rng: np.random.Generator) -> DemoSample:
    serial = short_serial(sample.number)
    return replace(
        sample,
        material=previous.material,
        subject_code=previous.subject_code,
        barcode=barcodes.barcode_of(
            BARCODE_PREFIX[previous.material], sample.created_at.date(), serial
        ),
        parent_id=previous.id,
        family_id=previous.family_id or previous.id,
        is_backup=bool(rng.random() < 0.5),  # noqa: PLR2004 every second aliquot is a backup
        volume_ul=_volume_ul(previous.material, rng),
        concentration_ng_per_ul=_concentration(previous.material, rng),
        integrity=_integrity(previous.material, rng),
    )


_VOLUME_UL = {
    MaterialType.BLOOD: (4000, 150),
    MaterialType.PLASMA: (1200, 120),
    MaterialType.SERUM: (1100, 120),
    MaterialType.SALIVA: (1900, 150),
    MaterialType.URINE: (1900, 100),
    MaterialType.TISSUE: (180, 40),
}
_NUCLEIC = {
    MaterialType.GDNA: (120.0, 0.5),
    MaterialType.RNA: (110.0, 0.45),
    MaterialType.CFDNA: (4.5, 0.6),
    MaterialType.LIBRARY: (18.0, 0.4),
}
_INTEGRITY = {MaterialType.RNA: (8.1, 1.1), MaterialType.GDNA: (8.3, 0.9)}


def _volume_ul(material: MaterialType, rng: np.random.Generator) -> float:
    mean, spread = _VOLUME_UL.get(material, (55, 18))
    return round(float(max(5.0, rng.normal(mean, spread))), 1)


def _concentration(material: MaterialType, rng: np.random.Generator) -> float | None:
    if material not in _NUCLEIC:
        return None
    median, sigma = _NUCLEIC[material]
    return round(float(median * np.exp(rng.normal(0, sigma))), 1)


def _integrity(material: MaterialType, rng: np.random.Generator) -> float | None:
    if material not in _INTEGRITY:
        return None
    mean, spread = _INTEGRITY[material]
    return round(float(np.clip(rng.normal(mean, spread), 1.5, 10)), 1)


def _aged(sample: DemoSample, now: datetime, rng: np.random.Generator) -> DemoSample:
    """Return the sample as far along its life as its age allows."""
    draw_ = rng.random()
    accepted = sample.created_at + _wait(rng, median_h=3.3, slow_share=0.25)
    if accepted > now:
        return sample
    if draw_ < 0.008:  # noqa: PLR2004 share rejected at the desk
        return replace(sample, lifecycle=Lifecycle.REJECTED, accepted_at=accepted)
    failed = draw_ < 0.022  # noqa: PLR2004 share that fails quality control
    sample = replace(
        sample,
        lifecycle=Lifecycle.ACCEPTED,
        accepted_at=accepted,
        qc_verdict=QcVerdict.FAIL if failed else QcVerdict.PASS,
    )
    placed = accepted + _wait(rng, median_h=7.4, slow_share=0.4)
    if placed > now or failed:
        return sample
    sample = replace(sample, custody=Custody.IN_STORAGE, placed_at=placed)
    return _finished(sample, placed, now, rng)


def _wait(rng: np.random.Generator, *, median_h: float, slow_share: float) -> timedelta:
    """Return how long a sample waits for a step; the slow share waits for the next full rack."""
    slow = 8.0 if rng.random() < slow_share else 1.0
    return timedelta(hours=median_h * slow * float(rng.lognormal(0.0, 0.8)))


def _finished(
    sample: DemoSample, placed: datetime, now: datetime, rng: np.random.Generator
) -> DemoSample:
    fate = rng.random()
    if fate < 0.30:  # noqa: PLR2004 share that is sequenced
        started = placed + timedelta(days=float(rng.lognormal(1.6, 0.6)))
        completed = started + timedelta(days=float(rng.lognormal(0.9, 0.4)))
        if started > now:
            return sample
        if completed > now:
            return replace(sample, lifecycle=Lifecycle.IN_PROCESS, started_at=started)
        return replace(
            sample,
            lifecycle=Lifecycle.COMPLETED,
            started_at=started,
            completed_at=completed,
        )
    if fate < 0.34:  # noqa: PLR2004 share used up or thrown away in time
        closed = placed + timedelta(days=float(rng.uniform(20, 400)))
        if closed <= now:
            return replace(
                sample,
                lifecycle=Lifecycle.DEPLETED,
                custody=Custody.NOT_PLACED,
                closed_at=closed,
            )
    return sample


def midnight_utc(instant: datetime) -> datetime:
    """Return the start of an instant's UTC day."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
