"""A place on A4: what it is, the places in it, and of each box the map with its tubes."""

import io
from collections.abc import Mapping, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.labels import fonts
from backend.storage.place_contents import Standing
from backend.storage.place_views import PlaceView
from backend.storage.rules import BoxShape, row_letters

MEDIA_TYPE = "application/pdf"
MOST_MAPS = 60
"""Boxes whose maps are drawn; of a larger place the list of its places is drawn only."""
_WIDTH, _HEIGHT = A4[0] / mm, A4[1] / mm
_FONT, _BOLD = "LabelVera", "LabelVeraBold"
_LEFT, _RIGHT, _TOP, _FOOT = 16.0, _WIDTH - 16.0, _HEIGHT - 16.0, 18.0
_LINE_MM, _HEAD_MM = 5.0, 20.0
_MAP_MM = _RIGHT - _LEFT - 8
_TALLEST_CELL_MM = 9.0
_INDENT_MM = 4.0
_STAND = "•"


class _Sheet:
    """A page that begins another when it is full."""

    def __init__(self, canvas: Canvas, title: str, about: str, printed: str) -> None:
        self._canvas, self._title, self._about, self._printed = canvas, title, about, printed
        self._page = 0
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a page: title and foot."""
        if self._page:
            self._canvas.showPage()
        self._page += 1
        self.say(_LEFT, _TOP - 5, self._title, size=14, bold=True, room=_RIGHT - _LEFT)
        self.say(_LEFT, _TOP - 11, self._about, size=8, room=_RIGHT - _LEFT)
        self.say(_LEFT, 10, f"{self._title}, printed {self._printed}", size=7)
        self._canvas.setFont(_FONT, 7)
        self._canvas.drawRightString(_RIGHT * mm, 10 * mm, f"Page {self._page}")
        self.y = _TOP - _HEAD_MM

    def need(self, height: float) -> None:
        """Begin another page where this one has less room, in mm."""
        if self.y - height < _FOOT:
            self.turn()

    def say(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8,
        bold: bool = False,
        room: float | None = None,
    ) -> None:
        """Write a text, cut to its room in mm."""
        name = _BOLD if bold else _FONT
        self._canvas.setFont(name, size)
        kept = text
        while room and kept and pdfmetrics.stringWidth(kept, name, size) > room * mm:
            kept = f"{kept[:-2]}…" if len(kept) > 1 else ""
        self._canvas.drawString(x * mm, y * mm, kept)

    def cell(self, x: float, y: float, width: float, height: float, *, crossed: bool) -> None:
        """Draw a position, its lower left corner at x and y; a blocked one is crossed out."""
        self._canvas.setLineWidth(0.3)
        self._canvas.rect(x * mm, y * mm, width * mm, height * mm)
        if crossed:
            self._canvas.line(x * mm, y * mm, (x + width) * mm, (y + height) * mm)


def draw(
    places: Sequence[PlaceView],
    tubes: Mapping[str, Sequence[Standing]],
    *,
    printed: str,
) -> bytes:
    """Return the pages of a place and all in it, black on white.

    ``places`` begins with the place itself; ``tubes`` has what stands in a box by its address.
    """
    for bold, name in ((False, _FONT), (True, _BOLD)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
    top = places[0]
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(top.path)
    sheet = _Sheet(canvas, top.path, _about(places), printed)
    boxes = [place for place in places if place.shape]
    if len(places) > 1:
        for place in places:
            _line(sheet, place, depth=place.path.count("/") - top.path.count("/"))
    if len(boxes) <= MOST_MAPS:
        for box in boxes:
            _box(sheet, box, tubes.get(box.path, ()), is_alone=len(places) == 1)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _about(places: Sequence[PlaceView]) -> str:
    top = places[0]
    used = sum(place.used for place in places)
    room = sum(place.capacity for place in places)
    boxes = sum(place.shape is not None for place in places)
    said = [top.kind.value.capitalize(), f"{boxes:,} boxes", f"{used:,} of {room:,} positions used"]
    if top.own.project or top.around.project:
        said.append(f"reserved for {top.own.project or top.around.project}")
    return ", ".join(said)


def _line(sheet: _Sheet, place: PlaceView, *, depth: int) -> None:
    sheet.need(_LINE_MM)
    sheet.y -= _LINE_MM
    indent = _INDENT_MM * depth
    sheet.say(_LEFT + indent, sheet.y, place.label, bold=not place.shape, room=70)
    sheet.say(_LEFT + 75, sheet.y, place.path, room=60)
    if place.shape:
        sheet.say(_LEFT + 138, sheet.y, f"{place.used} of {place.capacity}", room=24)
    if place.own.project:
        sheet.say(_LEFT + 160, sheet.y, place.own.project, room=_RIGHT - _LEFT - 160)


def _box(sheet: _Sheet, box: PlaceView, tubes: Sequence[Standing], *, is_alone: bool) -> None:
    shape = box.shape or BoxShape(1, 1)
    width = _MAP_MM / shape.columns
    height = min(width, _TALLEST_CELL_MM, (_TOP - _HEAD_MM - _FOOT - 12) / shape.rows)
    sheet.need(height * shape.rows + 14)
    if not is_alone:
        sheet.say(_LEFT, sheet.y - 7, box.path, size=10, bold=True, room=_RIGHT - _LEFT)
    top = sheet.y - 12
    standing = {tube.position: tube for tube in tubes}
    blocked = {spot.partition(":")[0].split(" ")[0] for spot in box.blocked}
    for column in range(1, shape.columns + 1):
        sheet.say(_LEFT + 8 + width * (column - 0.6), top + 1, str(column), size=6)
    for row in range(1, shape.rows + 1):
        sheet.say(_LEFT, top - height * (row - 0.4), row_letters(row), size=7)
    for at in shape.positions():
        x, y = _LEFT + 8 + width * (at.column - 1), top - height * at.row
        sheet.cell(x, y, width, height, crossed=at.label in blocked)
        if at in standing:
            _tube(sheet, standing[at], x, y, width, height)
    sheet.y = top - height * shape.rows - 4


def _tube(  # noqa: PLR0917 -- a tube and the rectangle around it
    sheet: _Sheet, tube: Standing, x: float, y: float, width: float, height: float
) -> None:
    # What tells tubes of a box apart is the end of their codes.
    code = (tube.barcode or _STAND).rpartition("-")[2]
    sheet.say(x + 0.6, y + height * 0.55, code, size=6, bold=True, room=width - 1)
    if tube.name and height > 5:  # noqa: PLR2004 -- mm that two lines need
        sheet.say(x + 0.6, y + height * 0.2, tube.name, size=5, room=width - 1)
