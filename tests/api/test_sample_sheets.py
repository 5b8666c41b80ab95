"""Checking a sample sheet through the API."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from tests.api.conftest import Headers
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
