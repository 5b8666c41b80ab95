"""Labels on sheets for an office printer, as PDF. Print it at 100 %: “fit to page” shrinks it."""

import io
from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.core.errors import InvalidInput
from backend.labels import fonts, sizes
from backend.labels.views import LabelTemplate, Layout, PlacedText, Sheet

MEDIA_TYPE = "application/pdf"
DPI = 600
"""What symbols are laid out for: office printers have this or a multiple of it."""
_NAMES = {False: "LabelVera", True: "LabelVeraBold"}


def draw(layouts: Sequence[Layout], sheet: Sheet, *, start_at: int = 1) -> bytes:
    """Return the sheets; ``start_at`` is the first free label of the first one, from 1.

    Raises:
        InvalidInput: the sheet has no such label, or they are smaller than what is printed.
    """
    for template in {layout.template for layout in layouts}:
        refuse(template, sheet, start_at)
    file = SheetFile(sheet, start_at=start_at)
    file.add(layouts)
    return file.close()


class SheetFile:
    """Sheets that are filled label by label; whoever fills them has asked `refuse`."""

    def __init__(self, sheet: Sheet, *, start_at: int = 1) -> None:
        _load_fonts()
        self._sheet, self._file, self._place = sheet, io.BytesIO(), start_at - 1
        size = (sheet.width_mm * mm, sheet.height_mm * mm)
        self._canvas = Canvas(self._file, pagesize=size, pageCompression=1)
        self._canvas.setTitle("Labels")

    def add(self, layouts: Sequence[Layout]) -> None:
        """Draw labels behind those before."""
        for layout in layouts:
            if self._place == self._sheet.count:
                self._canvas.showPage()
                self._place = 0
            x_mm, y_mm = corner(self._sheet, self._place, layout)
            _label(self._canvas, self._sheet, layout, x_mm, y_mm)
            self._place += 1

    def close(self) -> bytes:
        """Return the file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()


def corner(sheet: Sheet, place: int, layout: Layout) -> tuple[float, float]:
    """Return the upper left corner, in mm from the sheet's, of a label in the middle of a cell."""
    row, column = divmod(place, sheet.columns)
    spare_x = (sheet.cell_width_mm - layout.template.width_mm) / 2
    spare_y = (sheet.cell_height_mm - layout.template.height_mm) / 2
    return (
        sheet.left_mm + column * sheet.pitch_x_mm + spare_x,
        sheet.top_mm + row * sheet.pitch_y_mm + spare_y,
    )


def refuse(template: LabelTemplate, sheet: Sheet, start_at: int) -> None:
    """Refuse what cannot be on a sheet.

    Raises:
        InvalidInput: the sheet has no such label, or they are smaller than what is printed.
    """
    if not 1 <= start_at <= sheet.count:
        sentence = f"This sheet has labels 1 to {sheet.count}. Start at one of them."
        raise InvalidInput(sentence, fields={"start_at": sentence})
    if not sizes.fits(template, sheet):
        sentence = (
            f"“{template.name}” is larger than the labels of “{sheet.name}”. "
            "Choose a smaller label or another sheet."
        )
        raise InvalidInput(sentence, fields={"sheet": sentence})


def _label(canvas: Canvas, sheet: Sheet, layout: Layout, x_mm: float, y_mm: float) -> None:
    # A PDF counts upwards from the lower left corner.
    top = sheet.height_mm - y_mm
    symbol = layout.symbol
    for x, y, width, height in symbol.bars():
        left = x_mm + symbol.x_mm + x
        lower = top - symbol.y_mm - y - height
        canvas.rect(left * mm, lower * mm, width * mm, height * mm, stroke=0, fill=1)
    for text in layout.texts:
        _text(canvas, text, x_mm + text.x_mm, top - text.y_mm - text.baseline_mm)


def _text(canvas: Canvas, text: PlacedText, x_mm: float, baseline_mm: float) -> None:
    canvas.setFont(_NAMES[text.bold], text.size_pt)
    canvas.drawString(x_mm * mm, baseline_mm * mm, text.text)


def _load_fonts() -> None:
    for bold, name in _NAMES.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
