"""What a list that is sent again may change of a registered sample, and what it may not. Pure.

A barcode, a project and a type never change: they stand on the tube, decide who sees it and how
it is kept. A lifecycle moves by its own steps, a volume only through its ledger.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from backend.samples.ids import Custody, Lifecycle, MaterialType, TemperatureClass
from backend.samples.rules import OVER, zone_refusal

AMENDABLE = (
    "name",
    "external_id",
    "subject_code",
    "temperature_class",
    "container_type",
    "concentration_ng_per_ul",
    "a260_280",
    "a260_230",
    "rin",
    "din",
    "index_i7",
    "index_i5",
    "collected_on",
    "submitter",
    "priority",
    "analysis",
    "notes",
    "attributes",
)
"""Columns of a sample that an amendment may set. Its volume goes beside them."""
# Decimals that the table keeps of a figure (samples/models.py); more would look like a change.
_STEPS = {
    "a260_280": Decimal("0.01"),
    "a260_230": Decimal("0.01"),
    "rin": Decimal("0.1"),
    "din": Decimal("0.1"),
    "concentration_ng_per_ul": Decimal("0.001"),
    "volume_ul": Decimal("0.001"),
}

Scalar = str | Decimal | date | None


def differs(field: str, before: Any, after: Any) -> bool:
    """Tell whether a value would change what is stored."""
    step = _STEPS.get(field)
    if step is not None and isinstance(before, Decimal) and isinstance(after, Decimal):
        return before.quantize(step) != after.quantize(step)
    if field == "attributes":
        return any((before or {}).get(label) != text for label, text in (after or {}).items())
    return bool(before != after)


def amend_refusal(
    *,
    lifecycle: Lifecycle,
    custody: Custody,
    material: MaterialType,
    external_id: str | None,
    changes: Mapping[str, Any],
) -> str | None:
    """Return why a sample may not be amended so, or None when it may."""
    if lifecycle in OVER:
        return f"It is {lifecycle.value.replace('_', ' ')}; its record does not change any more."
    zone = changes.get("temperature_class")
    if isinstance(zone, TemperatureClass):
        if custody is Custody.IN_STORAGE:
            return "It stands in storage. Move it to the other zone first, then send the zone."
        refusal = zone_refusal(material, zone)
        if refusal is not None:
            return refusal
    named = changes.get("external_id")
    if named is not None and external_id is not None:
        return f"Its sample ID is {external_id} and does not change by a list."
    return None
