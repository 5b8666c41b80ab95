"""Queue problems made to try the planner: one whose best plan is known, and any odd pool."""

import numpy as np

from backend.sequencing.planning.instances import index_pairs
from backend.sequencing.planning.problem import Library, Mixing, Problem, Slot, Weights
from backend.sequencing.reference.ids import MixingClass

_RUN_COST = 20.0
_LANE_READS = 100.0
_CONFIGURATIONS = ("PE150", "SE75")
_SIZES = (("small", 1, 40.0, 4.0), ("middle", 1, 100.0, 9.0), ("large", 2, 100.0, 15.0))
"""Name, lanes, reads of a lane, cost of a run."""
_PROJECTS = ("APART", "HELIX", "CARDIA")
_KINDS = (
    ("mrna", "RNA", MixingClass.ANY),
    ("exome", "DNA", MixingClass.ANY),
    ("atac", "ATAC", MixingClass.SAME_TYPE),
    ("amplicon", "DNA", MixingClass.ALONE),
)
_LARGER = tuple(
    Slot(
        key=f"two, larger, {start}",
        instrument="two",
        start=start,
        end=start + 1.5,
        lanes=3,
        lane_reads_millions=80.0,
        run_cost=9.0,
        lane_cost=1.0,
        flow_cell="larger",
        configurations=frozenset(_CONFIGURATIONS[:1]),
    )
    for start in (0.0, 1.5)
)


def plant(runs: int, seed: int) -> tuple[Problem, float]:
    """Return a problem of one instrument, and the cost of its best plan.

    Libraries are cut from ``runs`` full lanes of consecutive days, each due the day its run ends,
    so nothing is late. Their reads fill that many lanes exactly and no fewer take them: every plan
    has as many runs, and none can cost less. Indexes are used again from lane to lane, so that
    libraries collide wherever the plan does not keep them apart. Light is free here.
    """
    rng = np.random.default_rng(seed)
    pairs = index_pairs(rng, 12)
    made: list[Library] = []
    for run in range(runs):
        cuts = sorted(rng.choice(np.arange(5, 96), size=int(rng.integers(2, 7)), replace=False))
        edges = [0, *(int(cut) for cut in cuts), 100]
        chosen = rng.choice(len(pairs), size=len(edges) - 1, replace=False)
        for part, at in enumerate(chosen):
            made.append(
                Library(
                    key=f"{run}-{part}",
                    configuration=_CONFIGURATIONS[run % 2],
                    reads_millions=_LANE_READS * (edges[part + 1] - edges[part]) / 100,
                    ready=float(rng.integers(0, run + 1)),
                    due=float(run + 1),
                    weight=float(rng.choice((1, 2, 5))),
                    i7=pairs[int(at)][0],
                    i5=pairs[int(at)][1],
                )
            )
    slots = tuple(
        Slot(
            key=f"day {day}",
            instrument="one",
            start=float(day),
            end=float(day + 1),
            lanes=1,
            lane_reads_millions=_LANE_READS,
            run_cost=_RUN_COST,
            lane_cost=0.0,
        )
        for day in range(runs + 3)
    )
    order = rng.permutation(len(made))
    problem = Problem(
        libraries=tuple(made[int(place)] for place in order),
        slots=slots,
        weights=Weights(missing_channel=0.0, dark_cycle=0.0),
    )
    return problem, runs * _RUN_COST


