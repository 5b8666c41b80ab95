"""A report as A4 pages: the same rows as the workbook, drawn and in a table (DESIGN 8)."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from backend.reports.content import PLAN_SPACE, STOP_INTAKE, Cell, ReportContent, Section

MEDIA_TYPE = "application/pdf"
Palette = Mapping[str, str]
"""Hex colours by role: text, text-2, text-3, line, surface-2, surface-3, accent, warn, crit."""

_FONT, _BOLD = "Vera", "VeraBd"
_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_FEW_COLUMNS = 5
_ROW, _LABEL, _VALUE = 7 * mm, 34 * mm, 22 * mm


def pages_of(content: ReportContent, palette: Palette) -> bytes:
    """Return the file's bytes. Every page says which of how many it is."""
    _load_fonts()
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=28 * mm,
        bottomMargin=22 * mm,
        title=content.title,
        author=content.site,
        invariant=1,
    )
    story: list[Flowable] = []
    for section in content.sections:
        story += _section(section, palette)
    document.build(story, canvasmaker=_numbered(content, palette))
    return file.getvalue()


def _section(section: Section, palette: Palette) -> list[Flowable]:
    heading = Paragraph(escape(section.heading), _style(11, palette["text"], bold=True))
    parts: list[Flowable] = [heading, Spacer(0, 3 * mm)]
    if section.note:
        parts += [Paragraph(escape(section.note), _style(8, palette["text-2"])), Spacer(0, 2 * mm)]
    if section.bars:
        parts += [_chart(section, palette), Spacer(0, 4 * mm)]
    table = _table(section, palette)
    return [KeepTogether(parts), table, Spacer(0, 9 * mm)]


def _chart(section: Section, palette: Palette) -> Drawing:
    """Horizontal bars; occupancy has its limits as lines, named in the note above."""
    height = _ROW * len(section.bars)
    drawing = Drawing(_WIDTH, height)
    room = _WIDTH - _LABEL - _VALUE
    for index, bar in enumerate(section.bars):
        y = height - (index + 1) * _ROW
        drawing.add(_words(0, y + 2 * mm, bar.label, palette["text-2"]))
        drawing.add(_rect(_LABEL, y + 1.2 * mm, room, palette["surface-3"]))
        drawing.add(_rect(_LABEL, y + 1.2 * mm, room * min(bar.share, 1.0), palette[bar.tone]))
        end = _words(_WIDTH, y + 2 * mm, bar.value, palette["text"])
        end.textAnchor = "end"
        drawing.add(end)
    if section.has_limits:
        for limit, tone in ((PLAN_SPACE, "warn"), (STOP_INTAKE, "crit")):
            x = _LABEL + room * limit
            drawing.add(Line(x, 0, x, height, strokeColor=HexColor(palette[tone]), strokeWidth=0.7))
    return drawing


def _table(section: Section, palette: Palette) -> Table:
    widths = _column_widths(len(section.columns))
    cells = [list(section.columns)] + [
        [_shown(cell, column, section) for column, cell in enumerate(row)] for row in section.rows
    ]
    wrapped = [
        [_wrapped(text, width) for text, width in zip(row, widths, strict=True)] for row in cells
    ]
    table = Table(wrapped, colWidths=widths, repeatRows=1, splitInRow=0)
    line = HexColor(palette["line"])
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), _BOLD, 8),
                ("FONT", (0, 1), (-1, -1), _FONT, 8),
                ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(palette["text"])),
                ("BACKGROUND", (0, 0), (-1, 0), HexColor(palette["surface-2"])),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, line),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _column_widths(columns: int) -> list[float]:
    first = (0.34 if columns <= _FEW_COLUMNS else 0.22) * _WIDTH
    return [first] + [(_WIDTH - first) / (columns - 1)] * (columns - 1)


def _shown(cell: Cell, column: int, section: Section) -> str:
    if isinstance(cell, str):
        return cell
    if column in section.percent_columns:
        return f"{cell:.1%}"
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}".replace("-", "\N{MINUS SIGN}")


def _wrapped(text: str, width: float) -> str:
    """Return a cell's words on as many lines as its column needs."""
    return "\n".join(simpleSplit(text, _BOLD, 8, width - 4 * mm))


def _rect(x: float, y: float, width: float, colour: str) -> Rect:
    drawn = Rect(x, y, width, 4.2 * mm)
    drawn.fillColor, drawn.strokeColor = HexColor(colour), None
    return drawn


def _words(x: float, y: float, text: str, colour: str) -> String:
    return String(x, y, text, fontName=_FONT, fontSize=8, fillColor=HexColor(colour))


def _style(size: float, colour: str, *, bold: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{bold}",
        fontName=_BOLD if bold else _FONT,
        fontSize=size,
        leading=size * 1.35,
        textColor=HexColor(colour),
    )


def _load_fonts() -> None:
    # Shipped with reportlab; Helvetica has no true minus sign.
    folder = Path(reportlab.__file__).parent / "fonts"
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FONT, str(folder / "Vera.ttf")))
        pdfmetrics.registerFont(TTFont(_BOLD, str(folder / "VeraBd.ttf")))


def _numbered(content: ReportContent, palette: Palette) -> type[Canvas]:
    class NumberedCanvas(Canvas):
        """Keeps the pages back until their number is known."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 reportlab's name
            self._kept.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined] # the documented way to hold pages back

        def save(self) -> None:
            for number, page in enumerate(self._kept, start=1):
                self.__dict__.update(page)
                _frame(self, content, palette, f"Page {number} of {len(self._kept)}")
                super().showPage()
            super().save()

    return NumberedCanvas


def _frame(canvas: Canvas, content: ReportContent, palette: Palette, page: str) -> None:
    top, bottom = A4[1] - 15 * mm, 12 * mm
    canvas.setStrokeColor(HexColor(palette["line"]))
    canvas.line(_MARGIN, top - 3 * mm, A4[0] - _MARGIN, top - 3 * mm)
    canvas.line(_MARGIN, bottom + 5 * mm, A4[0] - _MARGIN, bottom + 5 * mm)
    canvas.setFillColor(HexColor(palette["text"]))
    canvas.setFont(_BOLD, 9)
    canvas.drawString(_MARGIN, top, "TracSeq")
    canvas.setFont(_FONT, 9)
    canvas.drawString(_MARGIN + 18 * mm, top, _cut(content.title, 62))
    canvas.setFillColor(HexColor(palette["text-2"]))
    canvas.setFont(_FONT, 7)
    canvas.drawString(_MARGIN, bottom, _cut(f"{content.site}. {_made(content)}", 96))
    canvas.drawRightString(A4[0] - _MARGIN, bottom, page)


def _made(content: ReportContent) -> str:
    return f"Data of {content.as_of_words}, made by {content.made_by}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


__all__: Sequence[str] = ("MEDIA_TYPE", "Palette", "pages_of")
