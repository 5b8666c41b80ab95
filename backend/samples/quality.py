"""What is usual of a measurement at intake, by material. Shown beside the value; decides nothing.

Ratios and integrity as laboratories commonly publish them for their submitters: DNA pure at an
A260/280 of about 1.8 and RNA at about 2.0, A260/230 from 1.8, RIN and DIN from 7 for intact
material, Qubit concentration of genomic DNA from 10 ng/µL. A laboratory's own gate replaces a
line here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from backend.samples.ids import MaterialType


@dataclass(frozen=True, slots=True)
class Band:
    """Where a measurement usually lies; ``low`` and ``high`` are None where that side is open."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        """Say whether a value lies inside, edges included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


_PURE = Decimal("1.8")
_INTACT = Band(Decimal(7), None)

USUAL: Mapping[MaterialType, Mapping[str, Band]] = MappingProxyType(
    {
        MaterialType.GDNA: {
            "concentration_ng_per_ul": Band(Decimal(10), None),
            "a260_280": Band(Decimal("1.7"), Decimal("1.9")),
            "a260_230": Band(_PURE, None),
            "din": _INTACT,
        },
        MaterialType.RNA: {
            "a260_280": Band(Decimal("1.9"), Decimal("2.1")),
            "a260_230": Band(_PURE, None),
            "rin": _INTACT,
        },
    }
)


def usual(material: MaterialType, measurement: str) -> Band | None:
    """Return the usual band of a measurement; None where none is known."""
    return USUAL.get(material, {}).get(measurement)
