"""A label as ZPL II, the language of Zebra printers and of those that copy them.

Symbols and words are sent as pictures (^GF) of the very dots of the layout. Printers encode codes
and draw fonts each in their own way, and few have the letters of every name; a picture is what the
preview showed. Source: Zebra, ZPL II Programming Guide (P1099958).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from backend.labels import fonts
from backend.labels.ids import Symbology
from backend.labels.layout import MM_PER_INCH, MM_PER_POINT
from backend.labels.views import Layout, PlacedSymbol, PlacedText

MEDIA_TYPE = "application/zpl"
_DARKEST = 128


def program(layouts: Sequence[Layout], *, copies: int = 1) -> bytes:
    """Return what is sent to the printer for these labels, each printed ``copies`` times."""
    return "".join(draw(layout, copies=copies) for layout in layouts).encode("ascii")


def draw(layout: Layout, *, copies: int = 1) -> str:
    """Return one label; positions are whole dots from its upper left corner."""
    template = layout.template
    parts = [
        "^XA",
        f"^PW{_dots(template.width_mm, layout.dpi)}",
        f"^LL{_dots(template.height_mm, layout.dpi)}",
        "^LH0,0^LS0",
        _picture(layout.symbol.x_mm, layout.symbol.y_mm, layout.dpi, _symbol(layout)),
        *(
            _picture(text.x_mm, text.y_mm, layout.dpi, _text(text, layout.dpi))
            for text in layout.texts
        ),
        f"^PQ{copies}",
        "^XZ\n",
    ]
    return "".join(parts)


def _picture(x_mm: float, y_mm: float, dpi: int, picture: Image.Image) -> str:
    # In a 1-bit image of Pillow 1 is white; the printer burns where a bit is 1.
    row_bytes = (picture.width + 7) // 8
    data = bytes(0xFF ^ byte for byte in picture.tobytes())
    cleared = _clear_padding(data, picture.width, row_bytes)
    size = len(cleared)
    place = f"^FO{_dots(x_mm, dpi)},{_dots(y_mm, dpi)}"
    return f"{place}^GFA,{size},{size},{row_bytes},{cleared.hex().upper()}^FS"


def _clear_padding(data: bytes, width: int, row_bytes: int) -> bytes:
    spare = row_bytes * 8 - width
    mask = 0xFF << spare & 0xFF
    rows = (data[start : start + row_bytes] for start in range(0, len(data), row_bytes))
    return b"".join(row[:-1] + bytes([row[-1] & mask]) for row in rows)


def _symbol(layout: Layout) -> Image.Image:
    symbol, dot = layout.symbol, MM_PER_INCH / layout.dpi
    module = round(symbol.module_mm / dot)
    high = round(symbol.height_mm / dot)
    row_high = high if symbol.symbology is Symbology.CODE_128 else module
    picture = Image.new("1", (len(symbol.modules[0]) * module, high), 1)
    pen = ImageDraw.Draw(picture)
    for x, y in _dark(symbol):
        pen.rectangle(
            (x * module, y * row_high, (x + 1) * module - 1, (y + 1) * row_high - 1), fill=0
        )
    return picture


def _dark(symbol: PlacedSymbol) -> Iterator[tuple[int, int]]:
    for y, row in enumerate(symbol.modules):
        for x, dark in enumerate(row):
            if dark:
                yield x, y


def _text(text: PlacedText, dpi: int) -> Image.Image:
    dot = MM_PER_INCH / dpi
    size = text.size_pt * MM_PER_POINT / dot
    face = fonts.typeface(bold=text.bold)
    width, height = -int(-text.width_mm // dot), -int(-text.height_mm // dot)
    picture = Image.new("L", (max(width, 1), max(height, 1)), 255)
    pen = ImageDraw.Draw(picture)
    font = _font(size, bold=text.bold)
    # Letter by letter: the font's hints would round every advance to a whole dot and add up.
    x = 0.0
    for character in text.text:
        pen.text((round(x), text.baseline_mm / dot), character, font=font, fill=0, anchor="ls")
        x += face.width(character) * size
    return picture.point(lambda grey: 0 if grey < _DARKEST else 255).convert(
        "1", dither=Image.Dither.NONE
    )


@lru_cache(maxsize=64)
def _font(size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.file_of(bold=bold)), size=size)


def _dots(length_mm: float, dpi: int) -> int:
    return round(length_mm * dpi / MM_PER_INCH)
