"""The labels there are (DESIGN section 8) and the sheets they can be printed on. Lengths in mm.

Sheets are of A4 with the cells that trade calls by Avery's numbers; margins follow from cell,
gap and count, the grid being centred on the sheet.
"""

from collections.abc import Mapping
from types import MappingProxyType

from backend.labels.errors import SheetNotFound, TemplateNotFound
from backend.labels.ids import Field, Symbology
from backend.labels.views import LabelTemplate, Sheet, SymbolSlot, TextSlot

SMALLEST_MODULE_MM = 0.25
"""A code never gets smaller; hand scanners at a bench start to fail below it."""
DPIS = (203, 300, 600)


def _line(field: Field, x: float, y: float, width: float, size: float) -> TextSlot:
    # A whole code in small letters says more than one without its middle.
    smallest = size * (0.75 if field is Field.BARCODE else 0.8)
    return TextSlot(field=field, x_mm=x, y_mm=y, width_mm=width, size_pt=size, smallest_pt=smallest)


def _last(x: float, y: float, width: float, size: float) -> tuple[TextSlot, TextSlot]:
    """Return the last line: a tube has a date there, a box how its positions are counted."""
    return _line(Field.DATE, x, y, width, size), _line(Field.NUMBERING, x, y, width, size)


def _serial(x: float, y: float, width: float, size: float) -> TextSlot:
    return TextSlot(
        field=Field.SERIAL,
        x_mm=x,
        y_mm=y,
        width_mm=width,
        size_pt=size,
        smallest_pt=size * 0.6,
        bold=True,
    )


def _matrix(x: float, y: float, side: float, quiet: float = 1.0) -> SymbolSlot:
    return SymbolSlot(
        symbology=Symbology.DATA_MATRIX,
        x_mm=x,
        y_mm=y,
        width_mm=side,
        height_mm=side,
        quiet_mm=quiet,
    )


_ALL = (
    LabelTemplate(
        key="cryo",
        name="Cryo tube, 25 × 13 mm",
        width_mm=25,
        height_mm=13,
        symbol=_matrix(1, 1.5, 10),
        texts=(
            _serial(12, 0.6, 12.5, 9),
            _line(Field.BARCODE, 12, 4.4, 12.5, 5),
            _line(Field.NAME, 12, 6.5, 12.5, 5),
            _line(Field.KEPT_AT, 12, 8.6, 12.5, 5),
            _line(Field.DATE, 12, 10.7, 12.5, 5),
        ),
    ),
    LabelTemplate(
        key="cap",
        name="Cap dot, 9.5 mm",
        width_mm=9.5,
        height_mm=9.5,
        # The square inside the circle is 6.7 mm wide; the quiet zone lies inside it.
        symbol=_matrix(1.8, 1.8, 5.9, quiet=0.4),
        is_round=True,
    ),
    LabelTemplate(
        key="slide",
        name="Slide, 22 × 22 mm",
        width_mm=22,
        height_mm=22,
        symbol=_matrix(1.5, 1.5, 9),
        texts=(
            _serial(11.8, 2.2, 9.4, 10),
            _line(Field.PROJECT, 11.8, 6.6, 9.4, 5.5),
            _line(Field.BARCODE, 1.5, 11.8, 19.5, 6),
            _line(Field.NAME, 1.5, 14.2, 19.5, 6),
            _line(Field.KEPT_AT, 1.5, 16.6, 19.5, 6),
            _line(Field.DATE, 1.5, 19, 19.5, 6),
        ),
    ),
    LabelTemplate(
        key="plate",
        name="Plate, 70 × 8 mm",
        width_mm=70,
        height_mm=8,
        symbol=SymbolSlot(
            symbology=Symbology.CODE_128,
            x_mm=3,
            y_mm=0.6,
            width_mm=64,
            height_mm=4.2,
            quiet_mm=3,
        ),
        texts=(
            _line(Field.BARCODE, 3, 5.2, 30, 6),
            _line(Field.NAME, 34, 5.2, 33, 6),
        ),
    ),
    LabelTemplate(
        key="tube",
        name="Tube, 38 × 19 mm",
        width_mm=38,
        height_mm=19,
        symbol=_matrix(1.2, 3, 13),
        texts=(
            _serial(15.6, 1, 21.6, 12),
            _line(Field.BARCODE, 15.6, 6.3, 21.6, 6.5),
            _line(Field.NAME, 15.6, 9.1, 21.6, 6.5),
            _line(Field.KEPT_AT, 15.6, 11.9, 21.6, 6.5),
            *_last(15.6, 14.7, 21.6, 6.5),
        ),
    ),
    LabelTemplate(
        key="box",
        name="Box and rack, 50 × 25 mm",
        width_mm=50,
        height_mm=25,
        symbol=_matrix(1.5, 4, 17),
        texts=(
            _serial(20.2, 0.9, 28.8, 18),
            _line(Field.BARCODE, 20.2, 8.5, 28.8, 8),
            _line(Field.NAME, 20.2, 12, 28.8, 7),
            _line(Field.SUBJECT, 20.2, 15, 28.8, 7),
            _line(Field.KEPT_AT, 20.2, 18, 28.8, 7),
            *_last(20.2, 21, 28.8, 7),
        ),
    ),
)
TEMPLATES: Mapping[str, LabelTemplate] = MappingProxyType({each.key: each for each in _ALL})
DEFAULT = "cryo"


def _a4(key: str, name: str, columns: int, rows: int, size: tuple[float, float]) -> Sheet:
    width, height, (cell_x, cell_y), gap = 210.0, 297.0, size, 2.5
    return Sheet(
        key=key,
        name=name,
        width_mm=width,
        height_mm=height,
        columns=columns,
        rows=rows,
        cell_width_mm=cell_x,
        cell_height_mm=cell_y,
        left_mm=(width - columns * cell_x - (columns - 1) * gap) / 2,
        top_mm=(height - rows * cell_y) / 2,
        pitch_x_mm=cell_x + gap,
        pitch_y_mm=cell_y,
    )


_SHEETS = (
    _a4("a4-65", "A4, 65 labels of 38 × 21 mm (as Avery L7651)", 5, 13, (38.1, 21.2)),
    _a4("a4-48", "A4, 48 labels of 46 × 21 mm (as Avery L4778)", 4, 12, (45.7, 21.2)),
    _a4("a4-21", "A4, 21 labels of 64 × 38 mm (as Avery L7160)", 3, 7, (63.5, 38.1)),
    _a4("a4-189", "A4, 189 labels of 25 × 10 mm (as Avery L4731)", 7, 27, (25.4, 10.0)),
)
SHEETS: Mapping[str, Sheet] = MappingProxyType({each.key: each for each in _SHEETS})


def template_of(key: str) -> LabelTemplate:
    """Return a template.

    Raises:
        TemplateNotFound: there is none of this key.
    """
    found = TEMPLATES.get(key)
    if found is None:
        known = ", ".join(TEMPLATES)
        raise TemplateNotFound(f"There is no label template “{key}”. Choose one of {known}.")
    return found


def sheet_of(key: str) -> Sheet:
    """Return a sheet.

    Raises:
        SheetNotFound: there is none of this key.
    """
    found = SHEETS.get(key)
    if found is None:
        raise SheetNotFound(f"There is no sheet “{key}”. Choose one of {', '.join(SHEETS)}.")
    return found


def fits(template: LabelTemplate, sheet: Sheet) -> bool:
    """Say whether a label lies inside a cell of a sheet."""
    return template.width_mm <= sheet.cell_width_mm and template.height_mm <= sheet.cell_height_mm
