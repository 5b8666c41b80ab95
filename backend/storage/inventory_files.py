"""A physical audit as a workbook: how its sample was drawn, what was found, how sure that is.

Whoever has seed, share and the boxes of each unit draws the same sample (inventory_rules.py).
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.storage import inventory_rules
from backend.storage.ids import CheckMethod, CheckState
from backend.storage.inventory_rules import Tally
from backend.storage.inventory_views import CheckView, InventoryView
from backend.storage.sheet_writing import Cell, SheetWriter

_COUNTED = (
    "Tubes checked",
    "Correct",
    "Errors",
    "Codes not readable",
    "Accuracy",
    "Accuracy from (95%)",
    "Accuracy to (95%)",
)
_UNITS = ("Unit", "Boxes held", "Boxes drawn", *_COUNTED)
_BOXES = (
    "Walk",
    "Box",
    "Why",
    "Positions drawn",
    "State",
    "Looked at how",
    *_COUNTED[:4],
    "Looked at",
    "By",
    "Positions",
)
_POSITIONS = ("Box", "Position", "Verdict", "Recorded tube", "Found tube", "What it means")
_GROWN = ("Grown to", "Where", "Why", "Boxes added", "At")
_SHARES = (7, 8, 9)


def as_xlsx(view: InventoryView, checks: Sequence[CheckView], zone: ZoneInfo) -> bytes:
    """Return the workbook of an audit; ``checks`` are all its boxes in the order of the walk.

    Positions of boxes whose tubes the reader may not see are left out, and their box says so.
    """
    book = SheetWriter()
    book.add_sheet("Audit", ("Fact", "Value"), _facts(view, zone), frozen_columns=1)
    units = [_unit(view, label) for label in view.strata]
    whole = ("All", *_sums(view), *_counted(view.tally))
    book.add_sheet("Units", _UNITS, [*units, whole], frozen_columns=1, share_columns=_SHARES)
    boxes = [_box(step, check, zone) for step, check in enumerate(checks, start=1)]
    book.add_sheet("Boxes", _BOXES, boxes, frozen_columns=2)
    positions = [
        (
            check.path,
            line.position,
            _words(line.verdict.value),
            line.expected,
            line.found,
            line.sentence,
        )
        for check in checks
        for line in check.lines
    ]
    book.add_sheet("Positions", _POSITIONS, positions, frozen_columns=2)
    grown = [
        (_words(each.level.value), each.path, each.why, each.added, _at(each.at, zone))
        for each in view.escalations
    ]
    book.add_sheet("Grown", _GROWN, grown)
    return book.content()


def _facts(view: InventoryView, zone: ZoneInfo) -> list[tuple[str, Cell]]:
    tubes = view.tubes_per_box or "all"
    return [
        ("Title", view.title),
        ("Purpose", _words(view.purpose.value)),
        ("State", _words(view.state.value)),
        ("Started", _at(view.created_at, zone)),
        ("Started by", view.started_by_name),
        ("Closed", _at(view.closed_at, zone)),
        ("Closed by", view.closed_by_name),
        ("Closing note", view.closing_note),
        ("Seed of the sample", str(view.seed)),
        ("Share of the boxes of each unit", f"{view.share:.1%}"),
        ("Tubes of each box", tubes),
        ("Drawn by", "order of SHA-256 of seed and key, rounded up to whole boxes"),
        ("Boxes looked at", view.done),
        ("Boxes of the audit", view.boxes),
        ("Accuracy is", "correct of checked tubes, with the Wilson score interval at 95%"),
        ("Times are of", zone.key),
    ]


def _unit(view: InventoryView, label: str) -> tuple[Cell, ...]:
    held, drawn = view.strata[label]
    return (label, held, drawn, *_counted(view.by_unit.get(label, Tally())))


def _sums(view: InventoryView) -> tuple[int, int]:
    held = sum(held for held, _ in view.strata.values())
    return held, sum(drawn for _, drawn in view.strata.values())


def _counted(tally: Tally) -> tuple[Cell, ...]:
    known = inventory_rules.accuracy(tally)
    bounds = (None, None, None) if known is None else (known.share, known.low, known.high)
    return (tally.checked, tally.correct, tally.errors, tally.unread, *bounds)


def _box(step: int, check: CheckView, zone: ZoneInfo) -> tuple[Cell, ...]:
    counts = _counted(check.tally)[:4] if check.state is CheckState.DONE else (None,) * 4
    return (
        step,
        check.path,
        _words(check.level.value),
        "all" if check.positions is None else ", ".join(check.positions),
        _words(check.state.value),
        _words(check.method.value) if check.method is not None else None,
        *counts,
        _at(check.checked_at, zone),
        check.checked_by_name,
        _listed(check),
    )


def _listed(check: CheckView) -> str:
    if check.lines:
        return "listed"
    if check.state is CheckState.DONE and check.method is not CheckMethod.SEAL:
        return "not yours to see"
    return "none read"


def _words(value: str) -> str:
    return value.replace("_", " ")


def _at(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
