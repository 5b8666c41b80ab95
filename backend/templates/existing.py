"""A row whose sample is registered already: which sample it means, and what it changes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from backend.samples.amend_rules import AMENDABLE, amend_refusal, differs
from backend.samples.ids import TemperatureClass
from backend.templates.ids import RowMode
from backend.templates.reading.batch import Batch, Checked, RowUpdate
from backend.templates.reading.dates import show
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.values import Problem, Severity, Value
from backend.templates.reading.vocabulary import ZONE_LABELS
from backend.templates.registration import FIELD_OF, attributes_of
from backend.templates.views import Standing

_UNITS = {"volume_ul": " µL", "concentration_ng_per_ul": " ng/µL"}
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Meant:
    """The sample a row means, None when it is new; ``problem`` when that cannot be said."""

    sample: Standing | None = None
    key: FieldKey = FieldKey.EXTERNAL_ID
    problem: Problem | None = None


class Register:
    """The registered samples that a list's codes name, to be asked row by row."""

    def __init__(self, found: list[Standing], project_id: UUID) -> None:
        self._project_id = project_id
        self._by_barcode = {sample.barcode: sample for sample in found}
        self._by_id = {
            str(sample.values["external_id"]).lower(): sample
            for sample in found
            if sample.project_id == project_id and sample.values["external_id"]
        }

    def meant(self, barcode: str | None, external_id: str, *, is_written: bool) -> Meant:
        """Return the sample of a row; ``is_written`` when the row gives the barcode itself."""
        by_code = self._by_barcode.get(barcode or "")
        by_id = self._by_id.get(external_id.lower()) if external_id else None
        if by_code is not None and by_code.project_id != self._project_id:
            return Meant(key=FieldKey.BARCODE, problem=_elsewhere(by_code.barcode))
        if by_code is not None and by_id is not None and by_code is not by_id:
            return Meant(key=FieldKey.BARCODE, problem=_disagree(by_code, by_id))
        own = str(by_code.values["external_id"] or "") if by_code is not None else ""
        if by_code is not None and external_id and own and own.lower() != external_id.lower():
            return Meant(key=FieldKey.EXTERNAL_ID, problem=_other_id(by_code, own))
        if by_code is None and by_id is not None and barcode is not None and is_written:
            return Meant(key=FieldKey.BARCODE, problem=_barcode_stays(by_id))
        key = FieldKey.EXTERNAL_ID if by_id is not None else FieldKey.BARCODE
        return Meant(by_code or by_id, key)


def update_of(batch: Batch, checked: Checked, index: int, sample: Standing) -> RowUpdate:
    """Return what a row changes: filled cells that say something else than the register."""
    wanted: dict[str, Any] = {}
    for name, key in FIELD_OF.items():
        if name not in {*AMENDABLE, "volume_ul"} or key not in batch.texts:
            continue
        value = checked.values[key][index] if batch.texts[key][index] else None
        if value is not None and differs(name, sample.values[name], value):
            wanted[name] = value
    if "external_id" in wanted and sample.values["external_id"]:
        del wanted["external_id"]  # the same in other capitals
    said = attributes_of(batch, checked.values, [index])[0]
    before = sample.values["attributes"] or {}
    new = {label: text for label, text in said.items() if before.get(label) != text}
    if new:
        wanted["attributes"] = new
    volume = wanted.pop("volume_ul", None)
    return RowUpdate(
        sample.id, sample.version, wanted, volume, _other_consent(batch, checked, index, sample)
    )


def _other_consent(batch: Batch, checked: Checked, index: int, sample: Standing) -> str | None:
    """Return the consent that a row names, where the sample is not under it already."""
    if FieldKey.CONSENT not in batch.texts or not batch.texts[FieldKey.CONSENT][index]:
        return None
    named = checked.values[FieldKey.CONSENT][index]
    now = str(sample.values["consent"] or "")
    return str(named) if named and str(named).lower() != now.lower() else None


