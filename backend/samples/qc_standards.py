"""Limits that laboratories usually begin with: what a first draft of thresholds is filled with.

They judge nothing until somebody publishes them. Where several are in use, the milder one stands
here, for a laboratory narrows limits by its own validation. Sources, per line below:

1. Purity by absorbance: Thermo Fisher Scientific, technical note 52646 (NanoDrop): about 1.8 for
   DNA and 2.0 for RNA at 260/280, 2.0 to 2.2 at 260/230.
2. Integrity: Schroeder et al. 2006, doi:10.1186/1471-2199-7-3 (RIN); Agilent Technologies,
   publication 5991-5258EN (DIN). DV200: Illumina, publication 470-2014-001, where 30 % is the
   least for libraries of RNA from fixed tissue.
3. Libraries for a shared lane: 5 nM in 15 µL as cores ask, 1 nM in 10 µL as the least accepted;
   adapter dimers on patterned flow cells 5 % at most.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from backend.samples.ids import MaterialType, Metric
from backend.samples.qc_rules import Limits


def _limits(
    metric: Metric,
    fail_low: str = "",
    warn_low: str = "",
    warn_high: str = "",
    fail_high: str = "",
    *,
    is_required: bool = False,
) -> Limits:
    def edge(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    return Limits(
        metric=metric,
        is_required=is_required,
        fail_low=edge(fail_low),
        warn_low=edge(warn_low),
        warn_high=edge(warn_high),
        fail_high=edge(fail_high),
    )


STANDARD_LIMITS: Mapping[MaterialType, tuple[Limits, ...]] = MappingProxyType(
    {
        MaterialType.GDNA: (
            _limits(Metric.CONCENTRATION, "2", "10", is_required=True),
            _limits(Metric.A260_280, "1.6", "1.7", "1.9", "2.1"),
            _limits(Metric.A260_230, "1.5", "1.8"),
            _limits(Metric.DIN, "5", "7"),
        ),
        MaterialType.RNA: (
            _limits(Metric.RIN, "2", "7", is_required=True),
            _limits(Metric.A260_280, "1.8", "1.9", "2.1"),
            _limits(Metric.A260_230, "1.5", "1.8"),
            _limits(Metric.DV200, "30", "50"),
        ),
        MaterialType.LIBRARY: (
            _limits(Metric.MOLARITY, "1", "5", is_required=True),
            _limits(Metric.VOLUME, "10", "15"),
            _limits(Metric.FRAGMENT_SIZE, "", "200", "500", "800"),
            _limits(Metric.ADAPTER_DIMER, "", "", "2", "5"),
        ),
    }
)
"""Usual limits of a material, by metric; nothing where none are usual."""
