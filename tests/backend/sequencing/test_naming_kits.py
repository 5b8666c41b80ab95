"""A person names the kit of libraries by hand: what it changes, and what it is refused for."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.models import Project, Sample
from backend.sequencing.errors import RequestNotFound
from backend.sequencing.ids import RequestState
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.kit_naming import queries, service
from backend.sequencing.kit_naming.errors import LibrariesNotFound, MadeOnWorksheet, NotOfKit
from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.models import NamedKit
from backend.sequencing.kit_naming.schemas import KitNamingIn, LibrariesIn
from backend.sequencing.kit_naming.views import KitLine
from backend.sequencing.models import RequestSample, SequencingRun
from backend.sequencing.reference.errors import ReferenceNotFound
from backend.sequencing.released.errors import PlanNotFound
from backend.sequencing.released.models import RunRelease
from tests.backend.sequencing.test_library_kits import (
    ADAPTERS,
    MAY,
    UMIS,
    draft_of,
    keep_kit,
    made_here,
    revise_kit,
    run_of,
    settings_of,
)
from tests.factories.releases import release_of
from tests.factories.sequencing import (
    make_libraries,
    make_library,
    make_person,
    make_project,
    make_request,
)


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, *MAY)


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    return make_project(session, ada)


@pytest.fixture
def two_kits(session: WriteSession) -> None:
    """Two kits with the same pairs that record different UMIs: by its pair nobody can say."""
    keep_kit(session, "Own kit", **ADAPTERS)
    keep_kit(session, "Own kit with UMIs", **ADAPTERS, umis=UMIS)


def name(session: WriteSession, who: Principal, **said: Any) -> list[KitLine]:
    return service.name_kit(session, who, wish=KitNamingIn(**said))


def said_of(lines: list[KitLine]) -> list[tuple[str, KitSource] | None]:
    return [(each.kit.name, each.kit.source) if each.kit else None for each in lines]


def kit_audits(session: WriteSession, key: UUID) -> list[tuple[Any, Any, str | None]]:
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity_id == key, AuditEntry.action.like("sequencing.library_kit%"))
        .order_by(AuditEntry.id)
    )
    return [(row.old_values, row.new_values, row.reason) for row in rows]


@pytest.mark.usefixtures("two_kits")
def test_a_kit_that_is_named_brings_its_umis_into_the_sheet_and_says_who_named_it(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = run_of(session, ada, project, make_libraries(session, project, 2))

    lines = name(session, ada, run=code, kit="own_kit_with_umis")

    assert said_of(lines) == [("Own kit with UMIs", KitSource.BY_HAND)] * 2
    assert {each.kit.named_by_name for each in lines if each.kit} == {"Ada"}
    draft = draft_of(session, ada, code)
    assert settings_of(draft)["OverrideCycles"] == "Y151;I8U9;I8;Y151"
    assert draft.notes == (
        (
            "2 libraries were named by hand as of Own kit with UMIs: adapters and UMIs are those "
            "of this kit."
        ),
    )


@pytest.mark.usefixtures("two_kits")
def test_what_was_named_is_audited_once_and_can_be_named_anew_and_taken_back(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    (library,) = make_libraries(session, project, 1)
    request = make_request(session, project, [library])
    code = f"SQ-{request.number:04d}"

    name(session, ada, libraries=[library.barcode], kit="own_kit")
    name(session, ada, request=code, kit="own_kit")
    name(session, ada, request=code, kit="own_kit_with_umis", reason="It was the other box")
    (after,) = name(session, ada, libraries=[library.barcode], reason="Not sure")
    name(session, ada, libraries=[library.barcode])

    own, other = "Own kit, version 1", "Own kit with UMIs, version 1"
    assert kit_audits(session, library.id) == [
        ({"kit": None}, {"kit": own}, None),
        ({"kit": own}, {"kit": other}, "It was the other box"),
        ({"kit": other}, {"kit": None}, "Not sure"),
    ]
    types = session.scalars(
        select(OutboxEvent.type)
        .where(OutboxEvent.aggregate_id == library.id)
        .order_by(OutboxEvent.seq)
    ).all()
    assert types == [
        "sequencing.library_kit_named",
        "sequencing.library_kit_named",
        "sequencing.library_kit_taken_back",
    ]
    assert after.kit is None
    assert "record different adapters or UMIs" in after.why_unknown
    assert session.get(NamedKit, library.id) is None


def test_a_kit_without_the_pair_of_a_library_is_refused_whole_and_the_library_is_named(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit")
    one = make_libraries(session, project, 1)[0]
    strange = make_library(session, project, index_i7="ACACACAC", index_i5="GTGTGTGT")
    make_request(session, project, [one, strange])

    with pytest.raises(NotOfKit) as refused:
        name(session, ada, libraries=[one.barcode, strange.barcode], kit="own_kit")

    assert f"Own kit does not have the index pair of {strange.barcode} (ACACACAC+GTGTGTGT)." in (
        refused.value.message
    )
    assert session.scalars(select(NamedKit)).all() == []


def test_a_pair_that_was_written_as_it_is_read_is_of_the_kit_none_the_less(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS)
    library = make_libraries(session, project, 1)[0]
    library.index_i5 = reverse_complement(library.index_i5 or "")
    make_request(session, project, [library])

    lines = name(session, ada, libraries=[library.barcode], kit="own_kit")

    assert said_of(lines) == [("Own kit", KitSource.BY_HAND)]


def test_a_worksheet_counts_before_a_person_and_a_person_before_a_guess(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS, umis=UMIS)
    mine = made_here(session, ada, project)[0]
    _, other, third = make_libraries(session, project, 3)
    code = run_of(session, ada, project, [mine, other, third])
    keep_kit(session, "Twin of it", **ADAPTERS, umis=UMIS)

    before = queries.list_kits(ReadSession(session), ada, of=LibrariesIn(run=code))
    name(session, ada, libraries=[other.barcode], kit="twin_of_it")
    after = queries.list_kits(ReadSession(session), ada, of=LibrariesIn(run=code)).lines

    guess = ("Own kit or Twin of it", KitSource.GUESSED)
    of_worksheet = ("Own kit", KitSource.WORKSHEET)
    assert said_of(list(before.lines)) == [of_worksheet, guess, guess]
    assert said_of(list(after)) == [of_worksheet, ("Twin of it", KitSource.BY_HAND), guess]
    assert after[0].kit is not None
    assert after[0].kit.worksheet.startswith("LP-")
    assert [(each.name, each.held) for each in before.choices] == [
        ("Own kit", 3),
        ("Twin of it", 3),
    ]


def test_of_a_run_those_of_worksheets_are_passed_over_but_not_where_they_are_picked(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS)
    mine = made_here(session, ada, project)[0]
    other = make_libraries(session, project, 2)[1]
    code = run_of(session, ada, project, [mine, other])
    keep_kit(session, "Twin of it", **ADAPTERS)

    lines = name(session, ada, run=code, lane=1, kit="twin_of_it")
    with pytest.raises(MadeOnWorksheet) as refused:
        name(session, ada, libraries=[mine.barcode], kit="twin_of_it")

    assert {each.library.barcode: each.kit.source for each in lines if each.kit} == {
        mine.barcode: KitSource.WORKSHEET,
        other.barcode: KitSource.BY_HAND,
    }
    assert mine.barcode in refused.value.message
    assert session.get(NamedKit, mine.id) is None


@pytest.mark.usefixtures("two_kits")
def test_a_release_is_void_when_the_kit_changes_what_its_sheet_says(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    code = run_of(session, ada, project, make_libraries(session, project, 2))
    run = session.scalars(select(SequencingRun)).one()
    release_of(session, run.id)

    name(session, ada, run=code, kit="own_kit_with_umis", reason="Told by the bench")

    released = session.scalars(select(RunRelease)).one()
    assert released.void_reason == "The kit of libraries was named by hand: Told by the bench"


def test_a_kit_does_not_count_once_the_library_carries_another_pair(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS)
    library = make_libraries(session, project, 1)[0]
    code = run_of(session, ada, project, [library])
    name(session, ada, libraries=[library.barcode], kit="own_kit")
    row = session.scalars(select(RequestSample)).one()
    row.index_i7, row.index_i5 = "ACACACAC", "GTGTGTGT"
    session.flush()

    draft = draft_of(session, ada, code)

    assert "AdapterRead1" not in settings_of(draft)
    assert any("named by hand does not have the index pair now" in each for each in draft.notes)


def test_a_named_kit_says_what_it_said_when_it_was_named(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit", **ADAPTERS)
    library = make_libraries(session, project, 1)[0]
    code = run_of(session, ada, project, [library])
    name(session, ada, run=code, kit="own_kit")

    revise_kit(session, "own_kit", adapter_read1="CTGTCTCTTATACACATCT")

    assert settings_of(draft_of(session, ada, code))["AdapterRead1"] == ADAPTERS["adapter_read1"]


def test_libraries_of_others_and_those_that_nobody_asked_for_are_not_found(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    keep_kit(session, "Own kit")
    others = make_libraries(session, make_project(session), 1)
    request = make_request(session, make_project(session), others)
    gone = make_libraries(session, project, 2)
    make_request(session, project, gone[1:], state=RequestState.CANCELLED)

    for barcode in (others[0].barcode, gone[0].barcode, gone[1].barcode, "LIB-NONE"):
        with pytest.raises(LibrariesNotFound, match=barcode):
            name(session, ada, libraries=[barcode], kit="own_kit")
    with pytest.raises(RequestNotFound):
        name(session, ada, request=f"SQ-{request.number:04d}", kit="own_kit")
    with pytest.raises(RequestNotFound):
        name(session, ada, request="mine", kit="own_kit")
    with pytest.raises(PlanNotFound):
        name(session, ada, run="NX-9999", kit="own_kit")


def test_naming_asks_for_a_kit_that_there_is_and_for_the_right_to_prepare(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    library: Sample = make_libraries(session, project, 1)[0]
    make_request(session, project, [library])
    reader = make_person(session, Permission.SEQUENCING_VIEW, Permission.SEQUENCING_PLAN)

    with pytest.raises(ReferenceNotFound, match="no_kit"):
        name(session, ada, libraries=[library.barcode], kit="no_kit")
    with pytest.raises(PermissionDenied):
        name(session, reader, libraries=[library.barcode], kit="own_kit")


@pytest.mark.parametrize(
    "said",
    [{}, {"run": "NX-0001", "request": "SQ-0001"}, {"request": "SQ-0001", "lane": 1}],
)
def test_libraries_are_chosen_in_one_way(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KitNamingIn(kit="own_kit", **said)
