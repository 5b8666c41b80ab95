"""A file of very many labels is asked of a worker; it is refused before it is asked in vain."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, NotFound, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.labels import queries, rules, service, sheet_files
from backend.labels.errors import ReasonNeeded, SheetNotFound
from backend.labels.schemas import SheetsInput
from backend.samples import service as samples_service
from backend.samples.schemas import SampleFilters, SampleOrder
from backend.samples.stored_queries import QueryNotFound
from backend.work.models import Job
from tests.factories.people import make_user
from tests.factories.samples import make_project, make_sample

MakePrincipal = Callable[..., Principal]
ASKED = SheetsInput(sheet="a4-65", template="cryo")


@pytest.fixture
def person(session: WriteSession, principal_of: MakePrincipal) -> Principal:
    return principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.LABELS_PRINT,
        user_id=UserId(make_user(session).id),
    )


@pytest.fixture
def code(session: WriteSession) -> str:
    return make_project(session).code


@pytest.fixture
def samples(session: WriteSession, code: str) -> list[UUID]:
    return [make_sample(session, code).id for _ in range(3)]


def _printed(session: WriteSession, person: Principal, key: UUID) -> None:
    part = sheet_files.part_of(session, person, asked=ASKED, keys=[key])
    service.keep_sheets(session, person, asked=ASKED, labels=part.labels)


def _keys(session: WriteSession, person: Principal, asked: SheetsInput, ids: list[UUID]) -> object:
    return sheet_files.keys_of(session, person, asked=asked, query_id=None, sample_ids=ids)


def test_a_file_of_a_selection_is_asked_for_by_the_query_and_carries_no_sample(
    session: WriteSession, person: Principal, code: str, samples: list[UUID]
) -> None:
    query = samples_service.store_query(
        session, person, filters=SampleFilters(project_codes=(code,)), order=SampleOrder()
    )

    job_id = service.request_sheets(session, person, asked=ASKED, query_id=query.id)

    job = session.scalars(select(Job).where(Job.id == job_id)).one()
    assert (job.kind, job.queue) == ("labels.sheets", "long")
    assert job.arguments["query_id"] == str(query.id)
    assert job.arguments["sample_ids"] == []
    found = sheet_files.keys_of(session, person, asked=ASKED, query_id=query.id, sample_ids=())
    assert found == sorted(samples)


def test_named_samples_keep_their_order_and_who_has_a_label_is_left_out(
    session: WriteSession, person: Principal, samples: list[UUID]
) -> None:
    first, second, third = samples
    _printed(session, person, second)

    every = ASKED.model_copy(update={"only_new": False})

    assert _keys(session, person, ASKED, [third, second, first]) == [third, first]
    assert _keys(session, person, every, [third, second, third]) == [third, second]


def test_a_label_printed_before_needs_a_reason(
    session: WriteSession, person: Principal, samples: list[UUID]
) -> None:
    _printed(session, person, samples[0])
    every = ASKED.model_copy(update={"only_new": False})

    with pytest.raises(ReasonNeeded):
        service.request_sheets(session, person, asked=every, sample_ids=samples)

    given = every.model_copy(update={"reason": "Labels came off"})
    assert service.request_sheets(session, person, asked=given, sample_ids=samples)


def test_copies_stand_side_by_side_and_a_code_without_room_is_left_out(
    session: WriteSession, person: Principal, code: str, samples: list[UUID]
) -> None:
    long = make_sample(session, code, barcode=f"L{'7Q' * 30}").id
    twice = ASKED.model_copy(update={"copies": 2, "template": "cap"})

    part = sheet_files.part_of(session, person, asked=twice, keys=[samples[0], long])

    assert len(part.labels) == 1
    assert [each.content for each in part.layouts] == [part.labels[0]] * 2
    assert part.too_long == 1
    assert "1 left out whose code is too long" in rules.words_of_sheets(1, of=2, too_long=1)


@pytest.mark.parametrize(
    ("asked", "refusal", "said"),
    [
        (ASKED.model_copy(update={"copies": 7}), InvalidInput, "at most 20 labels; these are 21"),
        (ASKED.model_copy(update={"start_at": 66}), InvalidInput, "labels 1 to 65"),
        (ASKED.model_copy(update={"sheet": "none"}), SheetNotFound, "no sheet"),
    ],
)
def test_what_cannot_be_made_is_refused_before_a_worker_is_asked(  # noqa: PLR0917 -- fixtures
    session: WriteSession,
    person: Principal,
    samples: list[UUID],
    monkeypatch: pytest.MonkeyPatch,
    asked: SheetsInput,
    refusal: type[Exception],
    said: str,
) -> None:
    monkeypatch.setattr(sheet_files, "MOST_OF_A_FILE", 20)

    with pytest.raises(refusal, match=said):
        service.request_sheets(session, person, asked=asked, sample_ids=samples)


def test_nothing_left_to_print_is_said(
    session: WriteSession, person: Principal, samples: list[UUID]
) -> None:
    _printed(session, person, samples[0])

    with pytest.raises(InvalidInput, match="No label is left"):
        service.request_sheets(session, person, asked=ASKED, sample_ids=samples[:1])


def test_only_whoever_selected_and_may_print_asks_and_takes_the_file_out(
    session: WriteSession, person: Principal, principal_of: MakePrincipal, samples: list[UUID]
) -> None:
    job_id = service.request_sheets(session, person, asked=ASKED, sample_ids=samples)
    reader = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)

    with pytest.raises(PermissionDenied):
        service.request_sheets(session, reader, asked=ASKED, sample_ids=samples)
    with pytest.raises(QueryNotFound):
        service.request_sheets(session, person, asked=ASKED, query_id=new_id())
    with pytest.raises(NotFound):
        sheet_files.finished_sheets(session, person, job_id)
    assert queries.list_prints(session, person) == []
