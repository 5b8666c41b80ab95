"""Checks of a planned run that follow from the reference data: kits, assays and the make."""

from decimal import Decimal

import pytest

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.models import Project
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import AssayContent, IndexKitContent, KitWell
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.released import queries
from backend.sequencing.released import service as release_service
from backend.sequencing.released.facts import Check
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.schemas import LaneMoveIn
from tests.backend.sequencing.release_scenes import planned
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_libraries,
    make_library,
    make_person,
    make_project,
    pool_of,
)

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def theo(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


@pytest.fixture
def project(session: WriteSession, theo: Principal) -> Project:
    return make_project(session, theo)


def check(session: WriteSession, theo: Principal, code: str, kind: CheckKind) -> Check:
    plan = queries.get_plan(ReadSession(session), theo, code)
    return next(each for each in plan.checks if each.kind is kind)


def test_a_colliding_lane_is_told_a_pair_of_its_kit(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    wells = tuple(
        KitWell(well=f"A{n:02}", name=f"U{n}", i7=i7, i5=i5)
        for n, (i7, i5) in enumerate(INDEX_PAIRS, start=1)
    )
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.INDEX_KIT,
        key="set_a",
        name="Set A",
        content=IndexKitContent(maker="Illumina", wells=wells),
        source="A test",
    )
    i7, i5 = INDEX_PAIRS[0]
    twin = make_library(session, project, index_i7=i7, index_i5=i5)
    held = make_libraries(session, project, 4)
    code, (first, _) = planned(session, theo, project, [twin], held)
    wish = LaneMoveIn(pool_id=pool_of(session, first), from_lane=1, to_lane=2)
    release_service.move_pool(session, theo, code=code, move=wish)

    found = check(session, theo, code, CheckKind.COLLISIONS)

    assert found.verdict is CheckVerdict.FAIL
    assert found.sentences[-1] == (
        f"Lane 2: Give {twin.barcode} U5 instead. It is prepared again with indexes of Set A."
    )


def test_an_assay_of_low_diversity_asks_for_more_phix(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    content = AssayContent(
        library_type="Amplicon",
        mixing=MixingClass.ANY,
        read1_cycles=151,
        read2_cycles=151,
        phix_percent=Decimal(5),
    )
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.ASSAY,
        key="amplicon_16s",
        name="16S amplicons",
        content=content,
        source="A test",
    )
    code, (request,) = planned(
        session, theo, project, make_libraries(session, project, 4), model="nextseq_2000_p2"
    )
    assert check(session, theo, code, CheckKind.PHIX).verdict is CheckVerdict.PASS
    request.assay = "amplicon_16s"
    session.flush()

    found = check(session, theo, code, CheckKind.PHIX)

    # 5 % for the assay; NextSeq 1000 and 2000 ask for 10 % with low diversity.
    assert found.verdict is CheckVerdict.WARNING
    assert "1 % and 16S amplicons needs 10 % at least" in found.sentences[0]


def test_a_shared_i7_is_told_on_a_patterned_flow_cell_alone(
    session: WriteSession, theo: Principal, project: Project
) -> None:
    (i7, i5), (_, other) = INDEX_PAIRS[:2]
    verdicts = {}
    for hours, model in ((0, "novaseq_x_10b"), (48, "miseq_v3")):
        libraries = [
            make_library(session, project, index_i7=i7, index_i5=second) for second in (i5, other)
        ]
        code, _ = planned(session, theo, project, libraries, hours=hours, model=model)
        verdicts[model] = check(session, theo, code, CheckKind.COLLISIONS).verdict

    assert verdicts == {
        "novaseq_x_10b": CheckVerdict.WARNING,
        "miseq_v3": CheckVerdict.PASS,
    }
