"""What a file of readings yields: readings by line, standards, and findings. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import InstrumentFile
from backend.sequencing.preparation.readings.standard_curve import Curve
from backend.templates.reading.values import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value in the metric's own unit, or why it is none.

    ``value`` is None where the instrument gave no number: ``<0.50`` is neither 0.50 nor 0. Then
    ``below`` is what it was said to be less than, and ``is_low`` that it was under the range.
    """

    line: int
    well: str
    """As the file has it; empty where it names none."""
    name: str
    metric: Metric
    value: Decimal | None
    said: str
    below: Decimal | None = None
    is_low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A well that the instrument was measured by; ``value`` is in the unit of its column."""

    line: int
    name: str
    well: str
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at; ``line`` counts from 1, 0 is the whole file."""

    line: int
    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """What a file holds; ``instrument`` is None where nobody knows the file."""

    instrument: InstrumentFile | None
    method: str
    """What measured, as measurements are told to be: Qubit, TapeStation …"""
    readings: Sequence[Reading] = ()
    standards: Sequence[Standard] = ()
    curve: Curve | None = None
    """What the concentrations were read off; None where the instrument reckoned them itself."""
    findings: Sequence[Finding] = ()


def warning(line: int, code: str, message: str) -> Finding:
    """Return something to look at."""
    return Finding(line=line, code=code, severity=Severity.WARNING, message=message)


def error(line: int, code: str, message: str) -> Finding:
    """Return something that keeps a line, or the file, from being used."""
    return Finding(line=line, code=code, severity=Severity.ERROR, message=message)
