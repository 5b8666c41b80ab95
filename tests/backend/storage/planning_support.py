"""Problems made up by Hypothesis."""

from itertools import compress

from hypothesis import strategies as st

from backend.storage.planning.control import Control, Effort
from backend.storage.planning.problem import Box, Group, Lot, Problem
from backend.storage.rules import BoxShape

QUICK = Effort(search_limit_s=60, proof_limit_s=60, rounds=25, max_nodes=20)
ANY_TIME = Control(elapsed_s=lambda: 0.0)
_HOLES = st.lists(st.booleans(), min_size=9, max_size=9)
CONFLICTS = frozenset({frozenset({"acid", "base"})})


def make_box(key: str, *, free: int = 9, unit: str = "U1", **facts: object) -> Box:
    """A box with the last ``free`` positions left of nine, at −80 °C unless told otherwise."""
    positions = tuple(BoxShape(3, 3).positions())[9 - free :]
    known: dict[str, object] = {
        "rack": f"{unit}/R1",
        "temperature_class": "minus_80",
        "biosafety_level": 2,
        "used": 9 - free,
        "free_positions": positions,
        "columns": 3,
    }
    return Box(key=key, label=key, unit=unit, **(known | facts))  # type: ignore[arg-type]


def make_lot(key: str, size: int, *, is_backup: bool = False, **facts: object) -> Lot:
    """A lot of DNA for −80 °C; its family is the key up to the first slash."""
    known: dict[str, object] = {
        "project": "P1",
        "sample_type": "dna",
        "temperature_class": "minus_80",
        "biosafety_level": 1,
    }
    samples = tuple(f"{key}#{number}" for number in range(size))
    group = Group(family=key.split("/", maxsplit=1)[0], is_backup=is_backup)
    return Lot(key=key, samples=samples, group=group, **(known | facts))  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small problems that touch every rule: boxes with holes, alarms, classes, backups."""
    temperatures = st.sampled_from(["minus_80", "minus_20"])
    kinds = st.sampled_from(["dna", "rna"])
    projects = st.sampled_from(["P1", "P2", "P3"])
    classes = st.sampled_from([None, "acid", "base"])
    units = {
        f"U{number}": {
            "temperature_class": draw(temperatures),
            "biosafety_level": draw(st.integers(1, 3)),
            "unit_active": draw(st.integers(0, 5)) > 0,
            "unit_in_alarm": draw(st.integers(0, 5)) == 0,
        }
        for number in range(draw(st.integers(1, 4)))
    }
    boxes = []
    for number in range(draw(st.integers(1, 8))):
        unit = draw(st.sampled_from(sorted(units)))
        spots = tuple(compress(BoxShape(3, 3).positions(), draw(_HOLES)))
        free = len(spots)
        theirs = set(compress(BoxShape(3, 3).positions(), draw(_HOLES))) - set(spots)
        own = tuple(sorted(theirs))
        held = draw(classes) if free < 9 else None
        family = Group(str(draw(st.integers(0, 3))), draw(st.booleans()))
        boxes.append(
            make_box(
                f"B{number}",
                free=free,
                free_positions=spots,
                unit=unit,
                rack=f"{unit}/R{draw(st.integers(0, 1))}",
                projects=frozenset({draw(projects)}) if free < 9 else frozenset(),
                groups=frozenset({family}) if free < 9 else frozenset(),
                standing={family: own} if own else {},
                segregations=frozenset({held}) if held else frozenset(),
                reserved_for=draw(st.sampled_from([None, None, None, "P1"])),
                allowed_types=draw(st.sampled_from([frozenset(), frozenset({"dna"})])),
                access_s=float(draw(st.integers(0, 20))),
                **units[unit],
            )
        )
    lots = [
        make_lot(
            f"{draw(st.integers(0, 3))}/{number}",
            draw(st.integers(1, 12)),
            is_backup=draw(st.booleans()),
            project=draw(projects),
            sample_type=draw(kinds),
            temperature_class=draw(temperatures),
            biosafety_level=draw(st.integers(1, 3)),
            segregation=draw(classes),
            retrievals_per_sample=float(draw(st.integers(0, 2))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    alone = draw(st.sampled_from([frozenset[str](), frozenset({"acid"})]))
    return Problem(tuple(lots), tuple(boxes), conflicts=CONFLICTS, alone=alone)
