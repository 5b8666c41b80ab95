"""Many people at one box at the same moment, and what must hold of the boxes afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import service
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube


def make_tubes(count: int) -> list[SampleId]:
    with writing() as session:
        project = make_project(session)
        return [make_tube(session, project) for _ in range(count)]


def make_boxes(count: int, *, side: int) -> tuple[NodeId, ...]:
    with writing() as session:
        return make_freezer(session, boxes=count, rows=side, columns=side).box_ids


def refused_at_once(acts: Sequence[Callable[[], object]]) -> list[AppError | None]:
    """Do everything at the same moment; return what each was refused with, None where it worked."""
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> AppError | None:
        start.wait(30)
        try:
            act()
        except AppError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))


def at_once(acts: Sequence[Callable[[], object]]) -> list[type[AppError] | None]:
    """Do everything at the same moment; return the kind of each refusal, None where it worked."""
    return [None if each is None else type(each) for each in refused_at_once(acts)]


def placing(principal: Principal, tube: SampleId, box: NodeId, row: int | None = None) -> object:
    with writing() as session:
        return service.place_sample(
            session, principal, sample_id=tube, box_id=box, row=row, column=row
        )


def moving(principal: Principal, tube: SampleId, box: NodeId) -> object:
    with writing() as session:
        return service.move_samples(session, principal, sample_ids=[tube], box_id=box)


def standing() -> list[tuple[SampleId, NodeId, int, int]]:
    """Return every open stay."""
    columns = (Placement.sample_id, Placement.box_id, Placement.row, Placement.column)
    with reading() as session:
        rows = session.execute(select(*columns).where(Placement.removed_at.is_(None)))
        return [(SampleId(sample), NodeId(box), row, column) for sample, box, row, column in rows]


def counted() -> dict[NodeId, int]:
    """Return what the boxes themselves say they hold."""
    with reading() as session:
        boxes = select(StorageNode.id, StorageNode.used).where(StorageNode.used > 0)
        return {NodeId(box): used for box, used in session.execute(boxes)}


def require_promises() -> None:
    """Fail unless every tube stands once, no position is shared and the boxes count right."""
    stays = standing()
    assert len({sample for sample, *_ in stays}) == len(stays)
    assert len({(box, row, column) for _, box, row, column in stays}) == len(stays)
    assert counted() == Counter(box for _, box, *_ in stays)
