"""A run that is planned by a recipe of the reference data: its sheet, its checks, its limits."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.sequencing import queries as board_queries
from backend.sequencing import run_plans
from backend.sequencing.errors import LaneRefused, RequestRefused
from backend.sequencing.ids import I5Orientation, RequestState
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.models import Instrument, SequencingRun
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.content import RecipeContent
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.released import queries
from backend.sequencing.released.checks import check_run
from backend.sequencing.released.facts import Check, RunFacts
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.views import RunPlan
from backend.sequencing.schemas import LaneIn, RunPlanIn
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.views import LaneLibrary, RunBar
from dashboard.pages.sequencing import forms, ids, plan_form
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_libraries,
    make_person,
    make_project,
    make_request,
    pool_of,
    says,
    slot,
)

MAY = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_CONFIGURE,
)


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, *MAY)


@pytest.fixture
def instrument(session: WriteSession) -> Instrument:
    return make_instrument(session)


def keep_recipe(session: WriteSession, ada: Principal, **cycles: Any) -> str:
    values = {
        "flow_cell": "novaseq_x_10b",
        "read1_cycles": 151,
        "read2_cycles": 151,
        "index1_cycles": 10,
        "index2_cycles": 10,
    }
    return reference_service.add_entry(
        session,
        ada,
        kind=ReferenceKind.RECIPE,
        name="Paired 151",
        content=RecipeContent.model_validate(values | cycles),
        source="A test",
    ).key


def planned(session: WriteSession, ada: Principal, instrument: Instrument, recipe: str) -> RunBar:
    project = make_project(session, ada)
    request = make_request(
        session, project, make_libraries(session, project, 4), state=RequestState.POOLED
    )
    start, end = slot(0, 24)
    plan = RunPlanIn(
        instrument_id=instrument.id,
        start_at=start,
        end_at=end,
        recipe=recipe,
        lanes=[LaneIn(pool_id=pool_of(session, request), lane=1)],
    )
    return run_plans.plan_run(session, ada, plan=plan)


def plan_of(session: WriteSession, ada: Principal, code: str) -> RunPlan:
    return queries.get_plan(session, ada, code)


def sheet_of(session: WriteSession, ada: Principal, code: str) -> str:
    draft = queries.draft_sheet(session, ada, code)
    assert draft is not None
    return draft.content.decode()


def index_check(plan: RunPlan) -> Check:
    return next(each for each in plan.checks if each.kind is CheckKind.INDEX_LENGTH)


def test_a_sheet_has_the_cycles_of_the_recipe_and_masks_shorter_indexes(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    code = planned(session, ada, instrument, keep_recipe(session, ada)).run_code

    sheet = sheet_of(session, ada, code)

    assert "Read1Cycles,151" in sheet
    assert "Index1Cycles,10" in sheet
    assert "Y151;I8N2;N2I8;Y151" in sheet
    plan = plan_of(session, ada, code)
    assert plan.recipe == "Paired 151, version 1"
    assert index_check(plan).verdict is CheckVerdict.WARNING


def test_without_a_recipe_cycles_follow_from_the_libraries(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    code = planned(session, ada, instrument, "").run_code

    assert "Index1Cycles,8" in sheet_of(session, ada, code)
    assert plan_of(session, ada, code).recipe == ""
    assert session.scalars(select(SequencingRun.recipe_version_id)).one() is None


def test_a_later_version_changes_no_run_that_is_planned(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    key = keep_recipe(session, ada)
    code = planned(session, ada, instrument, key).run_code
    reference_service.revise_entry(
        session,
        ada,
        kind=ReferenceKind.RECIPE,
        key=key,
        based_on=1,
        content=RecipeContent(
            flow_cell="novaseq_x_10b",
            read1_cycles=101,
            read2_cycles=101,
            index1_cycles=8,
            index2_cycles=8,
        ),
        source="A test",
        reason="Shorter",
    )

    assert "Read1Cycles,151" in sheet_of(session, ada, code)


def test_an_index_that_the_recipe_does_not_read_whole_stops_the_release(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    key = keep_recipe(session, ada, index1_cycles=6, index2_cycles=0)
    plan = plan_of(session, ada, planned(session, ada, instrument, key).run_code)

    found = index_check(plan)

    assert found.verdict is CheckVerdict.FAIL
    assert [each.partition(":")[0] for each in found.sentences] == [
        "i7 has 8 bases and the recipe reads 6 cycles",
        "i5 has 8 bases and the recipe reads 0 cycles",
    ]


def test_indexes_as_long_as_the_recipe_reads_pass() -> None:
    i7, i5 = INDEX_PAIRS[0]
    library = LaneLibrary(
        lane=1,
        pool_code="P-0001",
        request_code="SQ-0001",
        project_code="HELIX",
        sample_id=UUID(int=1),
        barcode="LIB-1",
        name="One",
        index_i7=i7,
        index_i5=i5,
        reads_millions=Decimal(30),
        read_length=151,
    )
    facts = RunFacts(
        lanes=8,
        usable_millions=1000,
        orientation=I5Orientation.FORWARD,
        chemistry=Chemistry.XLEAP,
        libraries=[library],
        cycles=Cycles(read1=151, read2=151, index1=8, index2=8),
        pools=[],
        loads={1: 30.0},
        today=date(2026, 12, 1),
    )

    found = next(each for each in check_run(facts) if each.kind is CheckKind.INDEX_LENGTH)

    assert (found.verdict, found.title) == (
        CheckVerdict.PASS,
        "Index length 8 + 8, as the recipe reads",
    )


def test_a_recipe_of_another_flow_cell_is_refused_with_those_that_fit(
    session: WriteSession, ada: Principal
) -> None:
    make_instrument(session)
    key = keep_recipe(session, ada)
    miseq = make_instrument(session, name="MiSeq-1", model="miseq_v3", lanes=1)

    with pytest.raises(RequestRefused, check=says(f"by no recipe “{key}”. Those that fit: none")):
        planned(session, ada, miseq, key)


def test_a_recipe_that_reads_less_than_is_asked_for_is_refused(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    key = keep_recipe(session, ada, read1_cycles=101, read2_cycles=101)

    with pytest.raises(LaneRefused, match="ask for 2 × 151 and Paired 151 reads 2 × 101"):
        planned(session, ada, instrument, key)


def test_a_lane_yields_less_where_the_recipe_takes_more_phix(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    code = planned(session, ada, instrument, keep_recipe(session, ada, phix_percent="10")).run_code

    # 1,250 M less 10 % PhiX and 5 % undetermined, planned to 90 %.
    assert plan_of(session, ada, code).usable_millions == pytest.approx(961.875)


def test_more_than_a_lane_yields_beside_the_recipes_phix_is_refused(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    key = keep_recipe(session, ada, phix_percent="90")

    with pytest.raises(LaneRefused, match="Lane 1 would need 120 M reads; it yields 107 M"):
        planned(session, ada, instrument, key)


def test_the_form_offers_a_recipe_for_the_flow_cell_that_it_is_of(
    session: WriteSession, ada: Principal, instrument: Instrument
) -> None:
    make_instrument(session, name="MiSeq-1", model="miseq_v3", lanes=1)
    keep_recipe(session, ada, run_hours="44.5")

    (offered,) = plan_form.known_recipes(reference_queries.recipes(session))
    cells = plan_form.known_flow_cells(board_queries.list_instruments(session, ada))

    assert offered == {
        "value": "paired_151",
        "label": "Paired 151, 151 + 10 + 10 + 151",
        "hours": 44.5,
        "flow_cell": instrument.model,
    }
    assert [each["instrument"] for each in cells if each["value"] == instrument.model] == [
        str(instrument.id)
    ]


@pytest.mark.parametrize(
    ("picked", "taken"), [(None, ""), ("", ""), (ids.NO_RECIPE, ""), ("paired_151", "paired_151")]
)
def test_the_form_takes_a_recipe_or_none(picked: str | None, taken: str) -> None:
    plan = forms.parse_plan(
        instrument=str(UUID(int=1)),
        flow_cell="novaseq_x_10b",
        recipe=picked,
        start="2026-12-01T09:00",
        hours=44,
        lanes=[(str(UUID(int=2)), 1)],
        zone=ZoneInfo("Europe/Berlin"),
    )

    assert (plan.flow_cell, plan.recipe) == ("novaseq_x_10b", taken)
