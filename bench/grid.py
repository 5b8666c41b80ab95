"""The samples grid's window far down a list against its window at row 1, list by list."""

from collections.abc import Callable
from itertools import product

from backend.core.principal import Permission, Principal, machinery
from backend.core.transaction import reading, writing
from backend.samples import service, windows
from backend.samples.ids import MaterialType, Priority
from backend.samples.schemas import SampleFilters, SampleOrder, SampleSort
from bench.laboratory import Laboratory
from bench.measures import Measure, percentile, timed_in_turn_ms

REPEAT = 150
ROWS = 100
BAR = 1.1
_EVERYTHING = SampleFilters()
_NARROWED = (
    SampleFilters(material_types=(MaterialType.GDNA,)),
    SampleFilters(priorities=(Priority.NORMAL,), placed=True),
)


def measure(_laboratory: Laboratory) -> list[Measure]:
    """Measure every sort in both directions, and some filters, on lists that are prepared."""
    person = machinery("bench", *Permission, request_id="bench")
    found = []
    for filters in (_EVERYTHING, *_NARROWED):
        sorts = SampleSort if filters is _EVERYTHING else (SampleSort.REGISTERED, SampleSort.VOLUME)
        for sort, is_down in product(sorts, (True, False)):
            with writing() as session:
                total = service.prepare_list(session, scope=None, filters=filters, sort=sort)
            order = SampleOrder(by=sort, descending=is_down)
            found.append(_far_against_near(person, filters, order, total))
    return found


def _far_against_near(
    person: Principal, filters: SampleFilters, order: SampleOrder, total: int
) -> Measure:
    near, far = timed_in_turn_ms(
        _asking(person, filters, order, 0),
        _asking(person, filters, order, total - ROWS),
        repeat=REPEAT,
    )
    name = f"by {order.by.value} {'down' if order.descending else 'up'}"
    narrowed = " ".join(filters.model_dump(mode="json", exclude_defaults=True))
    first, last = percentile(near, 0.5), percentile(far, 0.5)
    return Measure(
        name=f"grid {name}{f', {narrowed}' if narrowed else ''}: last window against first",
        figure=last / first,
        unit="×",
        bar=BAR,
        note=f"{ROWS} rows of {total:,}: {first:.2f} ms at row 1, {last:.2f} ms at the end",
    )


def _asking(
    person: Principal, filters: SampleFilters, order: SampleOrder, start: int
) -> Callable[[], None]:
    def ask() -> None:
        with reading() as session:
            page = windows.window(
                session, person, filters=filters, order=order, start=start, end=start + ROWS
            )
        if len(page.rows) != ROWS or page.wants_preparing:
            raise RuntimeError(f"{len(page.rows)} rows came for {order}, {filters}.")

    return ask