def plant_sizes(days: int, seed: int) -> tuple[Problem, float]:
    """Return a problem of one instrument with three sizes of flow cell, and its best plan's cost.

    What comes on a day is ready that day, due the day after, and fills one size, chosen by chance.
    A larger size holds it too and costs more; a smaller one does not hold it. Being a day late
    costs more for the least library than all runs together, so every best plan runs each day's
    libraries that day, each on the size that was planted.
    """
    rng = np.random.default_rng(seed)
    pairs = index_pairs(rng, 12)
    made: list[Library] = []
    best = 0.0
    for day in range(days):
        _, lanes, reads, cost = _SIZES[int(rng.integers(len(_SIZES)))]
        best += cost
        chosen = iter(rng.permutation(len(pairs)).tolist())
        for lane in range(lanes):
            cut = float(rng.integers(30, 71)) / 100
            for part, share in enumerate((cut, 1 - cut)):
                i7, i5 = pairs[next(chosen)]
                made.append(
                    Library(
                        key=f"{day}-{lane}-{part}",
                        configuration=_CONFIGURATIONS[day % 2],
                        reads_millions=round(reads * share, 3),
                        ready=float(day),
                        due=float(day + 1),
                        weight=days * _SIZES[-1][3] + 1,
                        i7=i7,
                        i5=i5,
                    )
                )
    order = rng.permutation(len(made))
    problem = Problem(
        libraries=tuple(made[int(place)] for place in order),
        slots=tuple(
            Slot(
                key=f"{name} {day}",
                instrument="one",
                start=float(day),
                end=float(day + 1),
                lanes=lanes,
                lane_reads_millions=reads,
                run_cost=cost,
                lane_cost=0.0,
                flow_cell=name,
            )
            for day in range(days + 2)
            for name, lanes, reads, cost in _SIZES
        ),
        weights=Weights(missing_channel=0.0, dark_cycle=0.0, left_out=1e6),
    )
    return problem, best


def random_pool(rng: np.random.Generator) -> Problem:
    """Return a small pool that is hard on indexes: short, few letters, of unequal length, none.

    Two instruments, one of two lanes, which in half of the pools may be loaded with a larger flow
    cell that takes longer and reads one configuration; reads that may fit nowhere; half of the
    pools keep some kinds of library, projects or index lengths apart.
    """
    i7_bases, i5_bases = int(rng.integers(4, 9)), int(rng.integers(0, 9))
    letters = list("ACGT"[: int(rng.integers(2, 5))])

    def index(bases: int) -> str:
        shorter = int(rng.random() < 0.1)  # noqa: PLR2004  # one in ten comes from another kit
        drawn = rng.integers(len(letters), size=max(bases - shorter, 0))
        return "".join(letters[each] for each in drawn.tolist())

    count, most_reads = int(rng.integers(2, 13)), int(rng.integers(6, 61))
    is_strict = bool(rng.random() < 0.5)  # noqa: PLR2004
    kinds = _KINDS if is_strict else _KINDS[:1]
    return Problem(
        libraries=tuple(
            Library(
                key=str(number),
                configuration=_CONFIGURATIONS[int(rng.integers(2))],
                reads_millions=float(rng.integers(1, most_reads)),
                ready=float(rng.integers(0, 3)),
                due=float(rng.integers(1, 6)),
                weight=1.0,
                i7=index(i7_bases),
                i5="" if rng.random() < 0.1 else index(i5_bases),  # noqa: PLR2004
                project=_PROJECTS[int(rng.integers(len(_PROJECTS)))],
                assay=assay,
                library_type=library_type,
                mixing=mixing,
            )
            for number in range(count)
            for assay, library_type, mixing in [kinds[int(rng.integers(len(kinds)))]]
        ),
        slots=tuple(
            Slot(
                key=f"{name} {day}",
                instrument=name,
                start=float(day),
                end=float(day + 1),
                lanes=lanes,
                lane_reads_millions=50.0,
                run_cost=5.0,
                lane_cost=1.0,
            )
            for name, lanes in (("one", 1), ("two", 2))
            for day in range(3)
        )
        + (_LARGER if rng.random() < 0.5 else ()),  # noqa: PLR2004
        weights=Weights(
            dark_cycle=None if rng.random() < 0.5 else 2.0,  # noqa: PLR2004
            uneven=0.5 if is_strict else 0.0,
        ),
        mixing=Mixing(
            single_with_dual=bool(rng.random() < 0.5),  # noqa: PLR2004
            unequal_indexes=bool(rng.random() < 0.5),  # noqa: PLR2004
            projects_apart=frozenset(_PROJECTS[:1]),
        )
        if is_strict
        else Mixing(),
    )
