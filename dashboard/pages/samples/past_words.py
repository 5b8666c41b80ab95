"""What the fields of a past record are called, and how their values are written. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from backend.events.views import Json
from backend.samples.ids import MaterialType, QcVerdict, TemperatureClass
from backend.samples.rules import MATERIAL_NAME, ZONE_NAME
from dashboard import format as fmt
from dashboard.components.status import SAMPLE_LOOKS, look_of
from dashboard.pages.samples.detail_words import VERDICTS, custody_words

LABELS: Final[Mapping[str, str]] = {
    "barcode": "Barcode",
    "project_code": "Project",
    "material_type": "Type",
    "parent_barcode": "Made from",
    "name": "Name",
    "external_id": "Submitter’s name",
    "subject_code": "Subject",
    "status": "Status",
    "lifecycle": "Lifecycle",
    "custody": "Custody",
    "place": "Position",
    "qc_verdict": "Quality control",
    "volume_ul": "Volume",
    "concentration_ng_per_ul": "Concentration",
    "a260_280": "A260/280",
    "a260_230": "A260/230",
    "rin": "RIN",
    "din": "DIN",
    "temperature_class": "Kept at",
    "container_type": "Container",
    "biosafety_level": "Biosafety level",
    "freeze_thaw_count": "Freeze and thaw",
    "expires_on": "Good until",
    "consent": "Consent",
    "sprec": "SPREC",
    "collected_on": "Collected",
    "received_at": "Received",
    "submitter": "Submitter",
    "analysis": "Analysis",
    "priority": "Priority",
    "index_i7": "Index i7",
    "index_i5": "Index i5",
    "is_backup": "Backup",
    "notes": "Notes",
    "attributes": "As submitted",
}


def said(name: str, value: Json, zone: ZoneInfo) -> str:
    """Return a field's value as people read it; empty where it is empty."""
    if value is None or value in ("", {}):
        return ""
    if name == "received_at":
        return fmt.moment(datetime.fromisoformat(str(value)), zone)
    write = _WRITTEN.get(name)
    return str(value) if write is None else write(str(value))


def _volume(text: str) -> str:
    places = len(text.partition(".")[2])
    return fmt.with_unit(Decimal(text), "µL", places)


def _day(text: str) -> str:
    return fmt.calendar_day(date.fromisoformat(text), with_year=True)


def _spaced(text: str) -> str:
    return text.replace("_", " ").capitalize()


_WRITTEN: Final[Mapping[str, Callable[[str], str]]] = {
    "volume_ul": _volume,
    "concentration_ng_per_ul": lambda text: fmt.concentration(Decimal(text)),
    "expires_on": _day,
    "collected_on": _day,
    "freeze_thaw_count": lambda text: fmt.plural(int(text), "cycle", "cycles"),
    "is_backup": lambda text: "Yes" if text == "True" else "No",
    "status": lambda text: look_of(SAMPLE_LOOKS, text).word,
    "custody": custody_words,
    "qc_verdict": lambda text: VERDICTS[QcVerdict(text)],
    "material_type": lambda text: MATERIAL_NAME[MaterialType(text)],
    "temperature_class": lambda text: ZONE_NAME[TemperatureClass(text)],
    "lifecycle": _spaced,
    "priority": _spaced,
}
