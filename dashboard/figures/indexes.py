"""How far the indexes of a lane or pool are apart, and what light each cycle gives. On the server.

Two drawings: a table of distances (i7 below, i5 above the diagonal) and bars of bases by cycle.
Colour is never the only sign: distances are printed, cycles with a verdict are framed and said.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from dash import html

from backend.sequencing.indexing.balance import BASES, Balance, CycleBalance, Verdict
from backend.sequencing.indexing.collisions import Barcode, clash, clashes, distance
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

MOST_DRAWN: Final = 24
"""Libraries in a table of distances: of more, those with the nearest neighbours are drawn."""
_CELL, _LABEL, _HEAD = 19.0, 44.0, 40.0
_LETTERS = 4
"""Of a barcode: its end is what people tell tubes apart by."""
_NEAR, _FAIR = 4, 6

_BAR, _GAP, _HEIGHT, _AXIS, _TOP = 17.0, 2.0, 78.0, 36.0, 6.0
_BETWEEN = 14.0
_STACK: Final = (("A", "f-q6"), ("C", "f-q4"), ("T", "f-q2"), ("G", "f-off"))
"""From the bottom; G gives no light on most sequencers and stands on top."""


def index_distances(barcodes: Sequence[Barcode], *, most: int = MOST_DRAWN) -> html.Div:
    """Draw how many bases each two libraries differ by; i5 must be as it is sequenced."""
    shown = nearest(barcodes, most)
    bad = {name for each in clashes(shown) for name in (each.first, each.second)}
    parts: list[Node] = []
    for index, each in enumerate(shown):
        parts += _names(each.name, index, is_bad=each.name in bad)
        x, y = _at(index), _HEAD + index * _CELL
        parts.append(_cell(x, y, "f-s3"))
    for low, high in combinations(range(len(shown)), 2):
        one, other = shown[low], shown[high]
        collides = clash(one, other) is not None
        parts += _distance(
            one.i7, other.i7, at=(low, high), collides=collides, forgiven=_m7(one, other)
        )
        parts += _distance(
            one.i5, other.i5, at=(high, low), collides=collides, forgiven=_m5(one, other)
        )
    size = len(shown) * _CELL
    return drawing(_LABEL + size + 20, _HEAD + size, parts, label=distances_in_words(barcodes))


def nearest(barcodes: Sequence[Barcode], most: int) -> list[Barcode]:
    """Return those libraries that are nearest to another one, ``most`` of them, in their order."""
    if len(barcodes) <= most:
        return list(barcodes)
    least = dict.fromkeys(range(len(barcodes)), 1000)
    for low, high in combinations(range(len(barcodes)), 2):
        one, other = barcodes[low], barcodes[high]
        apart = max(distance(one.i7, other.i7), distance(one.i5, other.i5))
        least[low], least[high] = min(least[low], apart), min(least[high], apart)
    kept = sorted(sorted(least, key=lambda index: (least[index], index))[:most])
    return [barcodes[index] for index in kept]


def distances_in_words(barcodes: Sequence[Barcode]) -> str:
    """Return what the table shows, for those who do not see it."""
    found = clashes(barcodes)
    if not found:
        return (
            f"Index distances of {fmt.plural(len(barcodes), 'library', 'libraries')}: no collision."
        )
    told = "; ".join(each.sentence for each in found)
    return f"Index distances: {fmt.plural(len(found), 'collision', 'collisions')}. {told}."


def index_balance(reads: Sequence[tuple[str, Balance]]) -> html.Div:
    """Draw the bases of each cycle as shares of planned reads; ``reads`` are named, as "i7"."""
    parts: list[Node] = []
    for share, words in ((1.0, "100%"), (0.5, "50"), (0.0, "0")):
        y = _TOP + (1 - share) * _HEIGHT
        parts.append(node("text", text=words, x=_AXIS - 6, y=f"{y + 4:g}", class_="e"))
    x = _AXIS
    for name, found in reads:
        for cycle in found.cycles:
            parts += _cycle(cycle, x, name)
            x += _BAR + _GAP
        x += _BETWEEN
    return drawing(x - _BETWEEN + 2, _TOP + _HEIGHT + 20, parts, label=balance_in_words(reads))


def balance_in_words(reads: Sequence[tuple[str, Balance]]) -> str:
    """Return what the bars show, for those who do not see them."""
    told = []
    for name, found in reads:
        said = [each.sentence for each in found.cycles if each.sentence]
        said += [found.start_sentence] if found.start_sentence else []
        told.append(f"{name}: {' '.join(said) or 'every cycle has enough light.'}")
    return "Colour balance by cycle. " + " ".join(told)


def _cycle(cycle: CycleBalance, x: float, name: str) -> list[Node]:
    shares = ", ".join(f"{base} {cycle.base_shares[base]:.0%}" for base in BASES)
    title = f"{name}, cycle {cycle.cycle}: {shares}. {cycle.sentence}".strip()
    parts: list[Node] = []
    y = _TOP + _HEIGHT
    for base, look in _STACK:
        height = cycle.base_shares[base] * _HEIGHT
        if height <= 0:
            continue
        y -= height
        bar = node(
            "rect",
            node("title", text=title),
            x=f"{x:g}",
            y=f"{y:.2f}",
            width=_BAR,
            height=f"{max(height - 1, 0.5):.2f}",
            class_=look,
        )
        parts.append(bar)
    kind = {Verdict.ERROR: "crit", Verdict.WARNING: "warn"}.get(cycle.verdict)
    number = f"m b f-{kind}t" if kind else "m"
    middle = f"{x + _BAR / 2:g}"
    foot = _TOP + _HEIGHT + 15
    parts.append(node("text", text=str(cycle.cycle), x=middle, y=f"{foot:g}", class_=number))
    if kind:
        parts.append(
            node(
                "rect",
                x=f"{x - 1.5:g}",
                y=f"{_TOP - 2.5:g}",
                width=_BAR + 3,
                height=_HEIGHT + 4,
                rx=3,
                class_=f"ix-frame is-{kind}",
            )
        )
    return parts


def _names(name: str, index: int, *, is_bad: bool) -> list[Node]:
    look = "mono b f-critt" if is_bad else "mono tx2"
    x, y = _at(index) + _CELL / 2, _HEAD + index * _CELL + _CELL / 2 + 4
    short = name[-_LETTERS:]
    turned = f"rotate(-60 {x:g} {_HEAD - 6:g})"
    return [
        node(
            "text",
            node("title", text=name),
            text=short,
            x=_LABEL - 6,
            y=f"{y:g}",
            class_=f"{look} e",
        ),
        node("text", text=short, x=f"{x:g}", y=f"{_HEAD - 6:g}", transform=turned, class_=look),
    ]


def _distance(
    first: str, second: str, *, at: tuple[int, int], collides: bool, forgiven: int
) -> list[Node]:
    """Draw a pair's distance at (column, row); a pair without such an index has no number."""
    if not first or not second:
        return []
    apart = distance(first, second)
    column, row = at
    x, y = _at(column), _HEAD + row * _CELL
    is_close = apart <= forgiven
    if collides and is_close:
        look, ink = "f-crit", "f-sf b"
    elif is_close:
        look, ink = "ix-close", "f-warnt"
    elif apart <= _NEAR:
        look, ink = "f-q2", "tx"
    else:
        look, ink = ("f-q1" if apart <= _FAIR else ""), "tx2"
    middle = f"{x + _CELL / 2 - 0.5:g}"
    number = node("text", text=str(apart), x=middle, y=f"{y + 13:g}", class_=f"m {ink}")
    return [*([_cell(x, y, look)] if look else []), number]


def _cell(x: float, y: float, look: str) -> Node:
    side = _CELL - 1
    return node("rect", x=f"{x:g}", y=f"{y:g}", width=side, height=side, rx=2, class_=look)


def _at(index: int) -> float:
    return _LABEL + index * _CELL


def _m7(one: Barcode, other: Barcode) -> int:
    return one.mismatches_i7 + other.mismatches_i7


def _m5(one: Barcode, other: Barcode) -> int:
    return one.mismatches_i5 + other.mismatches_i5
