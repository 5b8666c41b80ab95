"""The SPREC code over the API, with its derivation."""

from collections.abc import Callable

from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.preanalytical_schemas import FluidFacts
from tests.api.conftest import Headers
from tests.factories.samples import EVERYBODY, make_sample

SignedIn = Callable[..., Headers]


def test_the_code_is_read_with_what_each_element_rests_on(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        made = make_sample(session)
        facts = FluidFacts(specimen="SER", container="SST")
        service.record_preanalytical(session, EVERYBODY, sample_id=made.id, facts=facts)

    answer = client.get(
        f"/api/v1/samples/{made.barcode}/preanalytical", headers=signed_in(Role.TECHNICIAN)
    )

    said = answer.json or {}
    assert said["code"] == "SER-SST-X-X-X-X-X"
    assert said["elements"][2]["inputs"] == "Time collected or centrifuged is not recorded"


def test_a_sample_without_a_record_is_not_found_by_it(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    with writing() as session:
        made = make_sample(session)

    answer = client.get(
        f"/api/v1/samples/{made.barcode}/preanalytical", headers=signed_in(Role.TECHNICIAN)
    )

    assert answer.status_code == 404