def refusal_of(update: RowUpdate, sample: Standing, material: Value) -> Problem | None:
    """Return why a sample may not be changed so, or None."""
    if material is not None and material != sample.material_type:
        said = (
            f"{sample.barcode} is registered as {sample.material_type.value}. A type does not "
            "change by a list; leave the cell empty or register the sample anew."
        )
        return Problem("type_fixed", Severity.ERROR, said)
    placed = _other_well(update, sample)
    if placed is not None:
        return placed
    why = amend_refusal(
        lifecycle=sample.lifecycle,
        custody=sample.custody,
        material=sample.material_type,
        external_id=sample.values["external_id"],
        changes=update.changes,
    )
    if why is None:
        return None
    return Problem("cannot_be_changed", Severity.ERROR, f"{sample.barcode} stays as it is. {why}")


def _other_well(update: RowUpdate, sample: Standing) -> Problem | None:
    """Return what is said of a row that names another well or plate than the register."""
    said = update.changes.get("attributes")
    before = sample.values["attributes"] or {}
    for key in (FieldKey.PLATE, FieldKey.POSITION):
        label = BY_KEY[key].label
        if isinstance(said, dict) and label in said and before.get(label):
            return Problem(
                "well_disagrees",
                Severity.ERROR,
                f"{sample.barcode} is registered in {label.lower()} {before[label]}, the row says "
                f"{said[label]}. Say which sample the well holds; no list changes a place.",
            )
    return None


def says_update(update: RowUpdate, sample: Standing) -> str:
    """Return the change in a sentence, as ``Updates DNA-1: Volume 40 → 35 µL.``."""
    changes: Mapping[str, Any] = update.changes
    parts = []
    if update.volume_ul is not None:
        parts.append(_change("volume_ul", sample.values["volume_ul"], update.volume_ul))
    if update.consent is not None:
        parts.append(_change("consent", sample.values["consent"], update.consent))
    for name, value in changes.items():
        if name == "attributes":
            before = sample.values["attributes"] or {}
            parts += [f"{k} {_shown(before.get(k))} → {_shown(v)}" for k, v in value.items()]
        else:
            parts.append(_change(name, sample.values[name], value))
    return f"Updates {sample.barcode}: {', '.join(parts)}."


def says_existing(sample: Standing) -> str:
    """Return by which barcode, and since when, a sample is registered."""
    return f"{sample.barcode} ({show(sample.created_at.date())})"


def not_there(mode: RowMode) -> Problem:
    """Return what is said of a new sample where only existing ones are changed."""
    return Problem(
        "not_registered",
        Severity.ERROR,
        f"No sample of this project goes by this ID or barcode, and the rows are “{mode.value}”. "
        "Choose “upsert” to register it as new.",
    )


def _change(name: str, before: Any, after: Any) -> str:
    label = BY_KEY[FIELD_OF[name].value].label
    return f"{label} {_shown(before)} → {_shown(after)}{_UNITS.get(name, '')}"


def _shown(value: Any) -> str:
    match value:
        case None | "":
            return "empty"
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case date():
            return show(value)
        case TemperatureClass():
            return ZONE_LABELS[value]
        case Enum():
            return str(value.value)
        case _:
            text = str(value)
            cut = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
            return f"“{cut}”"


def _elsewhere(barcode: str) -> Problem:
    return Problem(
        "barcode_taken",
        Severity.ERROR,
        f"Barcode {barcode} belongs to a sample of another project. Nothing of it is changed.",
    )


def _disagree(by_code: Standing, by_id: Standing) -> Problem:
    return Problem(
        "codes_disagree",
        Severity.ERROR,
        f"The barcode is of {by_code.barcode}, the sample ID of {by_id.barcode}. "
        "Say which of the two is meant.",
    )


def _other_id(sample: Standing, own: str) -> Problem:
    return Problem(
        "codes_disagree",
        Severity.ERROR,
        f"{sample.barcode} is registered with the sample ID {own}. Neither changes by a list.",
        suggestion=own,
        fix=own,
    )


def _barcode_stays(sample: Standing) -> Problem:
    return Problem(
        "barcode_fixed",
        Severity.ERROR,
        f"This sample is registered with the barcode {sample.barcode}, which does not change.",
        suggestion=sample.barcode,
        fix=sample.barcode,
    )
