"""Cells to readings: numbers kept, everything else said by its line. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from backend.samples import qc_rules
from backend.samples.ids import Metric
from backend.sequencing.preparation.readings import numbers
from backend.sequencing.preparation.readings.model import Finding, Reading, error, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Where a value stands and whose it is."""

    line: int
    well: str
    name: str

    @property
    def label(self) -> str:
        """Return what people call it."""
        return self.name or self.well or "A line without a name"


@dataclass(slots=True)
class Collected:
    """What a reader has found so far."""

    decimal_comma: bool
    readings: list[Reading] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, whose: Whose, metric: Metric, text: str, unit: str) -> None:
        """Keep a cell as a reading in the metric's unit, or say why it is none."""
        number = numbers.read_number(text, decimal_comma=self.decimal_comma)
        factor = numbers.factor_of(metric, unit)
        name = qc_rules.NAMES[metric]
        if number.fault:
            said = f"{whose.label}: {name}: {number.fault}"
            self.findings.append(warning(whose.line, "no_number", said))
            return
        if factor is None and (number.value is not None or number.below is not None):
            known = qc_rules.UNITS[metric]
            said = f"{whose.label}: {name} in “{unit}” is not understood. Export it in {known}."
            self.findings.append(error(whose.line, "unit_unknown", said))
            return
        if number.value is None and not number.is_low and number.below is None:
            return
        self.keep(whose, metric, text.strip(), number, factor or Decimal(1))

    def keep(
        self, whose: Whose, metric: Metric, said: str, number: numbers.Number, factor: Decimal
    ) -> None:
        """Keep a number times its factor as a reading, or say why it is not possible."""
        value, below = (
            None if each is None else numbers.in_own_unit(each, factor)
            for each in (number.value, number.below)
        )
        fault = None if value is None else qc_rules.value_fault(metric, value)
        if fault is not None:
            self.findings.append(error(whose.line, "not_possible", f"{whose.label}: {fault}"))
            return
        if value is None:
            told = f"{whose.label}: {qc_rules.NAMES[metric]} “{said}” is under the range."
            told += " It counts for a control and is no measurement."
            self.findings.append(warning(whose.line, "under_range", told))
        self.readings.append(
            Reading(
                line=whose.line,
                well=whose.well,
                name=whose.name,
                metric=metric,
                value=value,
                said=said[:60],
                below=below,
                is_low=number.is_low,
            )
        )


def without_repeats(found: Sequence[Reading]) -> tuple[list[Reading], list[Finding]]:
    """Return readings without those that two lines give of one thing, and say which.

    Which of two is right only a person knows: a mean would hide a slip.
    """
    lines: dict[tuple[str, str, Metric], list[Reading]] = {}
    for each in found:
        lines.setdefault((each.well, each.name, each.metric), []).append(each)
    findings = []
    for (well, name, metric), alike in lines.items():
        if len(alike) > 1:
            at = ", ".join(str(each.line) for each in alike)
            said = f"{name or well}: {qc_rules.NAMES[metric]} stands in lines {at}."
            findings.append(error(alike[-1].line, "repeated", f"{said} Leave one of them."))
    kept = [alike[0] for alike in lines.values() if len(alike) == 1]
    return kept, findings
