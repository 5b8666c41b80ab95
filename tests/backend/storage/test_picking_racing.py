"""Two people on one pick list, on a real PostgreSQL: no tube is picked twice, no list locks up."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples.models import Sample
from backend.storage import service
from backend.storage.errors import AlreadyPicked, PickListNotOpen
from backend.storage.ids import PickListId, PickOutcome, PickPurpose, PickState
from backend.storage.models import Placement
from backend.storage.pick_models import PickLine, PickList
from backend.storage.picking import PickWish
from tests.factories.sequencing import make_person, make_project
from tests.factories.storage import make_freezer, make_tube, stand

TUBES = 12

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_database")]


@pytest.fixture
def people(committed_database: Engine) -> list[Principal]:
    rights = (
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
    )
    with writing() as session:
        return [make_person(session, *rights, name=name) for name in ("Ada", "Bo")]


def at_once(acts: Sequence[Callable[[], object]]) -> list[type[AppError] | None]:
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> type[AppError] | None:
        start.wait(30)
        try:
            act()
        except AppError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(do, acts))


def scan(who: Principal, key: PickListId, code: str) -> object:
    with writing() as session:
        return service.pick(session, who, list_id=key, barcode=code)


def make(who: Principal, purpose: PickPurpose) -> tuple[PickListId, list[str], list[str]]:
    """Return a list of tubes in one box that go to another, their codes and both paths."""
    with writing() as session:
        freezer, project = make_freezer(session, boxes=2), make_project(session)
        tubes = [make_tube(session, project) for _ in range(TUBES)]
        for at, tube in enumerate(tubes, start=1):
            stand(session, tube, freezer.box_ids[0], 1 + at // 9, 1 + at % 9)
        goal = freezer.box_ids[1] if purpose.moves else None
        key = service.make_list(
            session,
            who,
            title="Race",
            purpose=purpose,
            lines=[PickWish(sample_id=tube, to_box_id=goal) for tube in tubes],
        )
        codes = [session.get_one(Sample, tube).barcode for tube in tubes]
        return key, codes, [f"{freezer.label}/1/A/B-{number}" for number in (1, 2)]


def test_each_tube_is_picked_once_by_whoever_is_first(people: list[Principal]) -> None:
    key, codes, _ = make(people[0], PickPurpose.TAKE_OUT)

    refused = at_once(
        [lambda who=who, code=code: scan(who, key, code) for code in codes for who in people]
    )

    outcomes = Counter(refused)
    assert outcomes[None] == TUBES
    assert outcomes[AlreadyPicked] + outcomes[PickListNotOpen] == TUBES
    with reading() as session:
        stays = select(func.count()).where(Placement.removed_at.is_(None))
        assert session.scalars(stays).one() == 0
        assert session.get_one(PickList, key).state is PickState.DONE


def test_two_people_who_carry_tubes_of_one_list_to_one_box_both_arrive(
    people: list[Principal],
) -> None:
    key, codes, (_, goal) = make(people[0], PickPurpose.MOVE)
    for at, code in enumerate(codes):
        scan(people[at % 2], key, code)

    refused = at_once([lambda who=who: scan(who, key, goal) for who in people])

    assert refused == [None, None]
    with reading() as session:
        lines = session.scalars(select(PickLine.outcome).where(PickLine.list_id == key)).all()
        stays = session.execute(
            select(Placement.row, Placement.column).where(Placement.removed_at.is_(None))
        ).all()
    assert Counter(lines) == {PickOutcome.PLACED: TUBES}
    assert len({*stays}) == TUBES
