"""A box as assets/boxmap.js draws it: its cells with their names, and what each colour means.

All words and limits are here and in box_looks.py; the scripts only lay out, colour, select and move
the focus. The box comes as one attribute of the map: so it is painted with the page, before Dash
has begun with its callbacks, and no callback sends it back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from backend.samples.rules import MATERIAL_NAME
from backend.storage import place_kinds
from backend.storage.ids import Numbering
from backend.storage.rules import BoxShape, first_free, free_positions
from backend.storage.views import BoxContents, PlannedPlacementView, TubeView
from dashboard import format as fmt
from dashboard.pages.samples.words import HOLD_NAMES
from dashboard.pages.storage.box_looks import Look, modes, volume_key

NEXT_SHOWN = 3
LETTERS_UP_TO = 100
"""Cells of a box with more positions are too small for a letter, until one is looked at."""
FACTS = ("Type", "Volume", "Concentration", "Taken from", "Placed", "On hold")
"""What a closer look at a tube tells, in the order of a cell's ``facts``."""


def drawn_box(
    contents: BoxContents,
    *,
    may_place: bool,
    now: datetime,
    zone: ZoneInfo,
    planned: Sequence[PlannedPlacementView] = (),
) -> dict[str, Any]:
    """Return what the map draws; positions that are not listed are free.

    ``planned`` are open lines of a plan: where they point into this box they are drawn as
    suggestions, otherwise the positions are that the next tubes get.
    """
    box = contents.box
    known = [tube for tube in contents.tubes if tube.sample_id is not None]
    ways = modes(known, now, zone)
    cells = [
        {
            "p": tube.position.label,
            "id": str(tube.sample_id),
            "code": tube.barcode,
            "name": spoken(tube),
            "low": volume_key(tube) == "low",
            "facts": closer(tube, zone, now),
            **_line(contents, tube, zone, now),
            **{name: mode.key_of(tube) for name, mode in ways.items()},
        }
        if tube.sample_id is not None
        else {
            "p": tube.position.label,
            "name": spoken(tube),
            "kind": "hidden",
            **_line(contents, tube, zone, now),
        }
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
        "label": f"{place_kinds.place_name(box.kind, box.label)}, {about(contents)}",
        "path": box.path,
        "rows": box.shape.rows,
        "columns": box.shape.columns,
        "numbering": box.shape.numbering.value,
        "nothing": "Nothing lies here.",
        "letters": box.shape.capacity <= LETTERS_UP_TO,
        "free": box.free,
        "mayMove": may_place,
        "facts": list(FACTS),
        "cells": cells,
        "next": _suggestions(contents, planned) if may_place else [],
        "modes": {name: _legend(mode.looks, mode.key_of, known) for name, mode in ways.items()},
    }


def as_attribute(box: Mapping[str, Any] | None) -> str | None:
    """Return a drawn box as the map reads it: of each cell the values alone, in one order."""
    if box is None:
        return None
    fields = list(dict.fromkeys(name for cell in box["cells"] for name in cell))
    cells = [[cell.get(name) for name in fields] for cell in box["cells"]]
    return orjson.dumps({**box, "fields": fields, "cells": cells}).decode()


def for_callbacks(box: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what callbacks ask of the open box: its key, its shape, what the open plan wants."""
    if box is None:
        return None
    planned = {each["p"]: each["planned"] for each in box["next"] if "planned" in each}
    return {
        **{name: box[name] for name in ("id", "rows", "columns", "numbering")},
        "planned": planned,
    }


def shape_of(box: Mapping[str, Any]) -> BoxShape:
    """Return the shape of the box that `for_callbacks` told of."""
    return BoxShape(box["rows"], box["columns"], Numbering(box["numbering"]))


def about(contents: BoxContents) -> str:
    """Say size and fill: ``9 × 9, 66 of 81 used``; a loose place may have no size to fill."""
    box = contents.box
    if box.has_share:
        return f"{box.shape.words}, {fmt.count(box.used)} of {fmt.count(box.capacity)} used"
    tubes = fmt.plural(box.used, "tube", "tubes")
    return f"loose, {tubes}; no share, as nobody has said how many it takes"


def _line(contents: BoxContents, tube: TubeView, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """Return what the line of a tube says in the list of a loose place; a grid has none."""
    if not contents.box.is_loose:
        return {}
    since = f"since {fmt.moment(tube.placed_at, zone, now=now)}"
    return {"title": tube.name or "Of a project that you do not see", "since": since}


def spoken(tube: TubeView) -> str:
    """Name a taken position as a screen reader says it: D7, DNA-251118-K7F3, gDNA, 46 µL."""
    if tube.material_type is None:
        return f"{tube.position.label}, a sample of a project that you do not see"
    parts = [tube.position.label, tube.barcode or "", MATERIAL_NAME[tube.material_type]]
    parts.append(fmt.volume(tube.volume_ul) or "volume not measured")
    if tube.holds:
        parts.append("on hold")
    if tube.doubt is not None:
        parts.append("unverified")
    return ", ".join(parts)


def closer(tube: TubeView, zone: ZoneInfo, now: datetime) -> list[str]:
    """Return what a closer look tells, as in `FACTS`; what is not known or not so is empty."""
    placed = f"{fmt.moment(tube.placed_at, zone, now=now)}, {tube.placed_by}"
    return [
        "" if tube.material_type is None else MATERIAL_NAME[tube.material_type],
        fmt.volume(tube.volume_ul) or "not measured",
        fmt.concentration(tube.concentration_ng_per_ul) or "not measured",
        tube.parent_barcode or "",
        placed.removesuffix(", "),
        ", ".join(HOLD_NAMES[kind.value] for kind in tube.holds),
    ]


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
    if box.is_loose:
        return _next_number(contents)
    nearest = free_positions(box.shape, taken=taken)[:NEXT_SHOWN]
    return [
        {
            "p": spot.label,
            # Among the numbers of a lid another number would be read as a position.
            "mark": spot.label if box.shape.is_numbered else str(number),
            "name": f"{spot.label}, free, suggested {number}",
        }
        for number, spot in enumerate(nearest, start=1)
    ]


def _next_number(contents: BoxContents) -> list[dict[str, str]]:
    spot = first_free(contents.box.shape, taken=contents.taken())
    if spot is None:
        return []
    word = "the number that comes next"
    return [{"p": spot.label, "mark": "", "name": f"{spot.label}, {word}", "word": word}]


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
