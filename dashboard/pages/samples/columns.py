"""The columns of the grid and the cells of a row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.samples.schemas import SampleOrder, SampleSort
from backend.samples.views import SampleRow
from backend.storage.views import LocationView
from dashboard import format as fmt
from dashboard.components.data_grid import column
from dashboard.components.status import SAMPLE_LOOKS, Look, look_of
from dashboard.pages.samples.words import MATERIAL_NAMES, PRIORITY_NAMES, QC_LOOKS, ZONES

CARD = "card"
"""The one column of a phone: a sample as a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    name: str
    width: int
    sort: SampleSort | None = None
    numeric: bool = False
    renderer: str | None = None
    by_default: bool = True


COLUMNS: Mapping[str, _Shown] = {
    "barcode": _Shown(name="Barcode", width=142, sort=SampleSort.BARCODE, renderer="rowLink"),
    "name": _Shown(name="Sample name", width=134, sort=SampleSort.NAME),
    "project": _Shown(name="Project", width=100, by_default=False),
    "type": _Shown(name="Type", width=70),
    "status": _Shown(name="Status", width=130, renderer="sampleStatus"),
    "subject": _Shown(name="Subject", width=76, sort=SampleSort.SUBJECT),
    "location": _Shown(name="Location", width=176, renderer="sampleLocation"),
    "zone": _Shown(name="Zone", width=88, by_default=False),
    "concentration": _Shown(
        name="Conc. ng/µL", width=96, sort=SampleSort.CONCENTRATION, numeric=True
    ),
    "volume": _Shown(name="Vol. µL", width=70, sort=SampleSort.VOLUME, numeric=True),
    "integrity": _Shown(name="RIN/DIN", width=72, numeric=True),
    "qc": _Shown(name="QC verdict", width=108, renderer="status"),
    "priority": _Shown(name="Priority", width=76, by_default=False),
    "received": _Shown(name="Received", width=112, numeric=True, by_default=False),
    "registered": _Shown(name="Registered", width=116, sort=SampleSort.REGISTERED, numeric=True),
}
DEFAULT_COLUMNS = tuple(key for key, shown in COLUMNS.items() if shown.by_default)
SORTS: Mapping[str, SampleSort] = {
    key: shown.sort for key, shown in COLUMNS.items() if shown.sort is not None
}


def chosen_columns(wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to show, the barcode always; the usual ones when none is named."""
    known = [key for key in COLUMNS if key in wanted or key == "barcode"]
    return tuple(known) if wanted else DEFAULT_COLUMNS


def definitions(wanted: Sequence[str], order: SampleOrder) -> list[dict[str, Any]]:
    """Return the grid's column definitions, the sorted one marked."""
    shown = chosen_columns(wanted)
    made = [_definition(key, order) for key in shown]
    made.append(column(CARD, "Samples", sortable=False, renderer="sampleCard", hide=True, flex=1))
    return made


def _definition(key: str, order: SampleOrder) -> dict[str, Any]:
    shown = COLUMNS[key]
    extra: dict[str, Any] = {}
    if shown.sort is order.by:
        extra["sort"] = "desc" if order.descending else "asc"
    if key in {"name", "location"}:
        extra["flex"] = 1
        extra["minWidth"] = shown.width
    return column(
        key,
        shown.name,
        width=shown.width,
        numeric=shown.numeric,
        pinned=key == "barcode",
        sortable=shown.sort is not None,
        renderer=shown.renderer,
        sortingOrder=["desc", "asc"] if shown.numeric else ["asc", "desc"],
        **extra,
    )


def order_of(sort_model: Sequence[Mapping[str, str]], otherwise: SampleOrder) -> SampleOrder:
    """Return the order that the grid asks for."""
    for wish in sort_model:
        if wish.get("colId") in SORTS:
            return SampleOrder(by=SORTS[wish["colId"]], descending=wish.get("sort") == "desc")
    return otherwise


def row_cells(
    row: SampleRow,
    *,
    location: LocationView | None,
    holds: Sequence[str],
    alarmed: Collection[UUID],
    zone: ZoneInfo,
    now: datetime,
) -> dict[str, Any]:
    """Return a row as the grid's renderers take it; numbers are written, missing ones are empty."""
    return {
        "id": str(row.id),
        "href": f"/samples/{quote(row.barcode, safe='')}",
        "barcode": row.barcode,
        "name": row.name,
        "project": row.project_code,
        "type": MATERIAL_NAMES[row.material_type],
        "status": _look(look_of(SAMPLE_LOOKS, row.status))
        | {"holds": ", ".join(holds), "expired": _expired(row, zone=zone, now=now)},
        "subject": row.subject_code or "",
        "location": _location(location, alarmed),
        "zone": ZONES[row.temperature_class],
        "concentration": fmt.decimal(row.concentration_ng_per_ul, 1),
        "volume": fmt.decimal(row.volume_ul),
        "volumeNumber": None if row.volume_ul is None else float(row.volume_ul),
        "integrity": fmt.decimal(row.rin if row.rin is not None else row.din, 1),
        "qc": _look(QC_LOOKS[row.qc_verdict]),
        "priority": PRIORITY_NAMES[row.priority],
        "received": fmt.moment(row.received_at, zone, now=now) if row.received_at else "",
        "registered": fmt.moment(row.created_at, zone, now=now),
        CARD: row.barcode,
    }


def _expired(row: SampleRow, *, zone: ZoneInfo, now: datetime) -> str:
    """Return the day that a sample was good until, empty while it is good."""
    if row.expires_on is None or row.expires_on >= now.astimezone(zone).date():
        return ""
    return fmt.calendar_day(row.expires_on, with_year=True)


def _look(look: Look) -> dict[str, str]:
    return {"word": look.word, "icon": look.icon, "tone": look.tone.value}


def _location(location: LocationView | None, alarmed: Collection[UUID]) -> dict[str, Any] | None:
    if location is None:
        return None
    box = location.path.rpartition("/")[2]
    return {
        "parts": [location.unit_label, box, location.position],
        "title": f"{location.path}, {location.position}",
        "alarm": location.unit_id in alarmed,
    }
