"""The audit trail as A4 pages: what was taken out and by whom, then a table of the entries."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import reportlab
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFile
from reportlab.pdfgen.canvas import Canvas

from backend.events.views import Json

MEDIA_TYPE = "application/pdf"
Row = Mapping[str, Json]

_SIZE = landscape(A4)
_FONT, _BOLD = "Vera", "VeraBd"
_LEFT, _RIGHT = 12.0, _SIZE[0] / mm - 12.0
_TOP, _FOOT = _SIZE[1] / mm - 14.0, 14.0
_POINTS, _LINE_MM, _GAP_MM = 6.5, 3.0, 1.6
_HEAD_MM = 8.0
"""The names of the columns, on every page."""
_LONGEST_CELL = 2_000
"""Characters; more would not fit on a page. A longer one says that the rest is in CSV and JSON."""
_HASH_SHOWN = 16
_COLUMNS = (
    (0.0, 16.0, "Position"),
    (17.0, 31.0, "Time (UTC)"),
    (49.0, 34.0, "Who"),
    (84.0, 42.0, "What"),
    (127.0, 114.0, "Values and reason"),
    (242.0, 31.0, "Hash begins"),
)
_FILTER_WORDS = {
    "action": "act begins with",
    "actor": "who",
    "entity": "record",
    "entity_id": "key",
    "since": "from",
    "until": "before",
}


@dataclass(frozen=True, slots=True)
class _Block:
    """One entry as the lines of its cells."""

    cells: tuple[tuple[str, ...], ...]

    @property
    def height_mm(self) -> float:
        return max(len(cell) for cell in self.cells) * _LINE_MM + _GAP_MM


def draw(about: Mapping[str, Json], rows: Sequence[Row]) -> bytes:
    """Return the pages; every page says of which file and which of how many it is."""
    _load_fonts()
    facts = [line for name, said in _facts(about) for line in _fact_lines(name, said)]
    first_room = _TOP - 10.0 - len(facts) * 4.4 - _HEAD_MM
    pages = list(_paged([_block(row) for row in rows], first_room - _FOOT - 6.0))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=_SIZE, pageCompression=1, invariant=1)
    canvas.setTitle("Audit trail")
    for number, blocks in enumerate(pages, start=1):
        top = _TOP
        if number == 1:
            top = _head(canvas, facts)
        _table(canvas, blocks, top)
        belongs_to = f"Audit trail, taken out by {about['taken_by']} at {about['taken_at']}"
        _say(canvas, _LEFT, _FOOT - 5, _cut(_drawable(belongs_to), 220))
        canvas.setFont(_FONT, _POINTS)
        words = f"Page {number} of {len(pages)}"
        canvas.drawRightString(_RIGHT * mm, (_FOOT - 5) * mm, words)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _facts(about: Mapping[str, Json]) -> list[tuple[str, str]]:
    asked = about["filters"]
    chosen = asked if isinstance(asked, dict) else {}
    filters = "; ".join(f"{_FILTER_WORDS[name]} {value}" for name, value in chosen.items())
    ends = [
        f"position {about[f'{end}_position']}, hash {about[f'{end}_hash']}"
        if about[f"{end}_position"] is not None
        else "none is sealed"
        for end in ("first", "last")
    ]
    return [
        ("Filter", filters or "none, the whole trail"),
        ("Taken out by", f"{about['taken_by']}, {about['taken_at']}"),
        ("Entries", f"{about['entries']}, of these not sealed yet {about['not_sealed_yet']}"),
        ("First sealed", ends[0]),
        ("Last sealed", ends[1]),
    ]


def _fact_lines(name: str, said: str) -> list[tuple[str, str]]:
    lines = _wrapped(_drawable(said), _RIGHT - _LEFT - 32.0, 8.0)
    return [(name if at == 0 else "", line) for at, line in enumerate(lines)]


def _head(canvas: Canvas, facts: Sequence[tuple[str, str]]) -> float:
    """Draw the title and what the file says of itself; return where the table begins."""
    _say(canvas, _LEFT, _TOP - 3, "Audit trail", size=15, bold=True)
    y = _TOP - 10.0
    for name, said in facts:
        _say(canvas, _LEFT, y, name, size=8)
        _say(canvas, _LEFT + 30, y, said, size=8)
        y -= 4.4
    return y


def _table(canvas: Canvas, blocks: Sequence[_Block], top: float) -> None:
    for x, _, name in _COLUMNS:
        _say(canvas, _LEFT + x, top - 4, name, bold=True)
    y = top - _HEAD_MM + 2
    canvas.setLineWidth(0.3)
    canvas.line(_LEFT * mm, y * mm, _RIGHT * mm, y * mm)
    for block in blocks:
        for (x, _, _), lines in zip(_COLUMNS, block.cells, strict=True):
            for at, line in enumerate(lines):
                _say(canvas, _LEFT + x, y - _LINE_MM * (at + 1) + 0.4, line)
        y -= block.height_mm
        canvas.line(_LEFT * mm, y * mm, _RIGHT * mm, y * mm)


def _paged(blocks: Sequence[_Block], first_room: float) -> Iterator[list[_Block]]:
    """Yield the entries of each page; a file of no entry has one page all the same."""
    room, page = first_room, list[_Block]()
    whole = _TOP - _HEAD_MM - _FOOT
    for block in blocks:
        if block.height_mm > room and page:
            yield page
            room, page = whole, []
        page.append(block)
        room -= block.height_mm
    yield page


def _block(row: Row) -> _Block:
    position = "not sealed" if row["position"] is None else str(row["position"])
    values = [
        f"{name}: {json.dumps(row[key], ensure_ascii=False, sort_keys=True)}"
        for name, key in (("Before", "old_values"), ("After", "new_values"))
        if row[key]
    ]
    reason = [f"Reason: {row['reason']}"] if row["reason"] else []
    said: tuple[list[str], ...] = (
        [position],
        [str(row["at"])[:19].replace("T", " ")],
        [str(row["actor"]), f"through {row['origin']}"],
        [str(row["action"]), f"{row['entity']} {row['entity_id']}"],
        values + reason,
        [str(row["hash"] or "")[:_HASH_SHOWN]],
    )
    cells = []
    for (_, width, _), parts in zip(_COLUMNS, said, strict=True):
        texts = [_drawable(_shortened(part)) for part in parts]
        cells.append(tuple(line for text in texts for line in _wrapped(text, width, _POINTS)))
    return _Block(tuple(cells))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_CELL:
        return text
    left = len(text) - _LONGEST_CELL
    return f"{text[:_LONGEST_CELL]}… ({left} more characters, whole in the CSV and JSON files)"


def _drawable(text: str) -> str:
    r"""Return a text in one line; a character that the typeface lacks is written as ``\u{3b1}``."""
    known = _widths()
    flat = " ".join(text.split())
    return "".join(c if ord(c) in known else f"\\u{{{ord(c):x}}}" for c in flat)


def _wrapped(text: str, width_mm: float, points: float) -> list[str]:
    """Return a text in lines, parted at blanks where there are some, anywhere else."""
    room, widths = width_mm * mm / points * 1000, _widths()
    lines, line, used, blank = [], "", 0.0, -1
    for character in text:
        wide = widths[ord(character)]
        if used + wide > room and line:
            kept, rest = (line[:blank], line[blank + 1 :]) if blank > 0 else (line, "")
            lines.append(kept)
            line, blank = rest, -1
            used = sum(widths[ord(each)] for each in rest)
        if character == " ":
            blank = len(line)
        line, used = line + character, used + wide
    return [*lines, line]


def _cut(text: str, width_mm: float) -> str:
    lines = _wrapped(text, width_mm, _POINTS)
    return lines[0] if len(lines) == 1 else f"{lines[0]}…"


def _say(
    canvas: Canvas, x: float, y: float, text: str, *, size: float = _POINTS, bold: bool = False
) -> None:
    canvas.setFont(_BOLD if bold else _FONT, size)
    canvas.drawString(x * mm, y * mm, text)


@lru_cache(maxsize=1)
def _widths() -> Mapping[int, float]:
    """Return how wide the typeface draws each character it has, in thousandths of the size."""
    found: Mapping[int, float] = TTFontFile(str(_file_of(_FONT))).charWidths
    return found


def _load_fonts() -> None:
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(_file_of(name))))


def _file_of(font: str) -> Path:
    # Shipped with reportlab, as in the reports: Helvetica has no true minus sign.
    return Path(reportlab.__file__).parent / "fonts" / f"{font}.ttf"
