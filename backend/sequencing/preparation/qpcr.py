"""From what a qPCR read off its standard's curve to the molarity of the library itself. No I/O.

The instrument reads a diluted library as molecules of the standard's length: a longer library has
fewer, and the undiluted one more (DOMAIN 2c; `pooling.molarity.qpcr_molarity_nm`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from backend.samples.ids import Metric
from backend.sequencing.pooling.molarity import QPCR_STANDARD_BP, qpcr_molarity_nm
from backend.sequencing.preparation.ids import WellKind
from backend.sequencing.preparation.matching import Matched
from backend.sequencing.preparation.readings.model import Finding, error

METHOD = "qPCR"
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class QpcrTerms:
    """How many times libraries were diluted to be measured, and the standard's length, bp."""

    dilution: Decimal
    standard_bp: Decimal = QPCR_STANDARD_BP


def of_libraries(
    matched: Sequence[Matched], sizes_bp: Mapping[int, Decimal], terms: QpcrTerms
) -> tuple[list[Matched], list[Finding]]:
    """Return readings with molarities of the undiluted libraries, and why others are left out.

    ``sizes_bp`` are mean lengths by place, as measured before; one of the same file goes before.
    Controls are no libraries, and keep what the file says of them.
    """
    known = {**sizes_bp} | {
        each.target.place: each.reading.value
        for each in matched
        if each.reading.metric is Metric.FRAGMENT_SIZE and each.reading.value
    }
    kept, findings = [], []
    for each in matched:
        reading, size = each.reading, known.get(each.target.place)
        if reading.metric is not Metric.MOLARITY or each.target.kind is not WellKind.SAMPLE:
            kept.append(each)
        elif size is None:
            said = f"{each.target.well} has no fragment size: measure it first, as by TapeStation."
            findings.append(error(reading.line, "no_size", said))
        else:
            value, below = (
                None if given is None else _undiluted(given, size, terms)
                for given in (reading.value, reading.below)
            )
            kept.append(replace(each, reading=replace(reading, value=value, below=below)))
    return kept, findings


def _undiluted(read_nm: Decimal, size_bp: Decimal, terms: QpcrTerms) -> Decimal:
    found = qpcr_molarity_nm(
        read_nm, size_bp, dilution=terms.dilution, standard_bp=terms.standard_bp
    )
    return found.quantize(_STEP, ROUND_HALF_UP)
