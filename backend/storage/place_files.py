"""A place with all in it as a table: CSV, or a workbook with what stands in it beside it."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import xlsxwriter

from backend.core.formulas import never_run
from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from backend.storage import place_rows
from backend.storage.ids import NodeKind
from backend.storage.place_contents import Standing
from backend.storage.place_views import PlaceView
from backend.storage.rules import NUMBERING_NAMES, zone_name

Cell = str | float | int | None

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A heading for each column, and rows of as many cells."""

    name: str
    headings: tuple[str, ...]
    rows: list[list[Cell]]


def _zone(place: PlaceView) -> str | None:
    return zone_name(place.temperature_class.value) if place.temperature_class else None


def _blocked(place: PlaceView, zone: ZoneInfo) -> str | None:
    """Say what stays empty; a reservation ends with the beginning of a day of the laboratory."""
    said = []
    for spot in place.blocked:
        day = spot.reserved_until and spot.reserved_until.astimezone(zone).date()
        until = f" until {day.isoformat()}" if day else ""
        said.append(f"{spot.position.label}{until}: {spot.reason}")
    return "; ".join(said) or None


_PLACE: tuple[tuple[str, Callable[[PlaceView, ZoneInfo], Cell]], ...] = (
    (place_rows.KIND, lambda place, _: place.kind.value),
    (place_rows.IN, lambda place, _: place.parent_path),
    (place_rows.LABEL, lambda place, _: place.label),
    (place_rows.BARCODE, lambda place, _: place.barcode),
    (place_rows.ZONE, lambda place, _: _zone(place)),
    (place_rows.SETPOINT, lambda place, _: place.setpoint_c),
    (
        place_rows.ROWS,
        lambda place, _: place.shape.rows if place.shape and not place.is_loose else None,
    ),
    (
        place_rows.COLUMNS,
        lambda place, _: place.shape.columns if place.shape and not place.is_loose else None,
    ),
    (
        place_rows.NUMBERING,
        lambda place, _: (
            NUMBERING_NAMES[place.shape.numbering] if place.shape and not place.is_loose else None
        ),
    ),
    (place_rows.SLOTS, lambda place, _: place.box_slots),
    (place_rows.LEVEL, lambda place, _: place.biosafety_level),
    (place_rows.PROJECT, lambda place, _: place.own.project),
    (place_rows.TYPES, lambda place, _: _types(place.own.material_types)),
    (place_rows.STATUS, lambda place, _: place.status.value if _is_unit(place) else None),
    (place_rows.REASON, lambda place, _: place.status_reason or None),
    (
        place_rows.MOVE_BACK,
        lambda place, _: place.move_back_on.isoformat() if place.move_back_on else None,
    ),
    (place_rows.TUBES, lambda place, _: place.capacity or None if place.is_loose else None),
    (place_rows.BLOCKED, _blocked),
    (place_rows.CIRCUIT, lambda place, _: place.power_circuit),
    ("Address", lambda place, _: place.path),
    ("Used", lambda place, _: place.used if place.shape else None),
    ("Positions", lambda place, _: place.capacity if place.has_share else None),
    ("Reserved for, from around", lambda place, _: place.around.project),
    ("Takes only, from around", lambda place, _: _types(place.around.material_types)),
)
_STANDING: tuple[tuple[str, Callable[[Standing], Cell]], ...] = (
    ("Box", lambda tube: tube.box_path),
    ("Position", lambda tube: tube.position.label),
    ("Barcode", lambda tube: tube.barcode or "of a project that you do not see"),
    ("Sample name", lambda tube: tube.name),
    ("Project", lambda tube: tube.project_code),
    ("Type", lambda tube: MATERIAL_NAME[tube.material_type] if tube.material_type else None),
    ("Volume µL", lambda tube: None if tube.volume_ul is None else float(tube.volume_ul)),
)


def places_table(places: Sequence[PlaceView], zone: ZoneInfo) -> Table:
    """Return one row for each place; what is read again comes first (place_rows).

    ``zone`` is the laboratory's: its days are those until which positions are reserved.
    """
    rows = [[value(place, zone) for _, value in _PLACE] for place in places]
    return Table("Places", tuple(name for name, _ in _PLACE), rows)


def contents_table(tubes: Sequence[Standing], zone: ZoneInfo) -> Table:
    """Return one row for each tube, with the laboratory's time since when it stands there."""
    rows: list[list[Cell]] = []
    for tube in tubes:
        since = f"{tube.placed_at.astimezone(zone):%Y-%m-%d %H:%M}"
        rows.append([*(value(tube) for _, value in _STANDING), since])
    return Table("Contents", (*(name for name, _ in _STANDING), "Since"), rows)


def as_csv(table: Table) -> bytes:
    """Return comma-separated text with a byte-order mark, so that spreadsheets read µ right."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(table.headings)
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """Return a workbook of a sheet for each table: numbers as numbers, nothing that calculates."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    head = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 3)
        sheet.set_column(0, len(table.headings) - 1, _WIDTH)
        for column, name in enumerate(table.headings):
            sheet.write_string(0, column, name, head)
        for index, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(index, column, cell)
                elif cell:
                    sheet.write_string(index, column, never_run(cell))
    book.close()
    return file.getvalue()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return never_run(cell) if isinstance(cell, str) else f"{cell:g}"


def _types(types: Sequence[str]) -> str | None:
    return "; ".join(MATERIAL_NAME[MaterialType(each)] for each in types) or None


def _is_unit(place: PlaceView) -> bool:
    return place.kind is NodeKind.UNIT
