"""The usual limits can be published as they stand, and a middling tube passes them."""

from decimal import Decimal

import pytest

from backend.samples import qc_rules
from backend.samples.ids import MaterialType, Metric, QcOutcome
from backend.samples.qc_standards import STANDARD_LIMITS

GOOD = {
    MaterialType.GDNA: {Metric.CONCENTRATION: "48", Metric.A260_280: "1.82"},
    MaterialType.RNA: {Metric.RIN: "8.4", Metric.A260_280: "2.02"},
    MaterialType.LIBRARY: {Metric.MOLARITY: "10", Metric.FRAGMENT_SIZE: "420"},
}
POOR = {
    MaterialType.GDNA: {Metric.CONCENTRATION: "1.9"},
    MaterialType.RNA: {Metric.RIN: "1.9"},
    MaterialType.LIBRARY: {Metric.MOLARITY: "10", Metric.ADAPTER_DIMER: "5.1"},
}


@pytest.mark.parametrize("material", STANDARD_LIMITS)
def test_usual_limits_rise_and_ask_for_something(material: MaterialType) -> None:
    limits = STANDARD_LIMITS[material]

    assert [qc_rules.limits_fault(each) for each in limits] == [None] * len(limits)
    assert any(each.is_required for each in limits)


@pytest.mark.parametrize("material", STANDARD_LIMITS)
def test_usual_limits_part_good_tubes_from_poor_ones(material: MaterialType) -> None:
    def judged(given: dict[Metric, str]) -> QcOutcome:
        values = {metric: Decimal(value) for metric, value in given.items()}
        return qc_rules.judge(STANDARD_LIMITS[material], values)[0]

    assert judged(GOOD[material]) is QcOutcome.PASS
    assert judged(POOR[material]) is QcOutcome.FAIL
    assert judged({}) is QcOutcome.PENDING
