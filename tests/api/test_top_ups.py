"""Top-ups and the libraries of a draft over the API."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.sequencing import run_plans
from backend.sequencing.pooling import service
from backend.sequencing.pooling.schemas import PoolChangeIn, PoolReadyIn
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.pools import draft, measured_libraries
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_instrument, make_project, make_request, slot

SignedIn = Callable[..., Headers]
ALL = "/api/v1/sequencing/pools"
DECIDE = "/api/v1/sequencing/top-ups"


def loaded() -> tuple[str, list[str]]:
    """A pool of three libraries on a run, 30 M reads wanted of each."""
    with writing() as session:
        project = make_project(session)
        libraries = measured_libraries(session, project, volume_ul="100")
        make_request(session, project, libraries)
        code = draft(session, EVERYBODY, libraries, target_ul=200, phix_percent=0).code
        change = PoolChangeIn.model_validate({"pipetted_by": "robot"})
        service.change_pool(session, EVERYBODY, code=code, change=change)
        made = service.make_pool(session, EVERYBODY, code=code, ready=PoolReadyIn())
        start, end = slot(0, 24)
        plan = RunPlanIn(
            instrument_id=make_instrument(session).id,
            start_at=start,
            end_at=end,
            lanes=[LaneIn(pool_id=made.id, lane=1)],
        )
        run_plans.plan_run(session, EVERYBODY, plan=plan)
        return code, [each.barcode for each in libraries]


def yields(barcodes: list[str], *reads: int) -> dict[str, object]:
    rows = [
        {"barcode": code, "reads_millions": got} for code, got in zip(barcodes, reads, strict=True)
    ]
    return {"given": {"yields": rows, "source": "NX-0001"}}


def test_a_top_up_is_a_draft_only_after_somebody_has_approved_it(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    who = signed_in(Role.TECHNICIAN)
    code, barcodes = loaded()
    pools = len(client.get(ALL, headers=who).json["items"])

    proposed = client.post(
        f"{ALL}/{code}/top-ups", headers=who, json=yields(barcodes, 24, 15, 31)
    ).json
    assert [each["advice"] for each in proposed["lines"]] == ["top_up", "top_up", "enough"]
    assert (proposed["runs"], proposed["times_mean"]) == (1, None)
    assert len(client.get(ALL, headers=who).json["items"]) == pools
    made = client.post(f"{DECIDE}/{proposed['id']}/approve", headers=who, json={})

    assert (made.status_code, made.json["state"]) == (201, "draft")
    assert {each["barcode"] for each in made.json["parts"]} == set(barcodes[:2])
    (kept,) = client.get(f"{ALL}/{code}/top-ups", headers=who).json["items"]
    assert (kept["state"], kept["made_code"]) == ("approved", made.json["code"])
    again = client.post(f"{DECIDE}/{proposed['id']}/reject", headers=who, json={"reason": "No"})
    assert_problem(again, 409, "conflict")


def test_a_top_up_aims_at_a_multiple_of_the_mean(client: FlaskClient, signed_in: SignedIn) -> None:
    who = signed_in(Role.TECHNICIAN)
    code, barcodes = loaded()
    path = f"{ALL}/{code}/top-ups"
    given = yields(barcodes, 20, 30, 40)

    aimed = client.post(path, headers=who, json={**given, "aim": {"times_mean": 2, "runs": 3}}).json
    refused = client.post(path, headers=who, json={**given, "aim": {"runs": 0}})

    assert (aimed["runs"], aimed["times_mean"]) == (3, "2")
    assert [round(float(each["need"]), 3) for each in aimed["lines"]] == [13.333, 10, 6.667]
    assert_problem(refused, 422, "invalid_input")


def test_a_top_up_without_reads_is_refused_and_rejected_for_a_reason(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    who = signed_in(Role.TECHNICIAN)
    code, barcodes = loaded()

    unread = client.post(f"{ALL}/{code}/top-ups", headers=who, json={})
    proposed = client.post(
        f"{ALL}/{code}/top-ups", headers=who, json=yields(barcodes, 24, 15, 31)
    ).json
    without = client.post(f"{DECIDE}/{proposed['id']}/reject", headers=who, json={})
    rejected = client.post(
        f"{DECIDE}/{proposed['id']}/reject", headers=who, json={"reason": "Enough for now"}
    )

    assert_problem(unread, 422, "invalid_input")
    assert "No confirmed run tells reads" in unread.json["detail"]
    assert_problem(without, 409, "conflict")
    assert (rejected.json["state"], rejected.json["reason"]) == ("rejected", "Enough for now")


def test_libraries_go_into_a_draft_and_out_of_it(client: FlaskClient, signed_in: SignedIn) -> None:
    who = signed_in(Role.TECHNICIAN)
    with writing() as session:
        project = make_project(session)
        libraries = measured_libraries(session, project)
        make_request(session, project, libraries)
        code = draft(session, EVERYBODY, libraries[:2]).code
        first, second, third = (each.barcode for each in libraries)

    changed = client.post(
        f"{ALL}/{code}/members", headers=who, json={"add": [third], "remove": [first]}
    )
    refused = client.post(f"{ALL}/{code}/members", headers=who, json={"remove": [first]})

    assert [each["barcode"] for each in changed.json["parts"]] == [second, third]
    assert_problem(refused, 422, "invalid_input")
    assert refused.json["fields"][first] == f"{first} is not in this pool. Check the barcode."
