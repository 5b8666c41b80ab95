"""The workbook pages as they are drawn for who keeps workbooks and for who only reads them."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.blobs import MemoryStore
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.workbooks import queries, service
from backend.workbooks.ids import WorkbookId
from dashboard import gate
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY

SignedIn = Callable[..., FlaskClient]
LIST = "/documents/workbooks"


def sheet(*rows: str) -> bytes:
    return "\n".join(("Tube,Volume", *rows, "")).encode()


def kept(content: bytes, *, name: str = "Bench list.csv") -> WorkbookId:
    with writing() as session:
        added = service.add_workbook(
            session, EVERYBODY, file_name=name, content=content, files=MemoryStore()
        )
    return added.workbook_id


def drawn(client: FlaskClient, path: str, search: str = "") -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", path), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(("role", "offered"), [(Role.TECHNICIAN, True), (Role.ANALYST, False)])
def test_only_who_registers_is_offered_to_add_a_workbook(
    signed_in: SignedIn, role: Role, *, offered: bool
) -> None:
    page = drawn(signed_in(role), LIST)

    assert "Find in all sheets" in page
    assert ("Add a workbook" in page) is offered


def test_a_guest_sees_no_workbook(signed_in: SignedIn) -> None:
    key = kept(sheet(f"{new_id()},5"))

    pages = [drawn(signed_in(Role.GUEST), path) for path in (LIST, f"{LIST}/{key}")]

    assert all("Not included in your role" in page for page in pages)


def test_a_mistyped_address_says_that_there_is_no_such_workbook(signed_in: SignedIn) -> None:
    client = signed_in(Role.TECHNICIAN)

    assert "workbook" in drawn(client, f"{LIST}/nonsense").lower()
    assert "workbook" in drawn(client, f"{LIST}/{new_id()}").lower()


def test_the_newest_version_is_shown_and_an_older_one_by_its_number(signed_in: SignedIn) -> None:
    key, first, second = kept(sheet("A-1,5"), name=f"{new_id()}.csv"), new_id(), new_id()
    with writing() as session:
        for name in (first, second):
            content = sheet(f"{name},6")
            service.add_version(
                session,
                EVERYBODY,
                key,
                file_name=f"{name}.csv",
                content=content,
                files=MemoryStore(),
            )
    client = signed_in(Role.ANALYST)

    assert f"{second}.csv, " in drawn(client, f"{LIST}/{key}")
    assert f"{first}.csv, " in drawn(client, f"{LIST}/{key}", "?v=2")


def test_a_window_of_rows_is_answered_for_the_sheet_and_text_of_its_grid(
    signed_in: SignedIn,
) -> None:
    key = kept(sheet(*(f"TUBE-{number},{number}" for number in range(30))))
    with reading() as session:
        shown = queries.workbook(session, EVERYBODY, key).versions[0].sheets[0]
    grid = {"type": "workbook-rows", "sheet": str(shown.id), "find": "-2"}
    body = callback_request(
        "workbook-rows",
        inputs=[(grid, "getRowsRequest", {"startRow": 0, "endRow": 5})],
        state=[(grid, "id", grid)],
    )
    body["outputs"] = {"id": grid, "property": "getRowsResponse"}
    client = signed_in(Role.ANALYST)

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 200, answer.text
    told = next(iter(answer.get_json()["response"].values()))["getRowsResponse"]
    assert [row["c1"] for row in told["rowData"]] == ["2", "20", "21", "22", "23"]
    assert told["rowCount"] == 11


def test_who_may_not_register_sends_no_rows(signed_in: SignedIn) -> None:
    body = callback_request(
        "workbook-send-problems",
        inputs=[("workbook-send", "n_clicks", 1)],
        state=[
            ("workbook-send-which", "value", "all"),
            ("workbook-send-project", "value", "ANY"),
        ],
    )
    body["state"] += [[], {"id": "workbook-sheet", "property": "data", "value": str(UUID(int=0))}]
    client = signed_in(Role.ANALYST)

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 403
