"""UMIs in index reads: a library goes only onto a run that reads its UMI."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing import run_plans
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.reasons import Refusal
from backend.sequencing.queue_plans import service
from backend.sequencing.queue_plans.errors import QueueChanged
from backend.sequencing.queue_plans.models import QueuePlanRun
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import RecipeContent
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.released import queries
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.views import RunPlan
from backend.sequencing.schemas import LaneIn, RunPlanIn
from backend.storage.solver_output import silence_solver
from tests.backend.sequencing.test_queue_sizes import SMALL, library, of, planned
from tests.factories.queue_scene import QueueScene
from tests.factories.sequencing import INDEX_PAIRS, make_person, pool_of

UMI_CYCLES = 9


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


@pytest.fixture
def eva(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_CONFIGURE)


@pytest.fixture
def scene(session: WriteSession, eva: Principal) -> QueueScene:
    """An instrument, and a kit of the first pair whose i7 goes on into a UMI of nine bases."""
    found = QueueScene(session)
    keep_kit_with_umis(session, eva, "Kit with UMIs", *INDEX_PAIRS[0])
    return found


def keep_kit_with_umis(session: WriteSession, eva: Principal, name: str, i7: str, i5: str) -> None:
    content = {
        "maker": "Us",
        "wells": [{"name": "U1", "i7": i7, "i5": i5}],
        "umis": [{"read": "index1", "length": UMI_CYCLES}],
    }
    reference_service.add_entry(
        session,
        eva,
        kind=ReferenceKind.INDEX_KIT,
        name=name,
        content=content,
        source="A test",
    )


def recipe(session: WriteSession, eva: Principal, name: str, index1_cycles: int) -> str:
    cycles = {"read1_cycles": 151, "read2_cycles": 151, "index2_cycles": 8}
    content = {"flow_cell": "novaseq_x_10b", "index1_cycles": index1_cycles, **cycles}
    return reference_service.add_entry(
        session,
        eva,
        kind=ReferenceKind.RECIPE,
        name=name,
        content=RecipeContent.model_validate(content),
        source="A test",
    ).key


def recipes_of(session: WriteSession, plan: QueuePlanView) -> list[str]:
    of_plan = select(QueuePlanRun.recipe).where(QueuePlanRun.plan_id == plan.id)
    return list(session.scalars(of_plan))


def accepted(session: WriteSession, scene: QueueScene, plan: QueuePlanView) -> RunPlan:
    (code,) = service.accept_plan(session, scene.ada, plan_id=plan.id).runs
    return queries.get_plan(ReadSession(session), scene.ada, code)


def lengths(run: RunPlan) -> CheckVerdict:
    return next(each.verdict for each in run.checks if each.kind is CheckKind.INDEX_LENGTH)


def test_a_run_with_a_umi_takes_the_recipe_that_reads_it_and_another_the_shorter_one(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    recipe(session, eva, "Short", 8)
    recipe(session, eva, "Long", 8 + UMI_CYCLES)
    with_umi, plain = scene.request(0), scene.request(1)

    alone, both = scene.plan(plain), scene.plan(with_umi, plain)
    run = accepted(session, scene, both)

    assert recipes_of(session, alone) == ["short"]
    assert recipes_of(session, both) == ["long"]
    assert len(run.libraries) == 2
    assert run.cycles.index1 == 8 + UMI_CYCLES


def test_without_a_recipe_that_reads_the_umi_the_run_follows_from_its_libraries(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    recipe(session, eva, "Short", 8)

    plan = scene.plan(scene.request(0))
    run = accepted(session, scene, plan)

    assert recipes_of(session, plan) == [""]
    assert run.cycles.index1 == 8 + UMI_CYCLES
    assert lengths(run) is CheckVerdict.PASS


def book(session: WriteSession, scene: QueueScene, aboard: SequencingRequest, **said: Any) -> str:
    start = (clock.utc_now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    plan = RunPlanIn(
        instrument_id=scene.instrument.id,
        start_at=start,
        end_at=start + timedelta(days=2),
        lanes=[LaneIn(pool_id=pool_of(session, aboard), lane=1)],
        **said,
    )
    return run_plans.plan_run(session, scene.ada, plan=plan).run_code


@pytest.mark.parametrize(("index1_cycles", "takes_it"), [(8, False), (8 + UMI_CYCLES, True)])
def test_a_booked_run_takes_a_umi_only_if_its_recipe_reads_it(
    session: WriteSession,
    scene: QueueScene,
    eva: Principal,
    index1_cycles: int,
    takes_it: bool,  # noqa: FBT001 a case of the table
) -> None:
    key = recipe(session, eva, "Booked", index1_cycles)
    aboard = scene.request(1, state=RequestState.POOLED)
    code = book(session, scene, aboard, recipe=key)

    with_umi = scene.plan(scene.request(0))
    plain = scene.plan(scene.request(2))

    assert [each.run_code for each in with_umi.runs] == [code if takes_it else ""]
    assert [each.run_code for each in plain.runs] == [code]


def test_a_plan_is_not_accepted_whose_run_does_not_read_a_umi_that_is_known_by_now(
    session: WriteSession, scene: QueueScene, eva: Principal
) -> None:
    recipe(session, eva, "Short", 8)
    request = scene.request(2)
    plan = scene.plan(request)
    i7, i5 = INDEX_PAIRS[2]
    keep_kit_with_umis(session, eva, "Found later", i7, i5)

    with pytest.raises(QueueChanged) as refused:
        service.accept_plan(session, scene.ada, plan_id=plan.id)

    assert recipes_of(session, plan) == ["short"]
    assert "has a UMI by now, or an index, that its run does not read." in refused.value.message


def test_a_library_that_no_run_reads_whole_is_left_out_with_its_reason() -> None:
    fixed = replace(SMALL, index_cycles=(17, 8))
    wanted = library("A", i7="ACGTACGT", umi_cycles=(12, 0))
    fitting = library("C", i7="TTGGAACC", umi_cycles=(9, 0))

    plan = planned(of(wanted, fitting, slots=(fixed,)))

    assert [each.library for each in plan.left_out] == [wanted.key]
    assert dict(plan.left_out[0].refusals) == {Refusal.INDEX_CUT: 1}
    assert violations(of(wanted, fitting, slots=(fixed,)), plan) == []


def test_a_plan_that_cuts_a_umi_off_is_found_out() -> None:
    wanted = library("A", i7="ACGTACGT", umi_cycles=(9, 0))
    plan = planned(of(wanted, slots=(SMALL,)))

    told = violations(of(wanted, slots=(replace(SMALL, index_cycles=(8, 8)),)), plan)

    assert any("needs 17 cycles of i7, UMI included" in each for each in told)
