"""The typeface of labels: Bitstream Vera Sans, which the PDF library brings along."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import reportlab
from reportlab.pdfbase.ttfonts import TTFontFile

_FILES = {False: "Vera.ttf", True: "VeraBd.ttf"}
_PER_EM = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """How wide each character is and how high a line, as fractions of the size."""

    widths: Mapping[int, float]
    ascent: float
    descent: float

    def has(self, character: str) -> bool:
        """Say whether the typeface can draw a character."""
        return ord(character) in self.widths

    def width(self, text: str) -> float:
        """Return the width of a line at size 1."""
        return sum(self.widths[ord(character)] for character in text)


def file_of(*, bold: bool) -> Path:
    """Return the file of the typeface."""
    return Path(reportlab.__file__).parent / "fonts" / _FILES[bold]


@lru_cache(maxsize=2)
def typeface(*, bold: bool) -> Typeface:
    """Return the measures of the typeface, read once."""
    face = TTFontFile(str(file_of(bold=bold)))
    return Typeface(
        widths={point: width / _PER_EM for point, width in face.charWidths.items()},
        ascent=face.ascent / _PER_EM,
        descent=-face.descent / _PER_EM,
    )


def typefaces() -> dict[bool, Typeface]:
    """Return the measures of regular and bold, as `layout.lay_out` takes them."""
    return {bold: typeface(bold=bold) for bold in (False, True)}
