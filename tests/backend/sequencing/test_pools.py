"""Drafting, calculating, mixing and cancelling pools."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import OutboxEvent
from backend.samples import lineage
from backend.samples.ids import MaterialType, Metric, QcVerdict
from backend.samples.models import Project, Sample
from backend.sequencing import queries as board_queries
from backend.sequencing import run_plans
from backend.sequencing.ids import PoolingMode, PoolState, RequestId, RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.pooling import queries, service
from backend.sequencing.pooling.errors import PoolClosed, PoolNotMade, PoolRefused
from backend.sequencing.pooling.schemas import (
    CancelIn,
    CoverageIn,
    PoolChangeIn,
    PoolIn,
    PoolReadyIn,
)
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.pools import (
    POOLING,
    draft,
    measure,
    measured_libraries,
    worked_pool,
    worked_request,
)
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_library,
    make_person,
    make_project,
    make_request,
    put_on_hold,
    slot,
)


def types(session: WriteSession) -> list[str]:
    return [each.type for each in session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))]


def test_a_draft_is_calculated_from_the_newest_measurements(session: WriteSession) -> None:
    _, view, request, _ = worked_pool(session)

    assert [f"{part.molarity_nm:.3f}" for part in view.parts] == ["43.290", "14.430", "126.263"]
    assert view.recipe is not None
    assert [f"{line.exact_ul:.3f}" for line in view.recipe.lines] == ["0.832", "4.990", "0.095"]
    assert f"{view.recipe.exact_buffer_ul:.3f}" == "24.084"
    assert f"{view.recipe.most_nm:.3f}" == "20.283"
    assert view.parts[0].told == "10 ng/µL of 350 bp"
    assert (view.state, view.tube, request.state) == (PoolState.DRAFT, None, RequestState.WAITING)
    assert types(session) == ["sequencing.pool_formed", "sequencing.pool_changed"]


def test_whole_requests_are_pooled_by_their_code(session: WriteSession) -> None:
    ada, request, libraries = worked_request(session)
    code = board_queries.get_card(ReadSession(session), ada, RequestId(request.id)).code

    view = service.draft_pool(session, ada, pool=PoolIn(requests=[code]))

    assert [part.barcode for part in view.parts] == [each.barcode for each in libraries]
    with pytest.raises(PoolRefused, match=f"Every library of {code} is in a pool already"):
        service.draft_pool(session, ada, pool=PoolIn(requests=[code]))


def test_what_cannot_be_pooled_is_named_all_at_once(session: WriteSession) -> None:
    ada, view, _, libraries = worked_pool(session)
    wish = PoolIn(
        libraries=[libraries[0].barcode, "lib-none"], requests=["SQ-9999"], pools=[view.code]
    )

    with pytest.raises(PoolRefused) as refused:
        service.draft_pool(session, ada, pool=wish)

    assert dict(refused.value.fields) == {
        libraries[0].barcode: (
            f"{libraries[0].barcode} is in {view.code} already. Cancel that pool first."
        ),
        "LIB-NONE": "LIB-NONE is in no open request of yours. Request it first.",
        "SQ-9999": "SQ-9999 is no open request of yours. Check its number.",
        view.code: f"{view.code} has no tube yet. Make it first.",
    }
    with pytest.raises(PoolRefused, match="Choose libraries"):
        service.draft_pool(session, ada, pool=PoolIn())


def test_what_was_not_measured_is_named_with_what_to_do(session: WriteSession) -> None:
    ada = make_person(session, *POOLING)
    project = make_project(session, ada)
    (i7, i5), pair = INDEX_PAIRS[3], measured_libraries(session, project, 1)
    bare = make_library(session, project, index_i7=i7, index_i5=i5)
    make_request(session, project, [*pair, bare])

    view = draft(session, ada, [*pair, bare])

    assert view.recipe is None
    assert " ".join(finding.sentence for finding in view.findings) == (
        f"{bare.barcode} has no concentration: measure it, as by Qubit, and no fragment size: "
        "measure it, as by TapeStation."
    )
    with pytest.raises(PoolNotMade, match="no fragment size"):
        service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())


def test_a_newer_qpcr_counts_more_than_mass_and_length(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    measure(session, libraries[0], Metric.MOLARITY, "38.5", day=21, method="qPCR")
    measure(session, libraries[1], Metric.MOLARITY, "99", day=3, method="qPCR")

    view = draft(session, ada, libraries)

    assert view.parts[0].molarity_nm == Decimal("38.5")
    assert view.parts[0].told == "by qPCR, 21 Nov 2026"
    assert f"{view.parts[1].molarity_nm:.3f}" == "14.430"


def test_a_qpcr_that_mass_and_length_contradict_is_to_be_looked_at(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    measure(session, libraries[0], Metric.MOLARITY, "38.5", day=21, method="qPCR")
    measure(session, libraries[1], Metric.MOLARITY, "7.215", day=21, method="qPCR")

    view = draft(session, ada, libraries)

    told = [each for each in view.findings if "by qPCR" in each.sentence]
    assert [(each.name, each.is_error) for each in told] == [(libraries[1].barcode, False)]
    assert told[0].sentence == (
        f"{libraries[1].barcode} has 7.22 nM by qPCR and 14.43 nM by mass and length: 0.50 times "
        "as much, where 0.7 to 1.4 times are usual. Measure one of them again."
    )


def test_equimolar_and_by_mass_share_otherwise(session: WriteSession) -> None:
    ada, view, _, _ = worked_pool(session)

    shares = {}
    for mode in (PoolingMode.EQUIMOLAR, PoolingMode.BY_MASS):
        change = PoolChangeIn(mode=mode)
        shares[mode] = service.change_pool(session, ada, code=view.code, change=change).shares

    assert [f"{share:.4f}" for share in shares[PoolingMode.EQUIMOLAR]] == ["0.3333"] * 3
    masses = [
        share * size
        for share, size in zip(shares[PoolingMode.BY_MASS], (350, 420, 300), strict=True)
    ]
    assert max(masses) - min(masses) < Decimal("1e-20")


def test_coverage_is_turned_into_reads(session: WriteSession) -> None:
    ada, view, _, _ = worked_pool(session)
    wish = CoverageIn(depth=Decimal(30), target_bp=Decimal(60_400_000), duplicates=Decimal("0.2"))

    with pytest.raises(PoolRefused, match="depth and the size"):
        service.change_pool(
            session, ada, code=view.code, change=PoolChangeIn(mode=PoolingMode.BY_COVERAGE)
        )
    change = PoolChangeIn(mode=PoolingMode.BY_COVERAGE, coverage=wish)
    changed = service.change_pool(session, ada, code=view.code, change=change)

    # 30 x 60.4 Mb / (2 x 151 x 0.8) = 7.5 M pairs
    assert [part.reads_millions for part in changed.parts] == [Decimal("7.5")] * 3


def test_a_pool_that_somebody_changed_is_not_overwritten(session: WriteSession) -> None:
    ada, view, _, _ = worked_pool(session)

    with pytest.raises(PoolClosed, match="Somebody changed"):
        service.change_pool(
            session, ada, code=view.code, change=PoolChangeIn(version=view.version - 1, name="X")
        )


def test_tubes_that_are_not_in_the_pool_are_named(session: WriteSession) -> None:
    ada, view, _, _ = worked_pool(session)

    with pytest.raises(PoolRefused, match="LIB-X is not in this pool"):
        service.change_pool(
            session, ada, code=view.code, change=PoolChangeIn(dilutions={"LIB-X": 5})
        )


def test_a_mixed_pool_draws_its_tubes_and_keeps_its_recipe(session: WriteSession) -> None:
    ada, view, request, libraries = worked_pool(session)
    dilute = PoolChangeIn(dilutions={libraries[2].barcode: 10})
    service.change_pool(session, ada, code=view.code, change=dilute)

    made = service.make_pool(session, ada, code=view.code, ready=PoolReadyIn(barcode="pool-0001"))

    # Of C, 0.5 µL make a 1:10 dilution, of which 0.9 or 1.0 µL goes into the pool.
    assert [each.volume_ul for each in libraries] == [
        Decimal("19.2"),
        Decimal("15.0"),
        Decimal("19.5"),
    ]
    tube = session.scalars(select(Sample).where(Sample.barcode == "POOL-0001")).one()
    assert (tube.material_type, tube.volume_ul) == (MaterialType.POOL, Decimal(30))
    above, _ = lineage.lineage_of(ReadSession(session), ada, tube.id)
    proportions = {edge.barcode: edge.proportion for edge in above}
    assert sum(proportions.values()) == 1
    assert made.recipe is not None
    for line in made.recipe.lines:
        assert abs(proportions[line.name] - line.achieved_share) < Decimal("0.000002")
    assert (made.state, made.tube, request.state) == (
        PoolState.READY,
        "POOL-0001",
        RequestState.POOLED,
    )
    members = session.scalars(select(PoolMember).order_by(PoolMember.place)).all()
    assert [f"{each.molarity_nm:.3f}" for each in members] == ["43.290", "14.430", "126.263"]
    assert "sequencing.pool_made" in types(session)


def test_what_is_measured_after_mixing_changes_nothing(session: WriteSession) -> None:
    ada, view, _, libraries = worked_pool(session, volume_ul="100")
    change = PoolChangeIn(target_ul=Decimal(200))
    service.change_pool(session, ada, code=view.code, change=change)
    made = service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())

    measure(session, libraries[0], Metric.CONCENTRATION, "99", day=25)

    again = queries.get_pool(ReadSession(session), ada, view.code)
    assert again.recipe == made.recipe
    assert again.shares == made.shares
    assert [each.molarity_nm for each in again.parts] == [each.molarity_nm for each in made.parts]
    with pytest.raises(PoolClosed, match="is mixed in its tube"):
        service.change_pool(session, ada, code=view.code, change=PoolChangeIn(name="X"))
    with pytest.raises(PoolClosed, match="is mixed in its tube"):
        service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())


def test_nothing_happens_when_one_tube_cannot_give_its_volume(session: WriteSession) -> None:
    ada, view, request, libraries = worked_pool(session, volume_ul="4")
    tubes = session.scalar(select(func.count()).select_from(Sample))

    with pytest.raises(
        PoolNotMade, match=f"{libraries[1].barcode} has to give 5 µL and holds 4 µL"
    ):
        service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())

    assert session.scalar(select(func.count()).select_from(Sample)) == tubes
    assert [each.volume_ul for each in libraries] == [Decimal(4)] * 3
    assert request.state is RequestState.WAITING


def test_held_failed_and_colliding_libraries_stop_a_pool(session: WriteSession) -> None:
    ada = make_person(session, *POOLING)
    project = make_project(session, ada)
    libraries = measured_libraries(session, project, 3)
    libraries[1].index_i7, libraries[1].index_i5 = INDEX_PAIRS[0]
    libraries[2].qc_verdict = QcVerdict.FAIL
    make_request(session, project, libraries)
    put_on_hold(session, libraries[0])

    view = draft(session, ada, libraries)
    with pytest.raises(PoolNotMade) as refused:
        service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())

    first, second, third = (each.barcode for each in libraries)
    assert f"{first} and {second} have the same index" in refused.value.message
    assert f"{first} is on hold" in refused.value.message
    assert f"{third} failed quality control" in refused.value.message


def test_a_pool_goes_into_another_pool_with_its_own_shares(session: WriteSession) -> None:
    ada, view, request, libraries = worked_pool(session)
    larger = PoolChangeIn(target_ul=Decimal(100), dilutions={libraries[2].barcode: 10})
    service.change_pool(session, ada, code=view.code, change=larger)
    inner = service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())
    i7, i5 = INDEX_PAIRS[4]
    project = make_project(session, ada)
    other = make_library(session, project, index_i7=i7, index_i5=i5, volume_ul=Decimal(20))
    measure(session, other, Metric.CONCENTRATION, "10")
    measure(session, other, Metric.FRAGMENT_SIZE, "350")
    make_request(session, project, [other], reads_millions=Decimal(100))

    outer = draft(
        session, ada, [other], pools=[inner.code], target_nm=2, target_ul=20, phix_percent=0
    )

    assert [part.pool_code for part in outer.parts] == [None, inner.code]
    assert outer.parts[1].libraries == 3
    assert inner.recipe is not None
    assert outer.parts[1].molarity_nm == inner.recipe.achieved_nm
    shares = dict(zip((each.name for each in outer.indexes), outer.shares, strict=True))
    assert shares[other.barcode] == Decimal("0.5")
    for line in inner.recipe.lines:
        assert abs(shares[line.name] - line.achieved_share / 2) < Decimal("1e-20")
    assert request.state is RequestState.POOLED


def test_a_pool_of_one_tube_is_loaded_as_it_is(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    view = draft(session, ada, libraries[:1])

    with pytest.raises(PoolNotMade, match="Load that tube as it is"):
        service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())


def test_a_pool_that_was_formed_on_the_board_is_made_as_well(session: WriteSession) -> None:
    ada = make_person(session, *POOLING)
    project = make_project(session, ada)
    libraries = measured_libraries(session, project)
    make_request(session, project, libraries, state=RequestState.POOLED)
    number = session.scalars(select(LibraryPool.number)).one()

    made = service.make_pool(session, ada, code=f"p-{number:04d}", ready=PoolReadyIn())

    assert made.tube is not None
    assert made.target_nm == 4


def test_a_cancelled_pool_frees_its_libraries_and_a_loaded_one_is_not_cancelled(
    session: WriteSession,
) -> None:
    ada, view, request, libraries = worked_pool(
        session, Permission.SEQUENCING_PLAN, volume_ul="100"
    )
    change = PoolChangeIn(target_ul=Decimal(200))
    service.change_pool(session, ada, code=view.code, change=change)
    made = service.make_pool(session, ada, code=view.code, ready=PoolReadyIn())
    start, end = slot(0, 24)
    plan = RunPlanIn(
        instrument_id=make_instrument(session).id,
        start_at=start,
        end_at=end,
        lanes=[LaneIn(pool_id=made.id, lane=1)],
    )
    run = run_plans.plan_run(session, ada, plan=plan)
    with pytest.raises(PoolClosed, match=f"stands on {run.run_code}"):
        service.cancel_pool(session, ada, code=view.code, cancel=CancelIn(reason="Spilled"))
    second = draft(session, ada, [*_more(session, request)])

    cancelled = service.cancel_pool(session, ada, code=second.code, cancel=CancelIn(reason="No"))

    assert cancelled.state is PoolState.CANCELLED
    assert "sequencing.pool_cancelled" in types(session)
    with pytest.raises(PoolClosed, match="cancelled already"):
        service.cancel_pool(session, ada, code=second.code, cancel=CancelIn(reason="No"))
    assert libraries[0].volume_ul is not None


def _more(session: WriteSession, request: SequencingRequest) -> list[Sample]:
    """A library more of the same project, in a request of its own."""
    i7, i5 = INDEX_PAIRS[4]
    found = session.get_one(Project, request.project_id)
    library = make_library(session, found, index_i7=i7, index_i5=i5)
    make_request(session, found, [library])
    return [library]
