"""Placement instances in the JSON of the storage-synth set, as problems.

``{"instance": {freezers, boxes, lots, cost}, "best": {"assign": [[lot, box, count], …]}}``; times
in seconds. Numbers of boxes and lots are their places in the lists. Hazard classes above 0 do not
share a rack; class 3 are allergens, which have their box to themselves.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

from backend.core.errors import InvalidInput
from backend.storage.planning.problem import Allocation, Box, Group, Lot, Problem, Weights
from backend.storage.rules import BoxShape

_HAZARDS = ("1", "2", "3")
_ALLERGEN = "3"
_BOX = BoxShape(9, 9)
_MIDDLE_SHELF = 2
_SHELF_S = 3.0
_DEPTH_S = 4.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem and, where the file has one, the best allocation known to who made the file."""

    problem: Problem
    best_known: Allocation


def read_instance(name: str, text: str) -> Instance:
    """Return what a file says.

    Raises:
        InvalidInput: the text is no such instance; the sentence names the file.
    """
    try:
        content = json.loads(text)
        said = content["instance"]
        return Instance(problem=_problem(said), best_known=_best(content))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput(
            f"{name} is no placement instance ({error!r}). Give files of the storage-synth form."
        ) from error


def _problem(said: Mapping[str, Any]) -> Problem:
    freezers = {freezer["id"]: freezer for freezer in said["freezers"]}
    cost = said["cost"]
    return Problem(
        lots=tuple(_lot(lot) for lot in said["lots"]),
        boxes=tuple(_box(box, freezers[box["f"]]) for box in said["boxes"]),
        conflicts=frozenset(frozenset(pair) for pair in combinations(_HAZARDS, 2)),
        alone=frozenset({_ALLERGEN}),
        weights=Weights(
            door_s=float(cost["door"]),
            rack_s=float(cost["rack"]),
            new_box_s=float(cost["newbox"]),
            split_s=float(cost["split"]),
            mix_s=float(cost["mix"]),
        ),
    )


def _lot(said: Mapping[str, Any]) -> Lot:
    key = str(said["id"])
    return Lot(
        key=key,
        samples=tuple(f"{key}#{number}" for number in range(said["n"])),
        group=Group(family=key, is_backup=False),
        project=str(said["project"]),
        sample_type="sample",
        temperature_class=str(said["temp"]),
        biosafety_level=said["bsl"],
        segregation=str(said["haz"]) if said["haz"] else None,
        retrievals_per_sample=float(said["freq"]),
    )


def _box(said: Mapping[str, Any], freezer: Mapping[str, Any]) -> Box:
    if said["cap"] != _BOX.rows * _BOX.columns:
        raise ValueError(f"box {said['id']} has {said['cap']} positions, not 81")
    away_s = _SHELF_S * abs(said["s"] - _MIDDLE_SHELF) + _DEPTH_S * said["depth"]
    return Box(
        key=str(said["id"]),
        label=f"Box {said['id']}",
        unit=str(said["f"]),
        rack=f"{said['f']}/{said['s']}/{said['rack']}",
        temperature_class=str(freezer["temp"]),
        biosafety_level=freezer["bsl"],
        free_positions=tuple(islice(_BOX.positions(), said["used"], None)),
        columns=_BOX.columns,
        used=said["used"],
        projects=frozenset() if said["project"] is None else frozenset({str(said["project"])}),
        segregations=frozenset({str(said["haz"])}) if said["haz"] else frozenset(),
        access_s=float(freezer["dist"]) + away_s,
    )


def _best(content: Mapping[str, Any]) -> Allocation:
    return {(lot, box): count for lot, box, count in content.get("best", {}).get("assign", ())}
