"""Where everything on a label goes. Pure: the preview, the printer and the sheet all draw this.

Symbols are set on the printer's dots, so that no module is a dot wider than its neighbour.
"""

import unicodedata
from collections.abc import Mapping

from backend.labels import symbols
from backend.labels.errors import CodeTooLong
from backend.labels.fonts import Typeface
from backend.labels.ids import Symbology
from backend.labels.sizes import SMALLEST_MODULE_MM
from backend.labels.views import (
    LabelContent,
    LabelTemplate,
    Layout,
    PlacedSymbol,
    PlacedText,
    SymbolSlot,
    TextSlot,
)

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72
ELLIPSIS = "…"
_UNKNOWN = "?"
_STEP_PT = 0.25
_SHORTEST = 3


def lay_out(
    template: LabelTemplate,
    content: LabelContent,
    *,
    dpi: int,
    typefaces: Mapping[bool, Typeface],
) -> Layout:
    """Return a label with everything in its place; what is not known leaves its line empty.

    Raises:
        CodeTooLong: the code does not fit at modules of 0.25 mm or more.
    """
    texts = (
        _text(slot, content.words[slot.field], typefaces[slot.bold])
        for slot in template.texts
        if content.words.get(slot.field)
    )
    return Layout(
        template=template,
        content=content,
        dpi=dpi,
        symbol=_symbol(template, content.barcode, MM_PER_INCH / dpi),
        texts=tuple(texts),
    )


def _symbol(template: LabelTemplate, code: str, dot_mm: float) -> PlacedSymbol:
    slot = template.symbol
    if slot.symbology is Symbology.CODE_128 and not code.isascii():
        raise CodeTooLong(
            f"Barcode {code} has characters that Code 128 cannot carry. Choose a label with a "
            "Data Matrix."
        )
    found = symbols.modules(slot.symbology, code)
    module_mm = _module_mm(slot, found, dot_mm)
    if module_mm < SMALLEST_MODULE_MM:
        raise CodeTooLong(
            f"Barcode {code} is too long for “{template.name}”: its modules would be smaller than "
            f"{SMALLEST_MODULE_MM} mm. Choose a larger label."
        )
    columns, rows = symbols.module_count(found)
    width = columns * module_mm
    height = slot.height_mm if slot.symbology is Symbology.CODE_128 else rows * module_mm
    return PlacedSymbol(
        symbology=slot.symbology,
        modules=found,
        x_mm=_on_dot(slot.x_mm + (slot.width_mm - width) / 2, dot_mm),
        y_mm=_on_dot(slot.y_mm + (slot.height_mm - height) / 2, dot_mm),
        width_mm=width,
        height_mm=_on_dot(height, dot_mm),
        module_mm=module_mm,
    )


def _module_mm(slot: SymbolSlot, found: symbols.Modules, dot_mm: float) -> float:
    """Return the largest module of whole dots that fits with the quiet zone it then needs."""
    columns, rows = symbols.module_count(found)
    room = slot.width_mm / columns
    if slot.symbology is Symbology.DATA_MATRIX:
        room = min(room, slot.height_mm / rows)
    room = min(room, slot.quiet_mm / symbols.QUIET_MODULES[slot.symbology])
    return symbols.whole_dots(room, dot_mm) * dot_mm


def _text(slot: TextSlot, wanted: str, face: Typeface) -> PlacedText:
    drawable, lost = _drawable(wanted, face)
    size = slot.size_pt
    while size - _STEP_PT >= slot.smallest_pt and _width_mm(drawable, size, face) > slot.width_mm:
        size -= _STEP_PT
    text = _shortened(drawable, size, slot.width_mm, face)
    return PlacedText(
        field=slot.field,
        text=text,
        x_mm=slot.x_mm,
        y_mm=slot.y_mm,
        width_mm=_width_mm(text, size, face),
        height_mm=(face.ascent + face.descent) * size * MM_PER_POINT,
        baseline_mm=face.ascent * size * MM_PER_POINT,
        size_pt=size,
        bold=slot.bold,
        was_cut=text != drawable,
        lost=lost,
    )


def _shortened(text: str, size_pt: float, room_mm: float, face: Typeface) -> str:
    """Return the text, its middle left out as far as it has to be: ends tell tubes apart."""
    if _width_mm(text, size_pt, face) <= room_mm:
        return text
    for kept in range(len(text) - 1, _SHORTEST - 1, -1):
        head = (kept + 1) // 2
        cut = text[:head].rstrip() + ELLIPSIS + text[len(text) - (kept - head) :].lstrip()
        if _width_mm(cut, size_pt, face) <= room_mm:
            return cut
    return ELLIPSIS


def _drawable(text: str, face: Typeface) -> tuple[str, str]:
    """Return the text in characters that the typeface has, and those that it has not."""
    drawn, lost = [], []
    for character in " ".join(text.split()):
        if face.has(character):
            drawn.append(character)
            continue
        plain = "".join(c for c in unicodedata.normalize("NFKD", character) if face.has(c))
        drawn.append(plain or _UNKNOWN)
        if not plain:
            lost.append(character)
    return "".join(drawn), "".join(dict.fromkeys(lost))


def _width_mm(text: str, size_pt: float, face: Typeface) -> float:
    return face.width(text) * size_pt * MM_PER_POINT


def _on_dot(length_mm: float, dot_mm: float) -> float:
    return round(length_mm / dot_mm) * dot_mm
