"""Which bases the index reads of a lane show in every cycle, i7 then i5, each as it is read."""

from collections.abc import Sequence

from dash import html

from backend.sequencing.indexing.balance import Balance, CycleBalance
from backend.sequencing.indexing.colours import Sight, Verdict, colours_of
from dashboard import format as fmt
from dashboard.components.drawing import Node, drawing, node

WIDTH = 530.0
_LEFT, _TOP, _HEIGHT, _BETWEEN, _GAP = 36.0, 8.0, 80.0, 16.0, 2.0
_BASES = (("A", "f-q6"), ("C", "f-q4"), ("T", "f-q2"), ("G", "f-off"))
"""From the bottom up, with the class of their colour."""


def colour_balance(reads: Sequence[tuple[str, Balance]]) -> html.Div:
    """Draw index reads side by side: shares of planned reads by base, doubtful cycles framed."""
    shown = [(name, each) for name, each in reads if each.cycles]
    if not shown:
        return html.Div(html.P("This lane has no index to be read.", className="t2"))
    cycles = sum(len(each.cycles) for _, each in shown)
    room = WIDTH - _LEFT - _BETWEEN * (len(shown) - 1)
    step = min(room / cycles, 40.0)
    parts = _axis()
    x = _LEFT
    for name, each in shown:
        for cycle in each.cycles:
            parts += _bar(cycle, x, step, name)
            x += step
        x += _BETWEEN
    return drawing(WIDTH, _TOP + _HEIGHT + 22, parts, label=in_words(shown), fluid=True)


def key(sight: Sight) -> html.Span:
    """Draw what the colours mean; a base that no channel lights is said to be dark."""
    dark = colours_of(sight).dark_bases
    return html.Span(
        [
            html.Span(
                [html.I(className=f"cb-key is-{base}"), f"{base}, dark" if base in dark else base],
                className="lg",
            )
            for base, _ in _BASES
        ],
        className="row-x g12",
    )


def in_words(reads: Sequence[tuple[str, Balance]]) -> str:
    """Return what the drawing shows, for those who do not see it."""
    told = []
    for name, each in reads:
        bad = sentences([(name, each)])
        cycles = fmt.plural(len(each.cycles), "cycle", "cycles")
        told.append(f"{name}, {cycles}: " + (" ".join(bad) or "every cycle is balanced."))
    return " ".join(told)


def sentences(reads: Sequence[tuple[str, Balance]]) -> list[str]:
    """Return a sentence for every cycle, and every start of a read, that is doubtful or worse."""
    found = []
    for name, each in reads:
        found += [f"{name}, {each.start_sentence}"] if each.start_sentence else []
        found += [
            f"{name}, {cycle.sentence[0].lower()}{cycle.sentence[1:]}"
            for cycle in each.cycles
            if cycle.sentence
        ]
    return found


def _axis() -> list[Node]:
    parts = []
    for share, words in ((1.0, "100%"), (0.5, "50"), (0.0, "0")):
        y = _TOP + _HEIGHT * (1 - share)
        parts.append(node("text", text=words, x=_LEFT - 6, y=f"{y + 4:g}", class_="e"))
        parts.append(node("line", x1=_LEFT, y1=f"{y:g}", x2=WIDTH, y2=f"{y:g}", class_="gl"))
    return parts


def _bar(cycle: CycleBalance, x: float, step: float, name: str) -> list[Node]:
    width = max(step - _GAP, 1.0)
    parts: list[Node] = []
    floor = _TOP + _HEIGHT
    for base, colour in _BASES:
        height = _HEIGHT * cycle.base_shares[base]
        if height <= 0:
            continue
        floor -= height
        told = f"{name} cycle {cycle.cycle}: {base} {fmt.percent(cycle.base_shares[base], 0)}"
        parts.append(
            node(
                "rect",
                node("title", text=told),
                x=f"{x:.1f}",
                y=f"{floor:.1f}",
                width=f"{width:.1f}",
                height=f"{height:.1f}",
                class_=f"{colour} cb-b",
            )
        )
    framed = {Verdict.WARNING: "cb-warn", Verdict.ERROR: "cb-crit"}.get(cycle.verdict)
    if framed:
        parts.append(
            node(
                "rect",
                node("title", text=cycle.sentence),
                x=f"{x - 1:.1f}",
                y=_TOP - 1,
                width=f"{width + 2:.1f}",
                height=_HEIGHT + 2,
                rx=2,
                class_=framed,
            )
        )
    words = "b f-warnt" if framed == "cb-warn" else "b f-critt" if framed else ""
    parts.append(
        node(
            "text",
            text=str(cycle.cycle),
            x=f"{x + width / 2:.1f}",
            y=_TOP + _HEIGHT + 16,
            class_=f"m {words}".strip(),
        )
    )
    return parts
