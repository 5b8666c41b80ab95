"""Whole boxes of an accepted plan at the freezer: the next one, where it goes, and each scan."""

from collections.abc import Mapping
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from backend.storage.relocation_views import RelocationMoveView, RelocationPlanView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.picks import bench as picks_bench
from dashboard.pages.picks import step_parts, words
from dashboard.pages.storage.place import href_of

Held = Mapping[str, str]
"""The box in hand: its key under ``box``, and whose hand it is under ``by``."""
_AGREED, _MOVED = "agreed", "moved"
_COMING = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last scan did, and which box is in hand after it."""

    sentence: str = ""
    held: str = ""


def to_carry(plan: RelocationPlanView) -> list[RelocationMoveView]:
    """Return the boxes that are still to be carried, in the plan's order."""
    return [move for move in plan.moves if move.is_box and move.outcome == _AGREED]


def left_mark(plan: RelocationPlanView) -> str:
    """Return what the page keeps of which boxes are left, to see when others have carried one."""
    return "left " + " ".join(str(move.step) for move in to_carry(plan)) + " boxes"


def scanned_box(plan: RelocationPlanView, box_id: object, path: str) -> RelocationMoveView | str:
    """Return the line of a scanned box that is to be carried, else the sentence why it is not."""
    line = next((each for each in plan.moves if each.is_box and each.from_box_id == box_id), None)
    if line is None:
        return f"{path} is not to be moved by this plan. Put it back."
    if line.outcome == _MOVED:
        return f"{path} has been carried already. Scan the next box."
    if line.outcome != _AGREED:
        return f"{path} is not among the accepted lines. Put it back."
    return line


def carrying(plan: RelocationPlanView, told: Told) -> Component | None:
    """Draw the next box large; None for a plan without whole boxes to carry."""
    coming = to_carry(plan)
    done = sum(move.is_box and move.outcome == _MOVED for move in plan.moves)
    if not coming:
        return _all_carried(plan, done, told) if done else None
    line = next((each for each in coming if str(each.from_box_id) == told.held), coming[0])
    is_held = str(line.from_box_id) == told.held
    return html.Section(
        [
            *_said(told),
            html.Div(
                [
                    step_parts.progress(
                        done,
                        done + len(coming),
                        f"of {fmt.plural(done + len(coming), 'box', 'boxes')}",
                    ),
                    *_step(line, is_held=is_held),
                ],
                className="pk-main",
            ),
            _others([each for each in coming if each is not line]),
        ],
        **aria(label="Next box"),
        **data(left=left_mark(plan)),
    )


def _said(told: Told) -> list[Component]:
    return picks_bench.said(Tone.OK, told.sentence) if told.sentence else []


def _all_carried(plan: RelocationPlanView, done: int, told: Told) -> Component:
    every = f"All {fmt.count(done)} boxes stand" if done > 1 else "The box stands"
    over = html.P(f"{every} in the new racks.", className="pk-over")
    return html.Section(
        [*_said(told), html.Div(over, className="pk-main")], **data(left=left_mark(plan))
    )


def _step(line: RelocationMoveView, *, is_held: bool) -> list[Component]:
    start, goal = line.from_path.rpartition("/")[0], line.to_path
    hint, then = f"Scan box {line.barcode}", f"then scan {goal}"
    if is_held:
        hint, then = f"Scan {goal}", "when it stands there"
    above = "In your hand" if is_held else f"Next box, line {line.step}"
    return [
        html.P(
            [
                above,
                html.Span(fmt.plural(line.tubes, "tube", "tubes"), className="t3"),
                html.Span(", ".join(line.reasons), className="t3"),
            ],
            className="pk-above",
        ),
        html.P(line.barcode, className="pk-code mono"),
        html.Div(
            [
                step_parts.place("Take from", *words.unit_and_rack(start), "", is_now=not is_held),
                step_parts.arrow(),
                step_parts.place("Place in", *words.unit_and_rack(goal), "", is_now=is_held),
            ],
            className="pk-way",
        ),
        step_parts.scan_box(hint, then),
    ]


def _others(coming: list[RelocationMoveView]) -> Component:
    if not coming:
        return html.Span(hidden=True)
    rows = [
        html.Li(
            [
                html.Span(fmt.count(move.step), className="num t3"),
                html.A(move.barcode, href=href_of(move.from_path), className="mono"),
                html.Span(f"{move.from_path.rpartition('/')[0]} to {move.to_path}", className="t2"),
            ]
        )
        for move in coming[:_COMING]
    ]
    meta = fmt.plural(len(coming), "box", "boxes")
    return panel("After it", html.Ol(rows, className="pk-l is-three"), meta=meta)
