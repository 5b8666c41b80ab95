"""What the kits of a run's libraries bring into its sheet: made here, or recognised."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.models import Project, Sample
from backend.sequencing import run_plans
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRun
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.kit_files import KitFile
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.released import queries
from backend.sequencing.released.checks import failing
from backend.sequencing.released.gathering import on_run
from backend.sequencing.released.ids import CheckKind
from backend.sequencing.released.sheet_making import Draft
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.preparation import BENCH, finish, make_input, make_protocol, make_worksheet
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import (
    INDEX_PAIRS,
    make_instrument,
    make_libraries,
    make_person,
    make_project,
    make_request,
    pool_of,
    slot,
)

KIT = ReferenceKind.INDEX_KIT
MAY = (*BENCH, Permission.SEQUENCING_PLAN, Permission.SEQUENCING_CONFIGURE)
ADAPTERS = {"adapter_read1": "AGATCGGAAGAGC", "adapter_read2": "AGATCGGAAGAGCG"}
UMIS = [{"read": "index1", "length": 9}]
WELLS = [
    {"well": f"{row}01", "name": f"U{row}", "i7": i7, "i5": i5}
    for row, (i7, i5) in zip("ABCD", INDEX_PAIRS, strict=False)
]


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, *MAY)


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    return make_project(session, ada)


def keep_kit(session: WriteSession, name: str, **carries: Any) -> None:
    content = {"maker": "Us", "wells": WELLS, **carries}
    reference_service.add_entry(
        session, EVERYBODY, kind=KIT, name=name, content=content, source="A test"
    )


def revise_kit(session: WriteSession, key: str, **carries: Any) -> None:
    standing = reference_queries.index_kit(session, key)
    reference_service.revise_entry(
        session,
        EVERYBODY,
        kind=KIT,
        key=key,
        based_on=standing.number,
        content=standing.content.model_dump() | carries,
        source="A test",
        reason="Its maker's sheet.",
    )


def keep_recipe(session: WriteSession, settings: list[dict[str, str]], **given: Any) -> str:
    content = {
        "flow_cell": "novaseq_x_10b",
        "read1_cycles": 151,
        "read2_cycles": 151,
        "index1_cycles": 8,
        "index2_cycles": 8,
        "sheet_settings": settings,
        **given,
    }
    made = reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.RECIPE,
        name="Own recipe",
        content=content,
        source="A test",
    )
    return made.key


def run_of(
    session: WriteSession,
    ada: Principal,
    project: Project,
    libraries: list[Sample],
    *,
    recipe: str = "",
) -> str:
    request = make_request(session, project, libraries, state=RequestState.POOLED)
    start, end = slot(0, 24)
    plan = RunPlanIn(
        instrument_id=make_instrument(session).id,
        start_at=start,
        end_at=end,
        recipe=recipe,
        lanes=[LaneIn(pool_id=pool_of(session, request), lane=1)],
    )
    return run_plans.plan_run(session, ada, plan=plan).run_code


def draft_of(session: WriteSession, ada: Principal, code: str) -> Draft:
    draft = queries.draft_sheet(ReadSession(session), ada, code)
    assert draft is not None
    assert not draft.seen.has_errors, draft.seen.findings
    return draft


def settings_of(draft: Draft) -> dict[str, str]:
    assert draft.seen.sheet is not None
    return {each.key: each.value for each in draft.seen.sheet.settings}


def made_here(session: WriteSession, ada: Principal, project: Project) -> list[Sample]:
    """Two libraries, by well, of a worksheet whose protocol has the kit "Own kit"."""
    protocol = make_protocol(session, kit_key="own_kit", index_pairs="")
    inputs = [make_input(session, project) for _ in range(2)]
    sheet = finish(session, ada, make_worksheet(session, ada, inputs, protocol_id=protocol))
    codes = [well.library_barcode for well in sheet.wells if well.library_barcode]
    made = session.scalars(select(Sample).where(Sample.barcode.in_(codes)))
    return sorted(made, key=lambda each: codes.index(each.barcode))


def test_a_library_that_was_made_here_has_what_its_protocols_kit_said(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS, umis=UMIS)
    libraries = made_here(session, ada, project)
    revise_kit(session, "own_kit", umis=[], adapter_read1="CTGTCTCTTATACACATCT")

    draft = draft_of(session, ada, run_of(session, ada, project, libraries))

    assert settings_of(draft) == {
        "FastqCompressionFormat": "gzip",
        "OverrideCycles": "Y151;I8U9;I8;Y151",
        "TrimUMI": "1",
        "AdapterRead1": "AGATCGGAAGAGC",
        "AdapterRead2": "AGATCGGAAGAGCG",
    }
    assert draft.seen.sheet is not None
    assert draft.seen.sheet.cycles is not None
    assert draft.seen.sheet.cycles.index1 == 17
    assert not any("recognised" in each for each in draft.notes)


def test_what_is_entered_later_counts_where_the_used_version_said_nothing(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit")
    libraries = made_here(session, ada, project)
    code = run_of(session, ada, project, libraries)
    assert "AdapterRead1" not in settings_of(draft_of(session, ada, code))
    run = session.scalars(select(SequencingRun)).one()
    before = on_run(session, run).digest

    revise_kit(session, "own_kit", **ADAPTERS)

    assert settings_of(draft_of(session, ada, code))["AdapterRead1"] == "AGATCGGAAGAGC"
    assert on_run(session, run).digest != before


def test_a_library_from_outside_is_recognised_by_its_pair_and_that_is_said(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    add_usual_reference(session, EVERYBODY)
    libraries = make_libraries(session, project, 3)

    draft = draft_of(session, ada, run_of(session, ada, project, libraries))

    assert settings_of(draft)["AdapterRead1"] == "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"
    assert draft.notes == (
        (
            "3 libraries were recognised as of IDT for Illumina TruSeq DNA and RNA UD, 96 by index "
            "pairs: adapters and UMIs are those of this kit."
        ),
    )


def test_a_pair_that_kits_disagree_on_is_not_guessed_at(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS)
    keep_kit(session, "Own kit with UMIs", **ADAPTERS, umis=UMIS)
    code = run_of(session, ada, project, make_libraries(session, project, 2))

    draft = draft_of(session, ada, code)

    assert settings_of(draft) == {"FastqCompressionFormat": "gzip"}
    assert "several kits have the index pair and record different" in draft.notes[0]


def test_without_kits_the_sheet_says_why_it_has_no_adapters(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = run_of(session, ada, project, make_libraries(session, project, 2))

    assert (
        "no index kit of the reference data has the index pair"
        in draft_of(session, ada, code).notes[0]
    )


def test_the_settings_of_a_recipe_stand_in_its_sheet(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    make_instrument(session)
    recipe = keep_recipe(
        session,
        [
            {"key": "NoLaneSplitting", "value": "true"},
            {"key": "SoftwareVersion", "value": "4.3.13"},
        ],
    )
    libraries = make_libraries(session, project, 2)

    draft = draft_of(session, ada, run_of(session, ada, project, libraries, recipe=recipe))

    assert settings_of(draft) == {
        "FastqCompressionFormat": "gzip",
        "NoLaneSplitting": "true",
        "SoftwareVersion": "4.3.13",
    }


def test_mismatches_of_a_recipe_that_make_a_lane_collide_stand_against_its_release(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    make_instrument(session)
    recipe = keep_recipe(session, [{"key": "BarcodeMismatchesIndex1", "value": "2"}])
    near = make_libraries(session, project, 2)
    # Four bases apart: told apart with one mismatch forgiven, and not with two.
    near[0].index_i7, near[1].index_i7 = "AAAACCCC", "TTTTCCCC"
    near[1].index_i5 = near[0].index_i5
    session.flush()
    code = run_of(session, ada, project, near, recipe=recipe)

    plan = queries.get_plan(ReadSession(session), ada, code)

    stopping = {each.kind: each for each in failing(plan.checks)}
    assert CheckKind.COLLISIONS not in stopping
    assert "cannot be told apart" in stopping[CheckKind.SHEET].sentences[0]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("OverrideCycles", "Y151", "follows from the kits and the cycles"),
        ("AdapterRead1", "ACGT", "follows from the kits and the cycles"),
        ("NoLaneSplitting", "maybe", "“maybe” is not true or false"),
        ("Trim", "1", "is no setting of a sample sheet"),
    ],
)
def test_a_setting_that_no_format_has_is_refused(
    session: WriteSession, key: str, value: str, said: str
) -> None:
    make_instrument(session)
    with pytest.raises(ReferenceRefused) as refused:
        keep_recipe(session, [{"key": key, "value": value}])

    assert said in refused.value.fields["sheet_settings"]


@pytest.mark.parametrize(
    ("carries", "field", "said"),
    [
        ({"adapter_read1": "ACGX"}, "adapter_read1", "cannot stand there"),
        ({"umis": UMIS * 2}, "umis", "Index 1 has two UMIs"),
        ({"umis": [{"read": "read1", "length": 8, "before_index": True}]}, "umis", "has no index"),
        ({"umis": [{"read": "read1", "length": 0}]}, "umis", "at least 1"),
    ],
)
def test_adapters_and_umis_that_cannot_be_are_refused(
    session: WriteSession, carries: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ReferenceRefused) as refused:
        keep_kit(session, "Own kit", **carries)

    assert said in refused.value.fields[field]


def test_a_kit_that_is_imported_again_keeps_what_it_carried(session: WriteSession) -> None:
    table = "well,name,i7,i5\nA1,U1,ACGTACGT,TTGGAACC\n"

    def bring(text: str, **carries: Any) -> None:
        reference_service.import_index_kit(
            session,
            EVERYBODY,
            files=[KitFile("own.csv", text.encode())],
            name="Own kit",
            maker="Us",
            source="A test",
            carries=carries,
        )

    bring(table, **ADAPTERS, umis=UMIS)
    bring(f"{table}B1,U2,GGTTCCAA,CCAAGGTT\n", adapter_read1="", umis=[])
    bring(f"{table}B1,U2,GGTTCCAA,CCAAGGTA\n", adapter_read2="CTGTCTCTTATACACATCT")

    versions = reference_queries.index_kit_versions(session, "own_kit")
    assert [len(each.content.wells) for each in versions] == [2, 2, 1]
    assert [each.content.adapter_read2 for each in versions] == [
        "CTGTCTCTTATACACATCT",
        ADAPTERS["adapter_read2"],
        ADAPTERS["adapter_read2"],
    ]
    assert all(each.content.umis == versions[0].content.umis for each in versions)
    assert len(versions[0].content.umis) == 1
