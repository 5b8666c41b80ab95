"""Sample sheets through the API: checked, and those of runs handed out."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.sequencing.models import SequencingRun
from tests.api.conftest import Headers
from tests.factories.releases import make_planned_run, release_of
from tests.factories.sequencing import make_project
from tests.support.sheets import V2

CHECK = "/api/v1/sequencing/sheets/check"
RUN_INFO = """<RunInfo><Run Id="R"><Reads>
<Read Number="1" NumCycles="151" IsIndexedRead="N"/>
<Read Number="2" NumCycles="8" IsIndexedRead="Y"/>
</Reads></Run></RunInfo>"""


def test_a_sheet_is_told_what_is_wrong_with_it(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    sent = {"sheet": V2.replace("1,S1,", "1, S1,")}

    answer = client.post(CHECK, json=sent, headers=signed_in(Role.ANALYST))

    assert (answer.status_code, answer.json["dialect"], answer.json["rows"]) == (
        200,
        "illumina_v2",
        3,
    )
    [found] = [each for each in answer.json["findings"] if each["code"] == "spaces"]
    assert (found["line"], found["column"]) == (20, 2)
    assert found["fix"]["edits"] == [{"line": 20, "column": 2, "text": "S1"}]


def test_what_the_run_reads_counts_before_what_the_sheet_says(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    sent = {"sheet": V2, "run_info": RUN_INFO}

    answer = client.post(CHECK, json=sent, headers=signed_in(Role.ANALYST))

    codes = {each["code"] for each in answer.json["findings"]}
    assert "reads_differ" in codes


def test_a_run_info_that_is_none_is_refused_with_its_sentence(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    sent = {"sheet": V2, "run_info": "no xml"}

    answer = client.post(CHECK, json=sent, headers=signed_in(Role.ANALYST))

    assert answer.status_code == 422
    assert "RunInfo cannot be read as XML" in answer.json["message"]


def test_spaces_and_bytes_that_are_no_letters_are_findings_and_no_crash(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    hostile = "=cmd|' /C calc'!A0," + "x" * 100_000 + "\n"

    answer = client.post(CHECK, json={"sheet": hostile}, headers=signed_in(Role.ANALYST))

    assert answer.status_code == 200
    assert answer.json["dialect"] is None
    assert answer.json["errors"] >= 1


def test_the_sheet_of_a_run_is_handed_out_and_its_releases_are_listed(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    headers = signed_in(Role.ANALYST)
    with writing() as session:
        code = make_planned_run(session, make_project(session))
        run_id = session.scalars(select(SequencingRun.id)).one()
        release_of(session, run_id)
    plan = f"/api/v1/sequencing/plans/{code}"

    draft = client.get(f"{plan}/sheet", headers=headers)
    kept = client.get(f"{plan}/sheet?release=1", headers=headers)
    releases = client.get(f"{plan}/releases", headers=headers)

    assert f"RunName,{code}" in draft.text
    assert kept.text == draft.text
    [only] = releases.json["items"]
    assert (only["number"], only["stands"], only["void_reason"]) == (1, True, "")


def test_a_release_that_is_not_there_is_not_found(
    client: FlaskClient, signed_in: Callable[..., Headers]
) -> None:
    headers = signed_in(Role.ANALYST)
    with writing() as session:
        code = make_planned_run(session, make_project(session))

    for path in (f"{code}/sheet?release=3", "NX-9999/sheet", "NX-9999/releases"):
        answer = client.get(f"/api/v1/sequencing/plans/{path}", headers=headers)
        assert answer.status_code == 404
