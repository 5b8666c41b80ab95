"""A run's proposal to top up leads to the pool, where a person approves it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.core.errors import Conflict
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import OutboxEvent
from backend.sequencing.codes import pool_code
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.pooling import service, topping_up
from backend.sequencing.pooling.errors import YieldsRefused
from backend.sequencing.pooling.ids import TopUpState
from backend.sequencing.pooling.top_up import Advice
from backend.sequencing.pooling.views import TopUpView
from backend.sequencing.runs import confirming, queries
from backend.sequencing.runs.ids import ProposalKind
from backend.sequencing.runs.models import LibraryYield, RunProposal
from backend.sequencing.runs.views import ProposalLine
from tests.factories import run_folders as made
from tests.factories.sequenced_runs import Scene
from tests.factories.sequencing import (
    make_library,
    make_project,
    make_request,
    pool_of,
)


@pytest.fixture
def scene(session: WriteSession, tmp_path: Path) -> Scene:
    """A confirmed run: on lane 1 the second library got 200 of its 400 M reads."""
    scene = Scene(session, tmp_path)
    scene.write(Demultiplex_Stats=made.DEMULTIPLEX.replace("398000000", "200000000"))
    scene.watch()
    scene.confirm()
    return scene


def pool_on(scene: Scene, lane: int) -> str:
    number = scene.session.scalars(
        select(LibraryPool.number)
        .join(RunLoad, RunLoad.pool_id == LibraryPool.id)
        .where(RunLoad.run_id == scene.run.id, RunLoad.lane == lane)
    ).one()
    return pool_code(number)


def proposal(scene: Scene, kind: ProposalKind) -> ProposalLine:
    view = queries.get_run(scene.session, scene.ada, scene.code)
    return next(each for each in view.proposals if each.kind is kind)


def accept(scene: Scene, line: ProposalLine) -> str:
    return confirming.decide_proposal(scene.session, scene.ada, proposal_id=line.id, accept=True)


def preparing(scene: Scene) -> Principal:
    may = scene.ada.permissions | {Permission.SEQUENCING_PREPARE}
    return replace(scene.ada, permissions=may)


def top_ups(scene: Scene, code: str) -> list[TopUpView]:
    return topping_up.top_ups_of(ReadSession(scene.session), scene.ada, code)


def test_accepting_opens_a_top_up_of_the_pool_with_what_all_its_libraries_got(
    scene: Scene,
) -> None:
    code = pool_on(scene, 1)

    led_to = accept(scene, proposal(scene, ProposalKind.TOP_UP))

    assert led_to == code
    assert proposal(scene, ProposalKind.TOP_UP).pool_codes == [code]
    (waiting,) = top_ups(scene, code)
    assert (waiting.state, waiting.source) == (TopUpState.PENDING, scene.code)
    # 412 of 400 M and 200 of 400 M.
    assert [(each.name, each.advice, each.need) for each in waiting.lines] == [
        (scene.libraries[0].barcode, Advice.ENOUGH, 0),
        (scene.libraries[1].barcode, Advice.TOP_UP, 200),
    ]
    assert top_ups(scene, pool_on(scene, 2)) == []
    pools = select(func.count()).select_from(LibraryPool)
    before = scene.session.scalar(pools)
    service.approve_top_up(scene.session, scene.ada, top_up_id=waiting.id)
    assert scene.session.scalar(pools) == (before or 0) + 1


def test_dismissing_opens_nothing(scene: Scene) -> None:
    line = proposal(scene, ProposalKind.TOP_UP)

    led_to = confirming.decide_proposal(scene.session, scene.ada, proposal_id=line.id, accept=False)

    assert led_to == ""
    assert top_ups(scene, pool_on(scene, 1)) == []


def test_a_second_library_of_the_pool_joins_the_top_up_that_waits(scene: Scene) -> None:
    first = proposal(scene, ProposalKind.TOP_UP)
    scene.session.add(
        RunProposal(
            folder_id=scene.folder.id,
            run_id=scene.run.id,
            sample_id=scene.libraries[0].id,
            kind=ProposalKind.TOP_UP,
            reads_millions=Decimal(1),
            reason="Lane 1: one more",
        )
    )
    scene.session.flush()
    lines = queries.get_run(scene.session, scene.ada, scene.code).proposals
    second = next(
        each for each in lines if each.kind is ProposalKind.TOP_UP and each.id != first.id
    )

    accept(scene, first)
    accept(scene, second)

    assert len(top_ups(scene, pool_on(scene, 1))) == 1
    proposed = select(func.count()).where(OutboxEvent.type == "sequencing.top_up_proposed")
    assert scene.session.scalar(proposed) == 1


def test_what_failed_and_is_asked_for_again_is_left_out_of_the_top_up(scene: Scene) -> None:
    scene.ada = preparing(scene)
    accept(scene, proposal(scene, ProposalKind.REQUEUE))

    made_up = service.propose_top_up(scene.session, scene.ada, code=pool_on(scene, 2))

    advice = {each.name: each.advice for each in made_up.lines}
    assert advice[scene.libraries[3].barcode] is Advice.FAILED


def test_a_run_that_tells_nothing_of_a_library_is_refused_with_its_name(scene: Scene) -> None:
    line = proposal(scene, ProposalKind.TOP_UP)
    lost = scene.libraries[0]
    for each in scene.session.scalars(
        select(LibraryYield).where(LibraryYield.sample_id == lost.id)
    ):
        each.reads = None
    scene.session.flush()

    with pytest.raises(YieldsRefused, match=f"{lost.barcode}: no reads are given"):
        accept(scene, line)


def test_a_run_that_nobody_confirmed_proposes_nothing(
    session: WriteSession, tmp_path: Path
) -> None:
    scene = Scene(session, tmp_path)
    scene.write()
    scene.watch()
    scene.ada = preparing(scene)

    with pytest.raises(YieldsRefused, match="No confirmed run tells reads of"):
        service.propose_top_up(session, scene.ada, code=pool_on(scene, 1))


def test_who_does_not_see_the_whole_pool_cannot_accept(scene: Scene) -> None:
    line = proposal(scene, ProposalKind.TOP_UP)
    project = make_project(scene.session)
    foreign = make_library(scene.session, project)
    request = make_request(scene.session, project, [foreign])
    pool_id = pool_of(scene.session, scene.requests[0])
    scene.session.add(
        PoolMember(
            pool_id=pool_id,
            request_id=request.id,
            sample_id=foreign.id,
            place=3,
            reads_millions=Decimal(1),
        )
    )
    scene.session.flush()

    with pytest.raises(Conflict, match="of projects that are not yours"):
        accept(scene, line)
