"""A4 pages with text on them, for every sheet that is drawn here. Lengths are mm, sizes points."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

FONT, BOLD = "LabelVera", "LabelVeraBold"
WIDTH, HEIGHT = A4[0] / mm, A4[1] / mm
LEFT, RIGHT, TOP, FOOT = 16.0, WIDTH - 16.0, HEIGHT - 16.0, 18.0


class Paper:
    """A page that is written upon from the top; whoever draws on it begins the next one."""

    size = 8.0
    """Of text that says nothing of its own."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._page = 0
        self.y = 0.0

    def begin(self) -> None:
        """Begin a page."""
        if self._page:
            self._canvas.showPage()
        self._page += 1

    def foot(self, said: str) -> None:
        """Write the foot of the page, with its number."""
        self.say(LEFT, 10, said, size=7)
        self._canvas.setFont(FONT, 7)
        self._canvas.drawRightString(RIGHT * mm, 10 * mm, f"Page {self._page}")

    def say(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float | None = None,
        bold: bool = False,
        room: float | None = None,
    ) -> None:
        """Write a text, cut to its room."""
        name, points = BOLD if bold else FONT, size or self.size
        self._canvas.setFont(name, points)
        kept = text
        while room and kept and pdfmetrics.stringWidth(kept, name, points) > room * mm:
            kept = f"{kept[:-2]}…" if len(kept) > 1 else ""
        self._canvas.drawString(x * mm, y * mm, kept)
