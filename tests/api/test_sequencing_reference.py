"""Reference data of sequencing through the API."""

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.sequencing.reference.usual import add_usual_reference
from tests.api.test_api import SignedIn, assert_problem
from tests.factories.samples import EVERYBODY

BASE = "/api/v1/sequencing/reference"


def test_entries_are_listed_and_read_with_their_versions(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    with writing() as session:
        add_usual_reference(session, EVERYBODY)

    listed = client.get(f"{BASE}/flow-cell", headers=headers).json
    one = client.get(f"{BASE}/flow_cell/novaseq_x_10b", headers=headers).json
    versions = client.get(f"{BASE}/flow_cell/novaseq_x_10b/versions", headers=headers).json

    assert listed is not None
    assert one is not None
    assert versions is not None
    assert one in listed["items"]
    assert versions["items"] == [one]
    assert one["content"]["lanes"] == 8
    assert one["content"]["reads_pf_millions_per_lane"] == "1250"
    assert one["source"].startswith("checkQC")


def test_what_is_not_there_is_told(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.TECHNICIAN)

    assert_problem(client.get(f"{BASE}/abacus", headers=headers), 404, "not_found")
    assert_problem(client.get(f"{BASE}/assay/none", headers=headers), 404, "not_found")
