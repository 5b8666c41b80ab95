"""A template is named for a list as KEY or KEY@VERSION, at a terminal and through the API."""

import pytest

from backend.core.blobs import MemoryStore
from backend.core.errors import AppError, InvalidInput
from backend.core.sessions import WriteSession
from backend.templates import definition_queries
from backend.templates.errors import TemplateNotFound, TemplateNotInUse
from backend.templates.models import SampleImport
from backend.templates.reading.headings import match_columns, sureness
from backend.templates.service import defining, imports
from backend.templates.views import TemplateUsed
from tests.backend.templates.test_entering import project
from tests.backend.templates.test_template_file import filled
from tests.factories.samples import EVERYBODY

__all__ = ["project"]

KEY = "ward-intake"
THEIRS = b"Their ID,Kept at,Ward,Amount\nB-1,,A1,0.5\n"


@pytest.fixture
def second(session: WriteSession, project: str) -> str:
    """Return the project, with a second version of the template in use."""
    defining.open_draft(session, EVERYBODY, key=KEY)
    defining.publish(session, EVERYBODY, key=KEY, note="Second.")
    return project


def used(session: WriteSession, code: str, named: str) -> TemplateUsed | None:
    return imports.examine_file(
        session,
        EVERYBODY,
        file_name="theirs.csv",
        content=THEIRS,
        project_code=code,
        template=named,
    ).template


def test_a_key_alone_means_the_version_in_use(session: WriteSession, second: str) -> None:
    found = used(session, second, KEY)

    assert found == TemplateUsed(key=KEY, version=2, name="Ward intake", by_stamp=False)


def test_a_version_can_be_named(session: WriteSession, second: str) -> None:
    found = used(session, second, f"{KEY}@1")

    assert found is not None
    assert found.version == 1


def test_its_synonyms_and_defaults_hold_when_a_file_is_imported(
    session: WriteSession, project: str
) -> None:
    done = imports.import_file(
        session,
        EVERYBODY,
        file_name="theirs.csv",
        content=THEIRS,
        project_code=project,
        files=MemoryStore(),
        template=KEY,
    )

    assert (done.registered, done.left) == (1, 0)
    assert session.get_one(SampleImport, done.import_id).template_version_id is not None


@pytest.mark.parametrize(
    ("named", "refusal", "said"),
    [
        ("nothing", TemplateNotFound, "There are: ward-intake."),
        (f"{KEY}@9", TemplateNotFound, "There are: 1, 2, 3."),
        (f"{KEY}@latest", InvalidInput, "KEY@VERSION"),
        (f"{KEY}@1", TemplateNotInUse, "not in use any more: Old. Use version 2."),
        (f"{KEY}@3", TemplateNotInUse, "is a draft. Publish it first. Use version 2."),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_take(
    session: WriteSession, second: str, named: str, refusal: type[AppError], said: str
) -> None:
    defining.deprecate(session, EVERYBODY, key=KEY, number=1, reason="Old.")
    defining.open_draft(session, EVERYBODY, key=KEY)

    with pytest.raises(refusal) as raised:
        used(session, second, named)

    assert said in raised.value.message


def test_a_stamp_goes_before_the_named_one_and_it_is_said(
    session: WriteSession, project: str
) -> None:
    version = definition_queries.get_version(session, EVERYBODY, KEY, 1)
    defining.clone_template(session, EVERYBODY, key=KEY, new_key="other", name="Other")
    defining.publish(session, EVERYBODY, key="other", note="First.")

    seen = imports.examine_file(
        session,
        EVERYBODY,
        file_name="filled.xlsx",
        content=filled(version, ("B-1", "", "", "", "", "")),
        project_code=project,
        template="other",
    )

    assert seen.template is not None
    assert (seen.template.key, seen.template.by_stamp) == (KEY, True)
    assert "template_overruled" in {finding.code for finding in seen.findings}


def test_without_a_laboratory_a_template_cannot_be_named() -> None:
    with pytest.raises(InvalidInput, match="No laboratory is running"):
        imports.examine_file(None, EVERYBODY, file_name="theirs.csv", content=THEIRS, template=KEY)


def test_a_suggestion_says_what_it_resembles_and_how_sure_that_is() -> None:
    (match,) = match_columns(("Concentratoin",))

    assert (match.like, sureness(match.score)) == ("concentration", "likely")
    assert sureness(96) == "almost certain"
    assert sureness(85) == "a guess"
