"""The one search field: a code is jumped to, a question opens the list, the rest is said."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from backend.core.principal import Permission, Principal
from backend.core.transaction import writing
from dashboard import search
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.factories.storage import make_freezer

PrincipalOf = Callable[..., Principal]

pytestmark = pytest.mark.usefixtures("laboratory")


@pytest.fixture
def laboratory(bound_database: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the code of a project with three samples."""
    monkeypatch.setattr(search, "lab_zone", lambda: ZoneInfo("Europe/Berlin"))
    with writing() as session:
        code = make_project(session).code
        for number in range(3):
            make_sample(session, code, name=f"{code} liver {number}", volume_ul=10 + number)
    return code


def _answer(typed: str) -> search.Answer:
    return search.answer_to(typed, EVERYBODY)


def test_a_barcode_is_jumped_to(laboratory: str) -> None:
    with writing() as session:
        code = make_sample(session, laboratory).barcode

    assert _answer(code.lower()).address == f"/samples/{code}"


def test_a_place_is_jumped_to() -> None:
    with writing() as session:
        label = make_freezer(session).label

    assert _answer(label).address == f"/storage/{label}"


def test_the_start_of_a_name_opens_the_list_of_those(laboratory: str) -> None:
    assert _answer(f"{laboratory} liver").address == f"/samples?f=text:{laboratory}+liver"


def test_a_name_that_one_sample_has_leads_to_it(laboratory: str) -> None:
    address = _answer(f"{laboratory} liver 1").address

    assert address is not None
    assert address.startswith("/samples/")


def test_a_question_becomes_filters(laboratory: str) -> None:
    address = _answer(f"project:{laboratory.lower()} volume < 0.0115 mL created:today").address

    assert address == f"/samples?f=project:{laboratory.lower()},volume:%3C11.5,created:today"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("volume < 5 gallons", "nL, uL or mL"),
        ("rna colour:red", "character 5"),
        ("box:NOWHERE-1", "no place called NOWHERE-1"),
        ("volume > 99999 uL", "None of your samples matches volume>99999 uL"),
        ('""', "what to look for"),
    ],
)
def test_what_leads_nowhere_is_said(typed: str, word: str) -> None:
    answer = _answer(typed)

    assert answer.address is None
    assert word in answer.sentence


def test_a_code_that_nothing_carries_has_no_sentence_of_its_own() -> None:
    assert _answer("XX-999999999") == search.Answer()


def test_a_scan_is_a_code_and_never_a_question() -> None:
    assert search.answer_to("created:today", EVERYBODY, scanned=True) == search.Answer()


def test_who_may_not_see_samples_is_not_told_of_them(
    laboratory: str, principal_of: PrincipalOf
) -> None:
    stranger = principal_of(Permission.ACCOUNT_SELF)

    assert search.answer_to(f"project:{laboratory}", stranger) == search.Answer()


def test_samples_of_other_projects_are_not_found(
    laboratory: str, principal_of: PrincipalOf
) -> None:
    stranger = principal_of(Permission.SAMPLES_VIEW)

    answer = search.answer_to(f"project:{laboratory}", stranger)

    assert answer.address is None
