"""Rules that look at more than one cell of a row: type and zone, figures and their usual range."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.rules import may_be_kept_at
from backend.samples.schemas import MAX_CONCENTRATION_NG_PER_UL, MAX_VOLUME_UL
from backend.templates.reading.batch import Batch, Checked, add
from backend.templates.reading.column import stretches
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Finding, Problem, Severity, Value
from backend.templates.reading.vocabulary import MATERIAL_LABELS, ZONE_LABELS

_COLD = (TemperatureClass.MINUS_80, TemperatureClass.LN2_VAPOUR)
_FROZEN = (TemperatureClass.MINUS_20, TemperatureClass.MINUS_40, *_COLD)
_COOL = (TemperatureClass.PLUS_4, *_FROZEN)
# The zones a type is usually in, first the one to suggest; editable defaults, not a law.
USUALLY_IN: dict[MaterialType, tuple[TemperatureClass, ...]] = {
    MaterialType.BLOOD: (TemperatureClass.MINUS_80, *_COOL),
    MaterialType.PLASMA: (TemperatureClass.MINUS_80, *_FROZEN),
    MaterialType.SERUM: (TemperatureClass.MINUS_80, *_FROZEN),
    MaterialType.SALIVA: (TemperatureClass.MINUS_80, TemperatureClass.ROOM, *_COOL),
    MaterialType.URINE: (TemperatureClass.MINUS_20, *_COOL),
    MaterialType.TISSUE: (*_COLD, TemperatureClass.ROOM),
    MaterialType.CELLS: (TemperatureClass.LN2_VAPOUR, TemperatureClass.MINUS_80),
    MaterialType.GDNA: (TemperatureClass.MINUS_20, *_COOL),
    MaterialType.CFDNA: (TemperatureClass.MINUS_80, *_FROZEN),
    MaterialType.RNA: _COLD,
    MaterialType.CDNA: (TemperatureClass.MINUS_20, *_FROZEN),
    MaterialType.LIBRARY: (TemperatureClass.MINUS_20, *_FROZEN),
    MaterialType.POOL: (TemperatureClass.MINUS_20, *_FROZEN),
}
# Material nothing has been extracted from yet: ng/µL and RIN belong to what comes out of it.
RAW = frozenset(
    {
        MaterialType.BLOOD,
        MaterialType.PLASMA,
        MaterialType.SERUM,
        MaterialType.SALIVA,
        MaterialType.URINE,
        MaterialType.TISSUE,
        MaterialType.CELLS,
    }
)
# (lowest, highest, lowest usual, highest usual). RIN, DIN: Agilent's scale; purity: DOMAIN 2f.
_RANGES: dict[FieldKey, tuple[str, str, str, str]] = {
    FieldKey.RIN: ("1", "10", "1", "10"),
    FieldKey.DIN: ("1", "10", "1", "10"),
    FieldKey.DV200: ("0", "100", "0", "100"),
    FieldKey.RATIO_260_280: ("0", "5", "1.6", "2.2"),
    FieldKey.RATIO_260_230: ("0", "5", "1.5", "2.6"),
    FieldKey.VOLUME: ("0", str(MAX_VOLUME_UL), "0", "10000"),
    FieldKey.CONCENTRATION: ("0", str(MAX_CONCENTRATION_NG_PER_UL), "0", "5000"),
}
_UNIT = {FieldKey.VOLUME: " µL", FieldKey.CONCENTRATION: " ng/µL"}
_GDNA_USUAL = (Decimal(5), Decimal(400))
_TAXA = {
    "human": "9606",
    "homo sapiens": "9606",
    "mouse": "10090",
    "mus musculus": "10090",
    "rat": "10116",
    "rattus norvegicus": "10116",
}


def check_rows(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    """Add the findings of every rule of this module."""
    _zones(batch, checked, skipped)
    for key in _RANGES:
        _ranges(batch, checked, skipped, key)
    _gdna_concentration(batch, checked, skipped)
    _processed_after_collected(batch, checked, skipped)
    _organisms(batch, checked, skipped)
    checked.column_findings += _raw_material_figures(batch, checked, skipped)


def missing(key: FieldKey, ask: str, index: int, checked: Checked) -> Problem:
    """Return the problem of an empty cell that must be filled, with the usual zone as its fix."""
    label = BY_KEY[key].label
    usual = _usual_zone(checked, index) if key is FieldKey.ZONE else None
    zone = ZONE_LABELS[usual] if usual else None
    said = f"{label} is empty. {ask}" + (f" Usual for this type: {zone}." if zone else "")
    return Problem("required_empty", Severity.ERROR, said, zone, zone)


def _usual_zone(checked: Checked, index: int) -> TemperatureClass | None:
    materials = checked.values.get(FieldKey.SAMPLE_TYPE)
    material = materials[index] if materials else None
    if not isinstance(material, MaterialType) or material not in USUALLY_IN:
        return None
    return USUALLY_IN[material][0]


def _zones(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    materials = checked.values.get(FieldKey.SAMPLE_TYPE)
    zones = checked.values.get(FieldKey.ZONE)
    if materials is None or zones is None:
        return
    # By identity: hashing a member of an enumeration is a call of Python's for every row.
    keys = zip(map(id, materials), map(id, zones), strict=True)
    pairs = dict(zip(keys, zip(materials, zones, strict=True), strict=True))
    judged = {key: _judge_zone(*pair) for key, pair in pairs.items()}
    keys = zip(map(id, materials), map(id, zones), strict=True)
    for index, key in enumerate(keys if any(judged.values()) else ()):
        problem = judged.get(key)
        if problem is not None and index not in skipped:
            add(checked, batch, index, FieldKey.ZONE, problem, batch.texts[FieldKey.ZONE][index])


def _judge_zone(material: Value, zone: Value) -> Problem | None:
    if not isinstance(material, MaterialType) or not isinstance(zone, TemperatureClass):
        return None
    label = MATERIAL_LABELS[material]
    usual = USUALLY_IN.get(material)
    if not may_be_kept_at(material, zone):
        right = ZONE_LABELS[usual[0]] if usual else None
        return Problem(
            "zone_spoils_sample",
            Severity.ERROR,
            f"{label} must be stored at {right}.",
            right,
            right,
        )
    if usual and zone not in usual:
        right = ZONE_LABELS[usual[0]]
        return Problem(
            "zone_unusual",
            Severity.WARNING,
            f"{label} is usually stored at {right}, not at {ZONE_LABELS[zone]}.",
            right,
            right,
        )
    return None


def _ranges(batch: Batch, checked: Checked, skipped: set[int], key: FieldKey) -> None:
    low, high, usual_low, usual_high = map(Decimal, _RANGES[key])
    for index, value in _outside(checked.values.get(key, ()), usual_low, usual_high):
        if index in skipped:
            continue
        label, unit = BY_KEY[key].label, _UNIT.get(key, "")
        if low <= value <= high:
            severity, code = Severity.WARNING, "figure_unusual"
            said = f"{label} is usually {usual_low:f} to {usual_high:,f}{unit}."
        else:
            severity, code = Severity.ERROR, "figure_out_of_range"
            said = f"{label} must be {low:f} to {high:,f}{unit}."
        add(checked, batch, index, key, Problem(code, severity, said), batch.texts[key][index])


def _outside(values: Sequence[Value], low: Decimal, high: Decimal) -> Iterator[tuple[int, Decimal]]:
    """Yield the figures below or above, each distinct one of a stretch compared once."""
    for start, part in stretches(values):
        odd = {v for v in set(part) if isinstance(v, Decimal) and not low <= v <= high}
        for index, value in enumerate(part if odd else (), start):
            if isinstance(value, Decimal) and value in odd:
                yield index, value


def _gdna_concentration(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    materials = checked.values.get(FieldKey.SAMPLE_TYPE, [])
    low, high = _GDNA_USUAL
    problem = Problem(
        "figure_unusual", Severity.WARNING, f"Usual gDNA range is {low} to {high} ng/µL."
    )
    values = checked.values.get(FieldKey.CONCENTRATION, []) if materials else []
    for index, value in _outside(values, low, high):
        if (
            value <= Decimal(5000)
            and materials[index] is MaterialType.GDNA
            and index not in skipped
        ):
            seen = batch.texts[FieldKey.CONCENTRATION][index]
            add(checked, batch, index, FieldKey.CONCENTRATION, problem, seen)


def _processed_after_collected(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    collected = checked.values.get(FieldKey.COLLECTED_ON, [])
    processed = checked.values.get(FieldKey.PROCESSED_ON, [])
    for index, (first, then) in enumerate(zip(collected, processed, strict=False)):
        if index in skipped or not isinstance(first, date) or not isinstance(then, date):
            continue
        if then < first:
            problem = Problem(
                "dates_turned",
                Severity.ERROR,
                f"Processed ({then.isoformat()}) lies before collected ({first.isoformat()}).",
            )
            seen = batch.texts[FieldKey.PROCESSED_ON][index]
            add(checked, batch, index, FieldKey.PROCESSED_ON, problem, seen)


def _organisms(batch: Batch, checked: Checked, skipped: set[int]) -> None:
    names = checked.values.get(FieldKey.ORGANISM, [])
    taxa = checked.values.get(FieldKey.TAXON_ID, [])
    for index, (name, taxon) in enumerate(zip(names, taxa, strict=False)):
        right = _TAXA.get(str(name).lower()) if name else None
        if right is None or taxon is None or taxon == right or index in skipped:
            continue
        problem = Problem(
            "taxon_disagrees",
            Severity.WARNING,
            f"{name} is NCBI taxon {right}; the row says {taxon}. "
            "Was the number counted up when the column was filled down?",
            right,
            right,
        )
        seen = batch.texts[FieldKey.TAXON_ID][index]
        add(checked, batch, index, FieldKey.TAXON_ID, problem, seen)


def _raw_material_figures(batch: Batch, checked: Checked, skipped: set[int]) -> list[Finding]:
    """Say once per column that ng/µL or RIN stands beside material nothing was extracted from."""
    findings: list[Finding] = []
    materials = checked.values.get(FieldKey.SAMPLE_TYPE, [])
    if RAW.isdisjoint(dict(zip(map(id, materials), materials, strict=True)).values()):
        return findings
    for key, what in (
        (FieldKey.CONCENTRATION, "A concentration in ng/µL"),
        (FieldKey.RIN, "RIN"),
        (FieldKey.DIN, "DIN"),
    ):
        values = checked.values.get(key, [])
        beside = Counter(
            material
            for index, (material, value) in enumerate(zip(materials, values, strict=False))
            if value is not None and index not in skipped
        )
        raw = {m: n for m, n in beside.items() if isinstance(m, MaterialType) and m in RAW}
        if not raw:
            continue
        kinds, count = sorted(MATERIAL_LABELS[m] for m in raw), sum(raw.values())
        match = batch.column_of(key)
        findings.append(
            Finding(
                code="figure_of_extract",
                severity=Severity.WARNING,
                message=(
                    f"{what} belongs to extracted DNA or RNA, but it stands beside "
                    f"{', '.join(kinds)} (rows: {count:,}). The figures are kept as the "
                    "sender gave them; check the type."
                ),
                column=match.column if match else None,
                header=match.heading if match else None,
                field=key.value,
            )
        )
    return findings
