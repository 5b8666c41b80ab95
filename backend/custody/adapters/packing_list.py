"""The packing list of a shipment on A4: every tube with a symbol that the receiver scans."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.custody.views import ShipmentLineView, ShipmentView
from backend.labels import fonts, symbols
from backend.labels.ids import Symbology
from backend.samples.rules import MATERIAL_NAME

MEDIA_TYPE = "application/pdf"
WIDTH_MM, HEIGHT_MM = A4[0] / mm, A4[1] / mm
_FONT, _BOLD = "LabelVera", "LabelVeraBold"
_LEFT, _RIGHT, _TOP = 18.0, WIDTH_MM - 18.0, HEIGHT_MM - 20.0
_FIRST_ROW = _TOP - 44.0
"""The upper edge of the first row, below title, facts and the names of the columns."""
_FOOT_MM = 42.0
"""Signatures and the page's number."""
_ROW_MM = 16.0
_MODULE_MM = 0.6
"""Of a symbol's module; one of many modules is drawn finer, so that it stays in its row."""
_SYMBOL_MM = 13.0
_COLUMNS = ((0.0, "No."), (12.0, "Code"), (28.0, "Sample"), (74.0, "Name"), (122.0, "Type"))
ROWS = int((_FIRST_ROW - _FOOT_MM) // _ROW_MM)
"""How many tubes stand on a page."""


def draw(shipment: ShipmentView, *, sender: str, printed: str) -> bytes:
    """Return the pages; each says what it belongs to and which of how many it is."""
    _load_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(f"Packing list {shipment.code}")
    starts = range(0, max(len(shipment.lines), 1), ROWS)
    for page, start in enumerate(starts, start=1):
        _head(canvas, shipment, sender)
        _rows(canvas, shipment.lines[start : start + ROWS], start + 1)
        _foot(canvas, f"{shipment.code}, printed {printed}", f"Page {page} of {len(starts)}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, shipment: ShipmentView, sender: str) -> None:
    _say(canvas, _LEFT, _TOP, f"Packing list {shipment.code}", size=15, bold=True)
    expected = f"{shipment.expected_on:%Y-%m-%d}" if shipment.expected_on else ""
    left = (("From", sender), ("To", shipment.recipient), ("Condition", shipment.condition))
    right = (
        ("Carrier", shipment.carrier),
        ("Tracking", shipment.tracking),
        ("Seal", shipment.seal),
        ("Document", shipment.document),
        ("Expected", expected),
    )
    for x, facts in ((_LEFT, left), (_LEFT + 96, right)):
        for number, (name, value) in enumerate(facts):
            y = _TOP - 10 - 6 * number
            _say(canvas, x, y, name, size=8)
            # A line to write on: before the carrier comes, nobody knows its number.
            if value:
                _say(canvas, x + 22, y, value, room=56 if x > _LEFT else 68, bold=True)
            else:
                canvas.line((x + 22) * mm, (y - 0.5) * mm, (x + 78) * mm, (y - 0.5) * mm)
    count = len(shipment.lines)
    _say(canvas, _LEFT, _TOP - 34, f"{count} {'sample' if count == 1 else 'samples'} in all")
    y = _TOP - 42
    for x, name in _COLUMNS:
        _say(canvas, _LEFT + x, y, name, size=8, bold=True)
    canvas.setFont(_BOLD, 8)
    canvas.drawRightString(_RIGHT * mm, y * mm, "Volume")
    _rule(canvas, y - 2)


def _rows(canvas: Canvas, lines: Sequence[ShipmentLineView], first: int) -> None:
    for place, line in enumerate(lines):
        top = _FIRST_ROW - _ROW_MM * place
        y = top - _ROW_MM / 2 - 1
        _say(canvas, _LEFT, y, str(first + place))
        _symbol(canvas, line.barcode, _LEFT + 12, top - 1.5)
        _say(canvas, _LEFT + 28, y, line.barcode, room=44, bold=True)
        _say(canvas, _LEFT + 74, y, line.name, room=46)
        _say(canvas, _LEFT + 122, y, MATERIAL_NAME[line.material], room=28)
        if line.volume_ul is not None:
            canvas.setFont(_FONT, 9)
            # Vera has the micro sign, not the Greek letter.
            words = f"{line.volume_ul.normalize():f} \N{MICRO SIGN}L"
            canvas.drawRightString(_RIGHT * mm, y * mm, words)
        _rule(canvas, top - _ROW_MM)


def _symbol(canvas: Canvas, code: str, left: float, top: float) -> None:
    found = symbols.modules(Symbology.DATA_MATRIX, code)
    module = min(_MODULE_MM, _SYMBOL_MM / len(found))
    for row, dark in enumerate(found):
        y = top - module * (row + 1)
        for column, is_dark in enumerate(dark):
            if is_dark:
                x = left + module * column
                canvas.rect(x * mm, y * mm, module * mm, module * mm, stroke=0, fill=1)


def _foot(canvas: Canvas, belongs_to: str, page: str) -> None:
    for x, who in ((_LEFT, "Packed by"), (_LEFT + 92, "Received by")):
        canvas.line(x * mm, 30 * mm, (x + 80) * mm, 30 * mm)
        _say(canvas, x, 26, f"{who}: name, date, signature", size=7)
    _say(canvas, _LEFT, 14, belongs_to, size=7)
    canvas.setFont(_FONT, 7)
    canvas.drawRightString(_RIGHT * mm, 14 * mm, page)


def _say(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 9,
    bold: bool = False,
    room: float | None = None,
) -> None:
    name = _BOLD if bold else _FONT
    canvas.setFont(name, size)
    canvas.drawString(x * mm, y * mm, text if room is None else _cut(text, name, size, room))


def _cut(text: str, name: str, size: float, room: float) -> str:
    """Return as much of a text as fits; an ellipsis says that there is more."""
    if pdfmetrics.stringWidth(text, name, size) <= room * mm:
        return text
    kept = text
    while kept and pdfmetrics.stringWidth(f"{kept}…", name, size) > room * mm:
        kept = kept[:-1]
    return f"{kept}…"


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setLineWidth(0.4)
    canvas.line(_LEFT * mm, y * mm, _RIGHT * mm, y * mm)


def _load_fonts() -> None:
    for bold, name in ((False, _FONT), (True, _BOLD)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
