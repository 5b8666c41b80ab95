"""What stands against the lanes of a plan by the rules and bookings of the day it is accepted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from uuid import UUID

from backend.sequencing import queue_booked
from backend.sequencing.indexing.collisions import Barcode, clash
from backend.sequencing.planning.layout import READS_SLACK, cuts_index
from backend.sequencing.planning.mixing import Apart, why_apart
from backend.sequencing.planning.problem import Library, Problem
from backend.sequencing.queue_plans import words
from backend.sequencing.queue_plans.models import QueuePlanLibrary, QueuePlanRun


def lane_changes(
    problem: Problem,
    runs: Sequence[QueuePlanRun],
    rows: Sequence[QueuePlanLibrary],
    barcodes: Mapping[UUID, str],
    recipes: Mapping[str, tuple[int, int]],
) -> Iterator[str]:
    """Yield a sentence for each pair that may not share its lane, and each booked lane too full.

    Also for each library whose UMI its run would not read. ``problem`` is the queue as it is now,
    ``recipes`` are the index cycles of those in force, by key. Collisions and reads of runs that
    are yet to be booked are not looked at here: booking does.
    """
    read = {each.key: each.index_cycles for each in problem.slots}
    known = {each.key: each for each in problem.libraries}
    room = {each.key: each.lane_reads_millions for each in problem.slots}
    names = {f"{row.request_id}/{row.sample_id}": barcodes[row.sample_id] for row in rows}
    on_lane: defaultdict[tuple[UUID, int], list[Library]] = defaultdict(list)
    for row in rows:
        library = known.get(f"{row.request_id}/{row.sample_id}")
        if library is not None and row.plan_run_id is not None and row.lane is not None:
            on_lane[row.plan_run_id, row.lane].append(library)
    for run in runs:
        slot = queue_booked.slot_key(run.run_id) if run.aboard is not None and run.run_id else ""
        if slot and slot not in room:
            yield "A booked run takes no more: it has begun, was moved or cancelled, or is full."
            continue
        for (run_id, lane), planned in on_lane.items():
            if run_id != run.id:
                continue
            at = {pin.library for pin in problem.pins if (pin.slot, pin.lane) == (slot, lane)}
            aboard = [known[key] for key in at]
            yield from _apart(problem, planned, aboard, names)
            cycles = read[slot] if slot else recipes.get(run.recipe)
            yield from (
                f"{names[each.key]} has a UMI by now, or an index, that its run does not read."
                for each in planned
                if cuts_index(each, cycles)
            )
            if slot:
                yield from _no_room(planned, aboard, names, lane, room[slot])


def _apart(
    problem: Problem,
    planned: Sequence[Library],
    aboard: Sequence[Library],
    names: Mapping[str, str],
) -> Iterator[str]:
    beside: defaultdict[tuple[str, Apart], dict[str, None]] = defaultdict(dict)
    pairs = [*combinations(planned, 2), *((one, each) for one in planned for each in aboard)]
    for one, other in pairs:
        rule = why_apart(one, other, problem.mixing)
        if rule is not None:
            beside[names[one.key], rule][names.get(other.key, "what is on its lane")] = None
    for (name, rule), others in beside.items():
        yield f"{name} may not lie beside {words.several(list(others))} now: {words.apart(rule)}."


def _no_room(
    planned: Sequence[Library],
    aboard: Sequence[Library],
    names: Mapping[str, str],
    lane: int,
    room_millions: float,
) -> Iterator[str]:
    for one in planned:
        if any(clash(_barcode(one), _barcode(each)) is not None for each in aboard):
            yield f"{names[one.key]} cannot be told apart from what is on lane {lane} by now."
    reads = sum(each.reads_millions for each in (*planned, *aboard))
    if reads > room_millions + READS_SLACK:
        yield f"Lane {lane} would need {reads:,.0f} M reads; it yields {room_millions:,.0f} M."


def _barcode(library: Library) -> Barcode:
    return Barcode(name=library.key, i7=library.i7, i5=library.i5)
