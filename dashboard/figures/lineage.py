"""Where the samples of a lineage stand in its graph, and the graph itself, drawn on the server."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from urllib.parse import quote
from uuid import UUID

from dash import html

from backend.samples.ids import LineageKind, MaterialType, Status
from backend.samples.lineage_views import LineageGraph, LineageNode, LineageTie
from backend.samples.rules import MATERIAL_NAME
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

_WIDTH, _HEIGHT = 138.0, 46.0
_ACROSS, _DOWN = 92.0, 12.0
_EDGE = 4.0
_LETTERS = 17.0
"""From one word at a parent's lines to the next, with the line between them."""
_LONGEST = 19
"""Characters of a barcode that a box has room for."""
_KIND: Mapping[LineageKind, str] = {
    LineageKind.ALIQUOT: "aliquot",
    LineageKind.DERIVATIVE: "extract",
    LineageKind.POOL: "pool",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sample stands: column from the left, row in units of a box, maybe a half."""

    column: int
    row: float


def layout(nodes: Sequence[LineageNode], ties: Sequence[LineageTie]) -> Mapping[UUID, Spot]:
    """Return a place for each sample: what it came from left of it, what came from it right.

    A sample stands one column beyond the farthest of those it is tied to, so every line leads to
    the right; in a column it stands by the mean of its neighbours, then by its barcode. The order
    of the arguments does not matter.
    """
    column = _columns(nodes, ties)
    first = min(column.values(), default=0)
    near = _neighbours(ties, column)
    barcode: dict[UUID, str] = {each.id: each.barcode for each in nodes}
    by_column: dict[int, list[UUID]] = {}
    for each in sorted(nodes, key=lambda one: one.barcode):
        by_column.setdefault(column[each.id], []).append(each.id)
    row: dict[UUID, float] = {}
    # From the sample outwards: whoever is nearer to it already stands.
    for level in sorted(by_column, key=lambda one: (abs(one), one)):
        wanted = {key: _mean(row, near.get(key, ())) for key in by_column[level]}
        ordered = sorted(by_column[level], key=lambda key: (wanted[key], barcode[key]))
        top = -(len(ordered) - 1) / 2
        row.update({key: top + index for index, key in enumerate(ordered)})
    highest = min(row.values(), default=0.0)
    return {key: Spot(column[key] - first, row[key] - highest) for key in row}


def lineage_graph(graph: LineageGraph, *, shown: UUID) -> html.Div:
    """Draw the graph; every sample but the ``shown`` one is a link to its page."""
    spots = layout(graph.nodes, graph.ties)
    across = max((spot.column for spot in spots.values()), default=0)
    down = max((spot.row for spot in spots.values()), default=0.0)
    parents = Counter(tie.child_id for tie in graph.ties)
    said: Counter[UUID] = Counter()
    lines: list[Node] = []
    for tie in graph.ties:
        from_many = parents[tie.child_id] > 1
        lines += _line(tie, spots, after=said[tie.parent_id] if from_many else None)
        said[tie.parent_id] += from_many
    # Those nearest to the upper left come first, so Tab walks as one reads.
    boxes = [
        _box(each, spots[each.id], shown=shown)
        for each in sorted(graph.nodes, key=lambda one: (spots[one.id].column, spots[one.id].row))
    ]
    return drawing(
        (across + 1) * _WIDTH + across * _ACROSS + 2 * _EDGE,
        (down + 1) * _HEIGHT + down * _DOWN + 2 * _EDGE,
        [*lines, *boxes],
        label=in_words(graph, shown=shown),
        class_name="lin",
        role="group",
    )


def in_words(graph: LineageGraph, *, shown: UUID) -> str:
    """Return what the drawing shows, for those who do not see it."""
    above = sum(each.distance < 0 for each in graph.nodes)
    below = sum(each.distance > 0 for each in graph.nodes)
    code = next((each.barcode for each in graph.nodes if each.id == shown), "")
    return (
        f"Lineage of {code}: it came from {fmt.plural(above, 'sample', 'samples')}, and "
        f"{fmt.plural(below, 'sample', 'samples')} came from it"
    )


def _columns(nodes: Sequence[LineageNode], ties: Sequence[LineageTie]) -> dict[UUID, int]:
    """Return a signed column each: the longest way, among those that are drawn."""
    column: dict[UUID, int] = {each.id: each.distance for each in nodes}
    # Every round settles at least one more step of the longest way, and nothing comes from itself.
    for _ in nodes:
        changed = False
        for tie in ties:
            parent, child = column[tie.parent_id], column[tie.child_id]
            if parent < child:
                continue
            changed = True
            if child > 0:
                column[tie.child_id] = parent + 1
            else:
                column[tie.parent_id] = child - 1
        if not changed:
            break
    return column


def _neighbours(
    ties: Sequence[LineageTie], column: Mapping[UUID, int]
) -> Mapping[UUID, Sequence[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for tie in ties:
        ends = (tie.parent_id, tie.child_id)
        inner, outer = sorted(ends, key=lambda key: abs(column[key]))
        found.setdefault(outer, []).append(inner)
    return found


def _mean(row: Mapping[UUID, float], keys: Sequence[UUID]) -> float:
    standing = sorted(row[key] for key in keys if key in row)
    return fmean(standing) if standing else 0.0


def _at(spot: Spot) -> tuple[float, float]:
    return (
        _EDGE + spot.column * (_WIDTH + _ACROSS),
        _EDGE + spot.row * (_HEIGHT + _DOWN),
    )


def _line(tie: LineageTie, spots: Mapping[UUID, Spot], *, after: int | None) -> list[Node]:
    """Return a line and its word: at the child, or at the parent where a child has several.

    ``after`` counts the words that stand at the parent already.
    """
    left, top = _at(spots[tie.parent_id])
    right, bottom = _at(spots[tie.child_id])
    start, y1, y2 = left + _WIDTH, top + _HEIGHT / 2, bottom + _HEIGHT / 2
    # The bend stands right before the child's column: a line that passes a column stays level.
    bend = right - _ACROSS / 2
    path = (
        f"M{start:g} {y1:g} H{right - _ACROSS:g} C{bend:g} {y1:g} {bend:g} {y2:g} {right:g} {y2:g}"
    )
    line = node("path", d=path, class_=f"lin-tie is-{tie.kind.value}")
    if after is None:
        word = node("text", text=_tied(tie), x=f"{right - 5:g}", y=f"{y2 - 5:g}", class_="lin-how")
    else:
        y = y1 - 5 + after * _LETTERS
        word = node("text", text=_tied(tie), x=f"{start + 5:g}", y=f"{y:g}", class_="lin-how is-in")
    return [line, word]


def _tied(tie: LineageTie) -> str:
    if tie.proportion is not None:
        return f"{_KIND[tie.kind]} {fmt.decimal(tie.proportion * 100, 0)} %"
    if tie.volume_ul is not None:
        return f"{_KIND[tie.kind]} {fmt.volume(tie.volume_ul)}"
    return _KIND[tie.kind]


def _box(each: LineageNode, spot: Spot, *, shown: UUID) -> Node:
    x, y = _at(spot)
    is_shown, spent = each.id == shown, _is_spent(each)
    words = _state(each)
    frame = " ".join(
        ("lin-box", *(["is-shown"] if is_shown else []), *(["is-spent"] if spent else []))
    )
    code = each.barcode
    short = code if len(code) <= _LONGEST else f"{code[: _LONGEST - 1]}…"
    parts = [
        node("title", text=f"{each.name}, {code}: {words}"),
        node(
            "rect", x=f"{x:g}", y=f"{y:g}", width=_WIDTH, height=_HEIGHT, rx=4, class_="lin-frame"
        ),
        node("text", text=short, x=f"{x + 9:g}", y=f"{y + 19:g}", class_="lin-code"),
        node("text", text=words, x=f"{x + 9:g}", y=f"{y + 36:g}", class_="lin-said"),
    ]
    if each.holds:
        # Two bars, the mark of a hold everywhere in the house.
        parts += [
            node(
                "rect",
                x=f"{x + _WIDTH - offset:g}",
                y=f"{y + 9:g}",
                width=3.5,
                height=11,
                class_="lin-hold",
            )
            for offset in (16, 10)
        ]
    if is_shown:
        return node("g", *parts, class_=frame, aria_current="true")
    return node(
        "a",
        *parts,
        class_=frame,
        href=f"/samples/{quote(code, safe='')}?tab=family",
    )


def _state(each: LineageNode) -> str:
    """Return the words below a barcode: what it is, and what keeps it from being used."""
    material = MATERIAL_NAME[MaterialType(each.material_type)]
    if each.status == Status.DISCARDED:
        return f"{material}, discarded"
    if _is_spent(each):
        return f"{material}, used up"
    if each.holds:
        return f"{material}, on hold"
    return material if each.volume_ul is None else f"{material}, {fmt.volume(each.volume_ul)}"


def _is_spent(each: LineageNode) -> bool:
    return each.status == Status.DISCARDED or each.volume_ul == 0
