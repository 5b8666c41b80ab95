"""A plate reader's fluorescence: samples read off the curve of the plate's own standards. No I/O.

The columns are those that readers export: "Well", "Content" (Standard, Blank, Sample), a signal
("Fluorescence", "RFU", "Raw Data (485/520)", "Blank corrected …") and the standards'
concentration with its unit; "Dilution" where samples were diluted before they were measured
(dilutions in the plate that standards share are no part of it). Wells of one name are replicates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, stdev

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings import columns, numbers, standard_curve
from backend.sequencing.preparation.readings.collecting import (
    Collected,
    Whose,
    without_repeats,
)
from backend.sequencing.preparation.readings.model import FileRead, Standard, error, warning
from backend.sequencing.preparation.readings.numbers import Number
from backend.sequencing.preparation.readings.standard_curve import Curve, KnownWell, NoCurve, Place
from backend.sequencing.preparation.readings.tables import Heading, Row, Table, find_table

_CORRECTED = "blank corrected"
_SIGNALS = ("fluorescence", "rfu", "raw data", "raw fluorescence", "mean rfu", "signal", _CORRECTED)
_KNOWN = (
    "standard concentration",
    "standard conc",
    "nominal concentration",
    "known concentration",
    "expected concentration",
)
_DILUTIONS = ("dilution factor", "dilution", "sample dilution")
_BLANKS = ("blank", "buffer")
_FITTED = ("standard", "std")
_OVERFLOWS = frozenset({"overflow", "ovrflw", "overflw", "over", "saturated"})
_SPREAD = 0.20
"""Of replicates, by their mean: ICH M10 asks for 20 % at the lower limit and 15 % above it."""
_UNITS = {"ul": "µL", "ml": "mL", "l": "L"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where a table has what."""

    well: Heading | None
    name: Heading | None
    kind: Heading | None
    signal: Heading
    known: Heading | None
    dilution: Heading | None

    def of_standard(self, row: Row) -> str:
        """Return what a line of a standard, blank or control is called; "" for a sample."""
        said = (row.at(self.kind), row.at(self.name))
        return next((each for each in said if columns.is_standard(each)), "")


def read_fluorescence(rows: Sequence[Row], *, decimal_comma: bool) -> FileRead | None:
    """Return the samples' concentrations by the plate's curve; None where the file is another's.

    A file in which samples have concentrations was reckoned by the reader's own program, and is
    left to the reader of those.
    """
    table = find_table(
        rows,
        decimal_comma=decimal_comma,
        is_head=lambda words: (
            bool(words & set(columns.WELLS)) and any(word.startswith(_SIGNALS) for word in words)
        ),
    )
    if table is None:
        return None
    at = _columns(table)
    found = Collected(decimal_comma)
    samples = [row for row in table.rows if not at.of_standard(row)]
    if at.known is not None and any(_value(found, row.at(at.known)) for row in samples):
        return None
    standards = [row for row in table.rows if at.of_standard(row)]
    curve = _curve(found, at, standards)
    if curve is not None:
        for alike in _replicates(samples, at):
            _take(found, curve, at, alike)
    kept, repeats = without_repeats(found.readings)
    return FileRead(
        instrument=InstrumentFile.PLATE_READER,
        method="Plate reader",
        readings=tuple(sorted(kept, key=lambda each: each.line)),
        standards=tuple(_standard(found, at, row) for row in standards),
        curve=curve,
        findings=tuple(sorted([*found.findings, *repeats], key=lambda each: each.line)),
    )


def _columns(table: Table) -> _Columns:
    signal = table.starting(_CORRECTED) or table.starting(*_SIGNALS)
    if signal is None:
        raise LookupError("the heading was found a moment ago")
    known = table.starting(*_KNOWN) or table.find(*columns.CONCENTRATIONS)
    return _Columns(
        well=table.find(*columns.WELLS),
        name=table.find(*columns.NAMES),
        kind=table.find(*columns.KINDS),
        signal=signal,
        known=known or table.starting(*columns.CONCENTRATIONS),
        dilution=table.find(*_DILUTIONS),
    )


def _curve(found: Collected, at: _Columns, rows: Sequence[Row]) -> Curve | None:
    """Return the plate's curve, or tell why there is none."""
    unit = columns.unit_in(at.known) if at.known is not None else ""
    if not unit:
        said = "The file has fluorescence and no concentration of its standards. Add a column "
        said += "“Standard concentration (ng/mL)”, or export concentrations."
        found.findings.append(error(0, "standards_unknown", said))
        return None
    known = [each for row in rows if (each := _known_well(found, at, row)) is not None]
    try:
        return standard_curve.fit_curve(
            known, unit=_shown_unit(unit), is_corrected=at.signal.words.startswith(_CORRECTED)
        )
    except NoCurve as refusal:
        found.findings.append(error(0, "curve_refused", str(refusal)))
        return None


