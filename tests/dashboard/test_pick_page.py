"""A pick list at the freezer: how long its door has been open."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.storage import pick_queries, service
from backend.storage.ids import PickPurpose
from backend.storage.picking import PickWish
from dashboard.pages.picks import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand

PAGE = "/_dash-update-component"


def take(client: FlaskClient, picks: str, barcode: str) -> str:
    """Scan a tube on the list's page; return the page's answer."""
    body = callback_request(
        f"{ids.SAID}.children...{ids.BODY}.children...{ids.CODE}.value",
        inputs=[("scan-page", "data", {"code": barcode, "at": 1}), (ids.CODE, "n_submit", 0)],
        state=[(ids.CODE, "value", ""), (ids.WHICH, "data", picks)],
    )
    answer = client.post(PAGE, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_time_counts_from_the_first_tube_that_one_takes_oneself(
    signed_in: Callable[..., FlaskClient],
) -> None:
    ada, bo = signed_in(Role.TECHNICIAN), signed_in(Role.TECHNICIAN, name="Bo")
    codes = [f"DOOR-{new_id()}"[:30].upper() + str(number) for number in range(3)]
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session)
        tubes = [make_tube(session, project, barcode=code) for code in codes]
        for column, tube in enumerate(tubes, start=1):
            stand(session, tube, freezer.box_id, 1, column)
        key = service.make_list(
            session,
            EVERYBODY,
            title="For run 12",
            purpose=PickPurpose.TAKE_OUT,
            lines=[PickWish(sample_id=tube) for tube in tubes],
        )
        name = pick_queries.get_list(session, EVERYBODY, key).label

    taken = take(ada, name, codes[0])
    refused = take(bo, name, codes[0])
    others = take(bo, name, codes[1])

    open_for = f"{freezer.label} open for"
    assert open_for in taken
    assert "data-since" in taken
    assert open_for not in refused
    assert open_for in others
