"""A box as assets/boxmap.js draws it: its cells with their names, and what each colour means.

All words and limits are here; the script only lays out, colours and moves the focus.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.samples.ids import MaterialType, QcVerdict
from backend.samples.rules import MATERIAL_NAME
from backend.storage.rules import free_positions
from backend.storage.views import BoxContents, PlannedPlacementView, TubeView
from dashboard import format as fmt

NEXT_SHOWN = 3
LETTERS_UP_TO = 100
"""Cells of a box with more positions are too small for a letter."""
LOW_VOLUME_UL = 10.0
"""Under this a pipette may not draw a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One meaning of a colour: its words, its letter and the class of assets/30-storage.css."""

    key: str
    word: str
    mark: str
    look: str


_SERIES: Mapping[MaterialType, tuple[str, str]] = {
    MaterialType.GDNA: ("D", "c1"),
    MaterialType.RNA: ("R", "c2"),
    MaterialType.CFDNA: ("C", "c3"),
    MaterialType.LIBRARY: ("L", "c4"),
    MaterialType.POOL: ("P", "c4"),
    MaterialType.CDNA: ("N", "c2"),
    MaterialType.BLOOD: ("B", "c5"),
    MaterialType.PLASMA: ("A", "c5"),
    MaterialType.SERUM: ("S", "c5"),
    MaterialType.SALIVA: ("V", "c6"),
    MaterialType.URINE: ("U", "c6"),
    MaterialType.TISSUE: ("T", "c3"),
    MaterialType.CELLS: ("E", "c6"),
    MaterialType.OTHER: ("O", "c6"),
}
_TYPES = tuple(
    Look(key=material.value, word=MATERIAL_NAME[material], mark=mark, look=look)
    for material, (mark, look) in _SERIES.items()
)
_AGES = (
    Look(key="month", word="under 30 days here", mark="", look="q2"),
    Look(key="year", word="under 1 year here", mark="", look="q4"),
    Look(key="years", word="under 5 years here", mark="", look="q6"),
    Look(key="older", word="5 years or longer here", mark="", look="q7"),
)
_VOLUMES = (
    Look(key="low", word="under 10 µL", mark="", look="warn"),
    Look(key="some", word="10 to 50 µL", mark="", look="q3"),
    Look(key="enough", word="50 to 200 µL", mark="", look="q5"),
    Look(key="plenty", word="200 µL or more", mark="", look="q7"),
    Look(key="unknown", word="not measured", mark="?", look="off"),
)
_VERDICTS = (
    Look(key=QcVerdict.PASS, word="passed", mark="✓", look="ok"),
    Look(key=QcVerdict.PASS_WITH_WARNING, word="passed with a warning", mark="!", look="warn"),
    Look(key=QcVerdict.FAIL, word="failed", mark="✕", look="crit"),
    Look(key=QcVerdict.FAIL_PROCEED, word="failed, goes on", mark="»", look="crit"),
    Look(key=QcVerdict.NONE, word="no verdict yet", mark="?", look="off"),
)
_AGE_LIMITS = (timedelta(days=30), timedelta(days=365), timedelta(days=365 * 5))
_VOLUME_LIMITS = (LOW_VOLUME_UL, 50.0, 200.0)


def drawn_box(
    contents: BoxContents,
    *,
    may_place: bool,
    now: datetime,
    planned: Sequence[PlannedPlacementView] = (),
) -> dict[str, Any]:
    """Return what the map draws; positions that are not listed are free.

    ``planned`` are open lines of a plan: where they point into this box they are drawn as
    suggestions, otherwise the positions are that the next tubes get.
    """
    box = contents.box
    known = [tube for tube in contents.tubes if tube.sample_id is not None]
    modes: dict[str, tuple[Sequence[Look], Callable[[TubeView], str]]] = {
        "type": (_TYPES, _type),
        "age": (_AGES, lambda tube: _age(tube, now)),
        "volume": (_VOLUMES, _volume),
        "qc": (_VERDICTS, _verdict),
    }
    cells = [
        {
            "p": tube.position.label,
            "name": spoken(tube),
            "low": _volume(tube) == "low",
            **{mode: key(tube) for mode, (_, key) in modes.items()},
        }
        if tube.sample_id is not None
        else {"p": tube.position.label, "name": spoken(tube), "kind": "hidden"}
        for tube in contents.tubes
    ]
    cells.extend(
        {
            "p": spot.position.label,
            "name": f"{spot.position.label}, blocked: {spot.reason}",
            "kind": "blocked",
        }
        for spot in contents.blocked
    )
    return {
        "id": str(box.id),
        "label": f"Box {box.label}, {about(contents)}",
        "rows": box.shape.rows,
        "columns": box.shape.columns,
        "letters": box.shape.capacity <= LETTERS_UP_TO,
        "free": box.free,
        "cells": cells,
        "next": _suggestions(contents, planned) if may_place else [],
        "modes": {mode: _legend(looks, key, known) for mode, (looks, key) in modes.items()},
    }


def about(contents: BoxContents) -> str:
    """Say size and fill: ``9 × 9, 66 of 81 used``."""
    box = contents.box
    return (
        f"{box.shape.rows} × {box.shape.columns}, "
        f"{fmt.count(box.used)} of {fmt.count(box.capacity)} used"
    )


def spoken(tube: TubeView) -> str:
    """Name a taken position as a screen reader says it: D7, DNA-251118-K7F3, gDNA, 46 µL."""
    if tube.material_type is None:
        return f"{tube.position.label}, a sample of a project that you do not see"
    parts = [tube.position.label, tube.barcode or "", MATERIAL_NAME[tube.material_type]]
    parts.append(fmt.volume(tube.volume_ul) or "volume not measured")
    if tube.doubt is not None:
        parts.append("unverified")
    return ", ".join(parts)


def _suggestions(
    contents: BoxContents, planned: Sequence[PlannedPlacementView]
) -> list[dict[str, str]]:
    taken, box = contents.taken(), contents.box
    here = [line for line in planned if line.box_id == box.id and line.position not in taken]
    if here:
        return [
            {
                "p": line.position.label,
                "mark": str(line.step),
                "name": f"{line.position.label}, free, planned for {line.barcode}",
                "planned": line.barcode,
            }
            for line in here
        ]
    nearest = free_positions(box.shape, taken=taken)[:NEXT_SHOWN]
    return [
        {"p": spot.label, "mark": str(number), "name": f"{spot.label}, free, suggested {number}"}
        for number, spot in enumerate(nearest, start=1)
    ]


def _legend(
    looks: Sequence[Look], key: Callable[[TubeView], str], tubes: Sequence[TubeView]
) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for tube in tubes:
        counts[key(tube)] = counts.get(key(tube), 0) + 1
    return [
        {
            "key": look.key,
            "word": look.word,
            "mark": look.mark,
            "look": look.look,
            "count": counts[look.key],
        }
        for look in looks
        if look.key in counts
    ]


def _type(tube: TubeView) -> str:
    return MaterialType.OTHER if tube.material_type is None else tube.material_type


def _age(tube: TubeView, now: datetime) -> str:
    age = now - tube.placed_at
    return _AGES[sum(age >= limit for limit in _AGE_LIMITS)].key


def _volume(tube: TubeView) -> str:
    volume_ul = tube.volume_ul
    if volume_ul is None:
        return "unknown"
    return _VOLUMES[sum(volume_ul >= limit for limit in _VOLUME_LIMITS)].key


def _verdict(tube: TubeView) -> str:
    return QcVerdict.NONE if tube.qc_verdict is None else tube.qc_verdict
