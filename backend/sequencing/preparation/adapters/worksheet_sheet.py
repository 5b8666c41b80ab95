"""A worksheet on A4: the plate from above, a line for each well, and the lots."""

import io
from collections.abc import Mapping

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.labels import fonts
from backend.labels.adapters.paper import BOLD, FONT, FOOT, LEFT, RIGHT, TOP, Paper
from backend.samples.ids import SampleId
from backend.samples.volume_rules import shown
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.ids import WellKind
from backend.sequencing.preparation.rules import InputFlag
from backend.sequencing.preparation.views import WellView, WorksheetView
from backend.storage import deck
from backend.storage.rules import row_letters

MEDIA_TYPE = "application/pdf"
_HEAD_MM, _ROW_MM, _LETTER_MM, _TALLEST_MM = 24.0, 5.0, 6.0, 13.0
_KINDS = {WellKind.NO_TEMPLATE: "No template", WellKind.POSITIVE: "Positive control"}
_COLUMNS = (
    ("Well", 0.0, 8.0),
    ("Sample", 9.0, 31.0),
    ("Name", 41.0, 24.0),
    ("Stands in", 66.0, 34.0),
    ("µL", 101.0, 12.0),
    ("Diluent", 114.0, 13.0),
    ("ng", 128.0, 9.0),
    ("Input", 138.0, 21.0),
    ("Index", 160.0, 10.0),
    ("Done", 171.0, 10.0),
)
"""Heading, where it begins right of the margin, and its room, in mm."""


class _Sheet(Paper):
    """A page that begins another when it is full."""

    def __init__(self, canvas: Canvas, sheet: WorksheetView, printed: str) -> None:
        super().__init__(canvas)
        self._sheet, self._printed = sheet, printed
        self.turn()

    def turn(self) -> None:
        """Begin a page: title, protocol, foot."""
        self.begin()
        sheet = self._sheet
        self.say(LEFT, TOP - 5, f"Library preparation {sheet.code}", size=14, bold=True)
        wish = sheet.protocol.wish
        self.say(LEFT, TOP - 11, sheet.protocol.label, size=9, room=RIGHT - LEFT)
        about = f"{shown(wish.target_ng)} ng in {shown(wish.volume_ul)} µL a well. "
        about += f"{sheet.state.value.capitalize()}, made by {sheet.made_by_name}."
        self.say(LEFT, TOP - 16, about, room=RIGHT - LEFT)
        self.foot(f"{sheet.code}, printed {self._printed}")
        self.y = TOP - _HEAD_MM

    def need(self, height: float) -> None:
        """Begin another page where this one has less room, in mm."""
        if self.y - height < FOOT:
            self.turn()

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a rectangle, its lower left corner at x and y."""
        self._canvas.setLineWidth(0.3)
        self._canvas.rect(x * mm, y * mm, width * mm, height * mm)


def draw(sheet: WorksheetView, places: Mapping[SampleId, str], *, printed: str) -> bytes:
    """Return the pages, black on white; ``places`` say where each sample's tube is."""
    for bold, name in ((False, FONT), (True, BOLD)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(sheet.code)
    paper = _Sheet(canvas, sheet, printed)
    _plate(paper, sheet)
    _line(paper, tuple(head for head, _, _ in _COLUMNS), bold=True)
    for well in sheet.wells:
        _line(paper, _cells(well, places))
    _lots(paper, sheet)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _plate(paper: _Sheet, sheet: WorksheetView) -> None:
    shape = rules.SHAPES[sheet.shape]
    width = (RIGHT - LEFT - _LETTER_MM) / shape.columns
    height = min(width, _TALLEST_MM)
    top = paper.y
    by_place = {well.place: well for well in sheet.wells}
    for column in range(1, shape.columns + 1):
        x = LEFT + _LETTER_MM + width * (column - 0.55)
        paper.say(x, top + 1, str(column), size=6)
    for row in range(1, shape.rows + 1):
        paper.say(LEFT, top - height * (row - 0.4), row_letters(row), size=7)
    for place in range(1, shape.capacity + 1):
        at = rules.well_of(place, sheet.shape)
        x, y = LEFT + _LETTER_MM + width * (at.column - 1), top - height * at.row
        paper.box(x, y, width, height)
        if place in by_place:
            _well(paper, by_place[place], x, y, width - 1.2, height)
    paper.y = top - height * shape.rows - 4


def _well(  # noqa: PLR0917 -- a well and the rectangle around it
    paper: _Sheet, well: WellView, x: float, y: float, width: float, height: float
) -> None:
    # What tells tubes of a plate apart is the end of their codes.
    code = well.barcode.rpartition("-")[2] if well.barcode else _KINDS[well.kind]
    paper.say(x + 0.6, y + height * 0.68, code, size=5.5, bold=True, room=width)
    if well.volume_ul is not None:
        paper.say(x + 0.6, y + height * 0.4, f"{shown(well.volume_ul)} µL", size=5, room=width)
    paper.say(x + 0.6, y + height * 0.12, well.index_name or "", size=5, room=width)


def _cells(well: WellView, places: Mapping[SampleId, str]) -> tuple[str, ...]:
    flag = well.flag.value.replace("_", " ")
    said = "" if well.flag in {InputFlag.ON_TARGET, InputFlag.UNKNOWN} else flag
    return (
        well.well,
        well.barcode or _KINDS[well.kind],
        well.name or "",
        "" if well.sample_id is None else places.get(well.sample_id, deck.NOWHERE),
        "" if well.volume_ul is None else shown(well.volume_ul),
        "" if well.diluent_ul is None else shown(well.diluent_ul),
        "" if well.mass_ng is None else shown(well.mass_ng),
        said,
        well.index_name or "",
        "",
    )


def _line(paper: _Sheet, cells: tuple[str, ...], *, bold: bool = False) -> None:
    paper.need(_ROW_MM)
    paper.y -= _ROW_MM
    for text, (_, at, room) in zip(cells, _COLUMNS, strict=True):
        paper.say(LEFT + at, paper.y, text, size=7.5, bold=bold, room=room)
    if not bold:
        paper.box(RIGHT - 6, paper.y - 0.6, 3.2, 3.2)


def _lots(paper: _Sheet, sheet: WorksheetView) -> None:
    paper.need(_ROW_MM * (len(sheet.lots) + 2))
    paper.y -= _ROW_MM * 1.6
    paper.say(LEFT, paper.y, "Lots", size=9, bold=True)
    for lot in sheet.lots:
        paper.y -= _ROW_MM
        said = (
            f"{lot.kit}, {lot.catalogue_number}, lot {lot.lot}, expires {lot.expires_on:%d %b %Y}"
        )
        paper.say(LEFT, paper.y, said, room=RIGHT - LEFT)
