"""A pick list on A4, box by box: the box from above with its tubes lit, and a line for each."""

import io
from collections.abc import Mapping, Sequence
from itertools import groupby

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.labels import fonts, symbols
from backend.labels.adapters.paper import BOLD, FONT, FOOT, LEFT, RIGHT, TOP, Paper
from backend.labels.ids import Symbology
from backend.storage.ids import NodeId
from backend.storage.pick_views import PickLineView, PickListView
from backend.storage.rules import BoxShape, Position

MEDIA_TYPE = "application/pdf"
_HEAD_MM, _BOX_HEAD_MM, _ROW_MM, _MAP_MM = 22.0, 8.0, 6.5, 30.0
_SYMBOL_MM = 12.0
_TEXT = LEFT + _MAP_MM + 6
"""Where lines begin, right of the box."""


class _Sheet(Paper):
    """A page that begins another when it is full."""

    size = 9.0

    def __init__(self, canvas: Canvas, picks: PickListView, printed: str) -> None:
        super().__init__(canvas)
        self._picks, self._printed = picks, printed
        self.turn()

    def turn(self) -> None:
        """Begin a page: title, symbol of the list, foot."""
        self.begin()
        picks = self._picks
        self.say(LEFT, TOP - 5, f"Pick list {picks.label}", size=14, bold=True)
        self.say(LEFT, TOP - 11, picks.title, room=140)
        made = f"{picks.lines} tubes. Made by {picks.made_by_name}, {picks.made_at:%Y-%m-%d}"
        self.say(LEFT, TOP - 16, made, size=8)
        found = symbols.modules(Symbology.DATA_MATRIX, picks.label)
        module = _SYMBOL_MM / len(found)
        for row, dark in enumerate(found):
            for column, is_dark in enumerate(dark):
                if is_dark:
                    x = RIGHT - _SYMBOL_MM + module * column
                    self.rect(x, TOP - module * (row + 1), module, filled=True)
        self.foot(f"{picks.label}, printed {self._printed}")
        self.y = TOP - _HEAD_MM

    def rect(self, x: float, y: float, side: float, *, filled: bool) -> None:
        """Draw a square, its lower left corner at x and y."""
        self._canvas.setLineWidth(0.3)
        self._canvas.rect(
            x * mm, y * mm, side * mm, side * mm, stroke=0 if filled else 1, fill=int(filled)
        )

    def rule(self, y: float) -> None:
        """Draw a hairline below a line."""
        self._canvas.setLineWidth(0.2)
        self._canvas.line(_TEXT * mm, y * mm, RIGHT * mm, y * mm)


def draw(
    picks: PickListView,
    lines: Sequence[PickLineView],
    shapes: Mapping[NodeId, BoxShape],
    *,
    printed: str,
) -> bytes:
    """Return the pages. Black on white; a tube to pick is a filled square of its box."""
    for bold, name in ((False, FONT), (True, BOLD)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(f"Pick list {picks.label}")
    sheet = _Sheet(canvas, picks, printed)
    for box_id, group in groupby(lines, key=lambda line: line.from_box_id):
        _box(sheet, shapes[box_id], list(group))
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _box(sheet: _Sheet, shape: BoxShape, lines: Sequence[PickLineView]) -> None:
    """Draw a box and its lines; what does not fit goes on under the box's name again."""
    rest = list(lines)
    while rest:
        least = _BOX_HEAD_MM + _MAP_MM
        if sheet.y - least < FOOT:
            sheet.turn()
        top = sheet.y
        room = int((top - _BOX_HEAD_MM - FOOT) // _ROW_MM)
        part, rest = rest[:room], rest[room:]
        sheet.say(LEFT, top - 5, part[0].from_path, size=11, bold=True, room=120)
        map_top = top - _BOX_HEAD_MM
        height = _map(sheet, shape, map_top, {line.from_position for line in part})
        for row, line in enumerate(part):
            _line(sheet, map_top - _ROW_MM * (row + 1), line)
        sheet.y = map_top - max(height, _ROW_MM * len(part)) - 5


def _map(sheet: _Sheet, shape: BoxShape, top: float, lit: set[Position]) -> float:
    if shape.is_loose:
        return 0.0
    side = min(_MAP_MM / max(shape.rows, shape.columns), 4.0)
    for at in shape.positions():
        x, y = LEFT + side * (at.column - 1), top - side * at.row
        sheet.rect(x, y, side * 0.86, filled=at in lit)
    return side * shape.rows


def _line(sheet: _Sheet, y: float, line: PickLineView) -> None:
    sheet.rect(_TEXT, y + 1.4, 3.2, filled=False)
    sheet.say(_TEXT + 6, y + 1.8, str(line.step), size=7)
    sheet.say(_TEXT + 16, y + 1.8, line.from_position.label, bold=True)
    sheet.say(_TEXT + 28, y + 1.8, line.barcode, bold=True, room=42)
    goal = f"to {line.goes_to}" if line.goes_to else line.name
    sheet.say(_TEXT + 72, y + 1.8, goal, size=8, room=RIGHT - _TEXT - 72)
    sheet.rule(y)
