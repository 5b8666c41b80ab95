"""Which positions each lot gets in its boxes: the second stage of a plan.

Contiguity is counted per family and box: its tubes should stand in one unbroken *run* of places in
reading order (the last place of a row and the first of the next are neighbours; a place with
another tube, or a blocked one, ends a run). Each run that a plan begins beyond the first is a
*break*: one more place to look at in the frost. What stands there already has begun its runs, so
new tubes beside their family break nothing. Working tubes and backups of a family count apart.

Which positions are taken inside a box changes no other term of the objective and no other box. So
lots go into boxes first and into positions afterwards, box by box, and that loses nothing for the
boxes chosen. While boxes are chosen, a lot counts the breaks that no arrangement can spare it there
(`fewest_breaks`); as breaks are never fewer, a bound on the first stage bounds the whole plan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from backend.storage.planning.problem import Allocation, Box, Group, Problem
from backend.storage.rules import Position

# The positions of a lot in a box, by (lot index, box index), in reading order.
Places = Mapping[tuple[int, int], tuple[Position, ...]]


def in_turn(problem: Problem, allocation: Allocation) -> Places:
    """Put lot after lot into the next free positions, as people fill a box: so first-fit does."""
    places: dict[tuple[int, int], tuple[Position, ...]] = {}
    for box, lots in _by_box(allocation).items():
        places |= _in_turn(problem, allocation, box, lots)
    return places


def side_by_side(problem: Problem, allocation: Allocation) -> Places:
    """Give every family as few runs of each box as were found; never more than `in_turn` does."""
    places: dict[tuple[int, int], tuple[Position, ...]] = {}
    for box, lots in _by_box(allocation).items():
        places |= _fewest(problem, allocation, box, lots)
    return places


def breaks(problem: Problem, places: Places) -> dict[tuple[Group, int], int]:
    """Return how many runs beyond the first the tubes of each group begin, by group and box."""
    together: dict[tuple[Group, int], list[Position]] = {}
    for (lot, box), taken in places.items():
        if taken:
            together.setdefault((problem.lots[lot].group, box), []).extend(taken)
    return {
        (group, box): _begun(taken, problem.boxes[box], group)
        for (group, box), taken in together.items()
    }


def _begun(taken: Iterable[Position], box: Box, group: Group) -> int:
    there = frozenset(box.standing.get(group, ()))
    runs = runs_of(sorted({*taken, *there}), box.columns)
    return sum(map(there.isdisjoint, runs)) if there else len(runs) - 1


def runs_of(positions: Iterable[Position], columns: int) -> list[list[Position]]:
    """Cut positions in reading order where the next one is not the neighbour of the last."""
    runs: list[list[Position]] = []
    last = None
    for position in positions:
        number = _number(position, columns)
        if last is None or number != last + 1:
            runs.append([])
        runs[-1].append(position)
        last = number
    return runs


def has_room_beside(box: Box, group: Group) -> bool:
    """Say whether a free position is the neighbour of a tube of the group that stands there."""
    return any(_touching(runs_of(box.free_positions, box.columns), box, group))


def fewest_breaks(runs: Iterable[int], most: int) -> list[int]:
    """Return, for each number of tubes from none to ``most``, the breaks that they cannot avoid.

    ``runs`` are the lengths of the free runs of a box that holds nothing of the family. The longest
    are taken first. Breaks of a family are at least the sum over its lots: of the longest runs, two
    lots together need no fewer than each by itself, counted from its second on.
    """
    fewest = [0]
    for further, length in enumerate(sorted(runs, reverse=True)):
        fewest.extend([further] * length)
    # Beyond what the box takes nothing is asked.
    return fewest[: most + 1] + [fewest[-1]] * (most + 1 - len(fewest))


def _by_box(allocation: Allocation) -> dict[int, list[int]]:
    lots: dict[int, list[int]] = {}
    for lot, box in sorted(allocation):
        lots.setdefault(box, []).append(lot)
    return lots


def _in_turn(
    problem: Problem, allocation: Allocation, box: int, lots: Iterable[int]
) -> dict[tuple[int, int], tuple[Position, ...]]:
    free = iter(problem.boxes[box].free_positions)
    return {(lot, box): tuple(islice(free, allocation[lot, box])) for lot in lots}


def _fewest(
    problem: Problem, allocation: Allocation, box: int, lots: Sequence[int]
) -> dict[tuple[int, int], tuple[Position, ...]]:
    """Try families row by row, then by best fit, then as people would; keep the first best."""
    by_family = sorted(lots, key=lambda lot: (_group_key(problem, lot), lot))
    best = _in_turn(problem, allocation, box, by_family)
    least = sum(breaks(problem, best).values())
    for arrange in (_best_fit, _in_turn_of_lots):
        if least == 0:
            break
        other = arrange(problem, allocation, box, by_family)
        found = sum(breaks(problem, other).values())
        if found < least:
            best, least = other, found
    return best


def _in_turn_of_lots(
    problem: Problem, allocation: Allocation, box: int, lots: Iterable[int]
) -> dict[tuple[int, int], tuple[Position, ...]]:
    return _in_turn(problem, allocation, box, sorted(lots))


def _best_fit(
    problem: Problem, allocation: Allocation, box: int, lots: Sequence[int]
) -> dict[tuple[int, int], tuple[Position, ...]]:
    """Families that stand there first, beside their own; the others by size, into what fits."""
    families: dict[Group, list[int]] = {}
    for lot in lots:
        families.setdefault(problem.lots[lot].group, []).append(lot)
    size = {group: sum(allocation[lot, box] for lot in own) for group, own in families.items()}
    there = problem.boxes[box]
    left = runs_of(there.free_positions, there.columns)
    places: dict[tuple[int, int], tuple[Position, ...]] = {}
    # Sorting is stable: families that are alike stay in the order of their lots.
    for group in sorted(families, key=lambda group: (group not in there.standing, -size[group])):
        beside = _take_beside(left, size[group], there, group)
        taken = iter(sorted(beside + _take(left, size[group] - len(beside))))
        for lot in families[group]:
            places[lot, box] = tuple(islice(taken, allocation[lot, box]))
    return places


def _take_beside(left: list[list[Position]], count: int, box: Box, group: Group) -> list[Position]:
    """Take positions out of the runs that touch tubes of the group, from that end on."""
    taken: list[Position] = []
    for run, at_start in _touching(left, box, group):
        wanted = count - len(taken)
        some = slice(0, wanted) if at_start else slice(max(len(run) - wanted, 0), None)
        taken += run[some]
        del run[some]
    return taken


def _touching(
    runs: Iterable[list[Position]], box: Box, group: Group
) -> Iterator[tuple[list[Position], bool]]:
    """Give each run beside tubes of the group, and whether they stand before its start."""
    there = {_number(at, box.columns) for at in box.standing.get(group, ())}
    for run in runs if there else ():
        at_start = bool(run) and _number(run[0], box.columns) - 1 in there
        if at_start or (run and _number(run[-1], box.columns) + 1 in there):
            yield run, at_start


def _take(left: list[list[Position]], count: int) -> list[Position]:
    """Take positions out of the shortest run that has so many, else out of the longest ones."""
    taken: list[Position] = []
    while count and any(left):
        fitting = [run for run in left if len(run) >= count]
        run = min(fitting, key=len) if fitting else max(left, key=len)
        some = min(count, len(run))
        taken += run[:some]
        del run[:some]
        count -= some
    return taken


def _number(position: Position, columns: int) -> int:
    """Count positions in reading order; neighbours differ by one."""
    return position.row * columns + position.column


def _group_key(problem: Problem, lot: int) -> tuple[str, bool]:
    group = problem.lots[lot].group
    return group.family, group.is_backup