def _known_well(found: Collected, at: _Columns, row: Row) -> KnownWell | None:
    """Return a standard or blank with its signal; None for a control, which nobody fits."""
    called = at.of_standard(row).casefold()
    is_blank = called.startswith(_BLANKS)
    concentration = Decimal(0) if is_blank else _value(found, row.at(at.known))
    signal = _signal(row.at(at.signal), decimal_comma=found.decimal_comma)
    name = row.at(at.well) or at.of_standard(row)
    if concentration is None or not (is_blank or called.startswith(_FITTED)):
        return None
    if signal is None:
        said = f"{name}: “{row.at(at.signal)[:40]}” is no signal; it is no part of the curve."
        found.findings.append(warning(row.line, "no_signal", said))
        return None
    return KnownWell(well=name, concentration=float(concentration), signal=signal)


def _replicates(samples: Sequence[Row], at: _Columns) -> list[list[Row]]:
    """Return the lines of each sample; wells of a control are controls each for itself."""
    alike: dict[tuple[str, str], list[Row]] = {}
    for row in samples:
        if row.at(at.signal):
            name = row.at(at.name)
            is_own = not name or name.casefold() in columns.NO_TEMPLATE | columns.POSITIVE
            key = row.at(at.well) if is_own else name
            alike.setdefault((key, row.at(at.dilution)), []).append(row)
    return list(alike.values())


def _take(found: Collected, curve: Curve, at: _Columns, alike: Sequence[Row]) -> None:
    """Keep what the replicates of one sample say, or tell why they say nothing."""
    whose = columns.whose(alike[0], at.name, at.well)
    texts = [row.at(at.signal) for row in alike]
    signals = [_signal(text, decimal_comma=found.decimal_comma) for text in texts]
    if any(text.strip().casefold() in _OVERFLOWS for text in texts):
        _beyond(found, whose, "The reader was saturated")
        return
    read = [each for each in signals if each is not None]
    factor = _factor(found, whose, at, alike[0])
    if len(read) < len(signals):
        strange = next(text for text, each in zip(texts, signals, strict=True) if each is None)
        said = f"{whose.label}: “{strange[:40]}” is no signal. It is not kept."
        found.findings.append(warning(whose.line, "no_number", said))
        return
    if factor is None:
        return
    raw = fmean(read)
    place, concentration = standard_curve.read_signal(curve, raw)
    said = f"{raw:.0f} RFU"
    if place is Place.BEYOND:
        _beyond(found, whose, f"{raw:,.0f} RFU")
        return
    if place is Place.WITHIN and _scatters(read, curve):
        told = f"{whose.label}: its {len(read)} wells differ by more than {_SPREAD:.0%}. "
        found.findings.append(error(whose.line, "replicates_differ", f"{told}Measure it again."))
        return
    number = Decimal(f"{concentration:.6g}")
    is_low = place is Place.BELOW
    kept = Number(below=number, is_low=True) if is_low else Number(value=number)
    found.keep(whose, Metric.CONCENTRATION, said, kept, factor)


def _beyond(found: Collected, whose: Whose, said: str) -> None:
    told = f"{whose.label}: {said} is beyond the curve: dilute and repeat. It is not kept."
    found.findings.append(warning(whose.line, "beyond_curve", told))


def _scatters(signals: Sequence[float], curve: Curve) -> bool:
    mean = fmean(signals) - curve.blank.mean
    return len(signals) > 1 and stdev(signals) > _SPREAD * abs(mean)


def _factor(found: Collected, whose: Whose, at: _Columns, row: Row) -> Decimal | None:
    """Return what a concentration in the plate is multiplied by for ng/µL of the sample."""
    unit = columns.unit_in(at.known) if at.known is not None else ""
    own = numbers.factor_of(Metric.CONCENTRATION, unit) or Decimal(1)
    text = row.at(at.dilution).casefold().removeprefix("1:").removesuffix("x").strip()
    if not text:
        return own
    dilution = _value(found, text)
    if dilution is None or dilution < 1:
        said = f"{whose.label}: dilution “{row.at(at.dilution)[:40]}” is not understood. "
        said += "Write the factor, such as 20 for 1 part in 20."
        found.findings.append(error(whose.line, "dilution_unknown", said))
        return None
    return own * dilution


def _signal(text: str, *, decimal_comma: bool) -> float | None:
    """Return a signal; below 0 is possible where the blank was taken off."""
    bare = text.strip()
    sign = -1 if bare.startswith(("-", "−")) else 1
    value = numbers.read_number(bare.lstrip("-−"), decimal_comma=decimal_comma).value
    return None if value is None else sign * float(value)


def _standard(found: Collected, at: _Columns, row: Row) -> Standard:
    """Return a standard as it is listed, in the unit of its column."""
    value = _value(found, row.at(at.known))
    return Standard(line=row.line, name=at.of_standard(row), well=row.at(at.well), value=value)


def _value(found: Collected, text: str) -> Decimal | None:
    return numbers.read_number(text, decimal_comma=found.decimal_comma).value


def _shown_unit(unit: str) -> str:
    mass, _, volume = unit.partition("/")
    return f"{mass.replace('u', 'µ', 1) if mass == 'ug' else mass}/{_UNITS.get(volume, volume)}"
