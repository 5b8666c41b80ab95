"""A place on A4: what it is, the places in it, and of each box the map with its tubes."""

import io
from collections.abc import Mapping, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.labels import fonts
from backend.labels.adapters.paper import BOLD, FONT, FOOT, LEFT, RIGHT, TOP, Paper
from backend.storage.place_contents import Standing
from backend.storage.place_views import PlaceView
from backend.storage.rules import BoxShape

MEDIA_TYPE = "application/pdf"
MOST_MAPS = 60
"""Boxes whose maps are drawn; of a larger place the list of its places is drawn only."""
_LINE_MM, _HEAD_MM = 5.0, 20.0
_MAP_MM = RIGHT - LEFT - 8
_TALLEST_CELL_MM = 9.0
_NUMBERED_CELL_MM = 6.5
"""From here on a cell has room for the number on the lid above its tube."""
_INDENT_MM = 4.0
_STAND = "•"


class _Sheet(Paper):
    """A page that begins another when it is full."""

    def __init__(self, canvas: Canvas, title: str, about: str, printed: str) -> None:
        super().__init__(canvas)
        self._title, self._about, self._printed = title, about, printed
        self.turn()

    def turn(self) -> None:
        """Begin a page: title and foot."""
        self.begin()
        self.say(LEFT, TOP - 5, self._title, size=14, bold=True, room=RIGHT - LEFT)
        self.say(LEFT, TOP - 11, self._about, size=8, room=RIGHT - LEFT)
        self.foot(f"{self._title}, printed {self._printed}")
        self.y = TOP - _HEAD_MM

    def need(self, height: float) -> None:
        """Begin another page where this one has less room, in mm."""
        if self.y - height < FOOT:
            self.turn()

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
    for bold, name in ((False, FONT), (True, BOLD)):
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
    used = sum(place.used for place in places if place.has_share)
    room = sum(place.capacity for place in places)
    boxes = sum(place.shape is not None and not place.is_loose for place in places)
    said = [top.kind_words.capitalize()]
    if boxes or room:
        said += [f"{boxes:,} boxes", f"{used:,} of {room:,} positions used"]
    loose = sum(place.used for place in places if place.is_loose and not place.has_share)
    if loose:
        said.append(f"{loose:,} tubes loose")
    if top.own.project or top.around.project:
        said.append(f"reserved for {top.own.project or top.around.project}")
    return ", ".join(said)


def _line(sheet: _Sheet, place: PlaceView, *, depth: int) -> None:
    sheet.need(_LINE_MM)
    sheet.y -= _LINE_MM
    indent = _INDENT_MM * depth
    sheet.say(LEFT + indent, sheet.y, place.label, bold=not place.shape, room=70)
    sheet.say(LEFT + 75, sheet.y, place.path, room=60)
    if place.shape:
        filled = f"{place.used} of {place.capacity}" if place.has_share else f"{place.used} loose"
        sheet.say(LEFT + 138, sheet.y, filled, room=24)
    if place.own.project:
        sheet.say(LEFT + 160, sheet.y, place.own.project, room=RIGHT - LEFT - 160)


def _box(sheet: _Sheet, box: PlaceView, tubes: Sequence[Standing], *, is_alone: bool) -> None:
    shape = box.shape or BoxShape(1, 1)
    if shape.is_loose:
        _listed(sheet, box, tubes, is_alone=is_alone)
        return
    width = _MAP_MM / shape.columns
    height = min(width, _TALLEST_CELL_MM, (TOP - _HEAD_MM - FOOT - 12) / shape.rows)
    sheet.need(height * shape.rows + 14)
    if not is_alone:
        sheet.say(LEFT, sheet.y - 7, box.path, size=10, bold=True, room=RIGHT - LEFT)
    top = sheet.y - 12
    standing = {tube.position: tube for tube in tubes}
    blocked = {spot.position for spot in box.blocked}
    for column in range(1, shape.columns + 1):
        sheet.say(LEFT + 8 + width * (column - 0.6), top + 1, shape.column_head(column), size=6)
    for row in range(1, shape.rows + 1):
        sheet.say(LEFT, top - height * (row - 0.4), shape.row_head(row), size=7)
    for at in shape.positions():
        x, y = LEFT + 8 + width * (at.column - 1), top - height * at.row
        sheet.cell(x, y, width, height, crossed=at in blocked)
        if shape.is_numbered and height > _NUMBERED_CELL_MM:
            sheet.say(x + 0.6, y + height - 1.8, at.label, size=4)
        if at in standing:
            _tube(sheet, standing[at], x, y, width, height)
    sheet.y = top - height * shape.rows - 4


def _listed(sheet: _Sheet, place: PlaceView, tubes: Sequence[Standing], *, is_alone: bool) -> None:
    """Draw what lies in a loose place, a line for each tube."""
    sheet.need(2 * _LINE_MM + 14)
    if not is_alone:
        sheet.say(LEFT, sheet.y - 7, place.path, size=10, bold=True, room=RIGHT - LEFT)
    sheet.y -= 12
    if not tubes:
        sheet.say(LEFT, sheet.y, "Nothing lies here.", room=RIGHT - LEFT)
    for tube in tubes:
        sheet.need(_LINE_MM)
        sheet.y -= _LINE_MM
        sheet.say(LEFT, sheet.y, tube.position.label, room=12)
        sheet.say(LEFT + 14, sheet.y, tube.barcode or _STAND, bold=True, room=50)
        sheet.say(LEFT + 68, sheet.y, tube.name or "", room=RIGHT - LEFT - 68)
    sheet.y -= 4


def _tube(  # noqa: PLR0917 -- a tube and the rectangle around it
    sheet: _Sheet, tube: Standing, x: float, y: float, width: float, height: float
) -> None:
    # What tells tubes of a box apart is the end of their codes.
    code = (tube.barcode or _STAND).rpartition("-")[2]
    sheet.say(x + 0.6, y + height * 0.55, code, size=6, bold=True, room=width - 1)
    if tube.name and height > 5:  # noqa: PLR2004 -- mm that two lines need
        sheet.say(x + 0.6, y + height * 0.2, tube.name, size=5, room=width - 1)
