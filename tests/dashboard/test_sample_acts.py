"""The dialogs of a sample's page: what is done is shown, what is refused keeps what was typed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.samples import lineage, queries, service
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import MaterialType
from dashboard import gate
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples import ids as grid_ids
from dashboard.shell_ids import live
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample

SignedIn = Callable[..., FlaskClient]


def accepted(count: int = 1, **given: Any) -> list[str]:
    with writing() as session:
        project = make_project(session).code
        made = [make_sample(session, project, **given) for _ in range(count)]
        for sample in made:
            for action in ("receive", "accept"):
                service.change_status(session, EVERYBODY, sample_id=sample.id, action=action)
    return [sample.barcode for sample in made]


def press(
    client: FlaskClient, button: str, problems: str, barcode: str, *state: tuple[str, Any]
) -> Any:
    """Press a dialog's button and return what its callback answers, by id."""
    body = callback_request(
        f"{problems}.children",
        inputs=[(button, "n_clicks", 1)],
        state=[
            *((field, "value", value) for field, value in state),
            (ids.WHICH, "data", {"barcode": barcode, "tab": ""}),
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def volume_of(barcode: str) -> Any:
    with reading() as session:
        return queries.get_by_barcode(session, EVERYBODY, barcode).row.volume_ul


def test_the_page_shows_every_region(signed_in: SignedIn) -> None:
    (code,) = accepted()

    client = signed_in(Role.TECHNICIAN)
    answer = client.post(
        gate.CALLBACKS, json=page_request(f"/samples/{code}"), headers=csrf_headers(client)
    )

    drawn = answer.get_data(as_text=True)
    for region in ("Lineage", "Volume", "Quality control", "Consent", "Keeping"):
        assert f'"aria-label":"{region}"' in drawn


def test_aliquots_are_made_from_the_dialog(signed_in: SignedIn) -> None:
    (code,) = accepted()

    answer = press(
        signed_in(Role.TECHNICIAN),
        ids.ALIQUOT_SEND,
        ids.ALIQUOT_PROBLEMS,
        code,
        (ids.ALIQUOT_COUNT, 3),
        (ids.ALIQUOT_VOLUME, "2,5"),
        (ids.ALIQUOT_UNKNOWN, []),
    )

    assert answer[ids.CLOSE]["data"]["dialog"] == ids.ALIQUOT_DIALOG
    assert volume_of(code) == 42.5
    with reading() as session:
        key = queries.sample_id_of(session, EVERYBODY, code)
        assert len(lineage.lineage_of(session, EVERYBODY, key)[1]) == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [("60", "It holds 50 µL"), ("much", "must be a number in µL"), ("", "Write the volume")],
)
def test_a_refusal_stands_in_the_dialog_and_nothing_else_changes(
    signed_in: SignedIn, typed: str, said: str
) -> None:
    (code,) = accepted()

    answer = press(
        signed_in(Role.TECHNICIAN),
        ids.VOLUME_SEND,
        ids.VOLUME_PROBLEMS,
        code,
        (ids.VOLUME_KIND, "use"),
        (ids.VOLUME_UL, typed),
        (ids.VOLUME_UNKNOWN, []),
        (ids.VOLUME_REASON, "PCR"),
    )

    assert said in str(answer[ids.VOLUME_PROBLEMS])
    assert set(answer) == {ids.VOLUME_PROBLEMS}
    assert volume_of(code) == 50


def test_a_consent_is_recorded_and_tied_and_withdrawn(signed_in: SignedIn) -> None:
    (code,) = accepted()
    client = signed_in(Role.TECHNICIAN)
    reference = f"C-{code}"

    unknown = press(
        client,
        ids.CONSENT_SEND,
        ids.CONSENT_PROBLEMS,
        code,
        (ids.CONSENT_REFERENCE, reference),
        (ids.CONSENT_SCOPE, ""),
        (ids.CONSENT_EXPIRES, ""),
    )
    press(
        client,
        ids.CONSENT_SEND,
        ids.CONSENT_PROBLEMS,
        code,
        (ids.CONSENT_REFERENCE, reference),
        (ids.CONSENT_SCOPE, "Research"),
        (ids.CONSENT_EXPIRES, "2035-12-31"),
    )
    press(
        client,
        ids.WITHDRAW_SEND,
        ids.WITHDRAW_PROBLEMS,
        code,
        (ids.WITHDRAW_WHICH, reference),
        (ids.WITHDRAW_REASON, "Letter of the donor"),
    )

    assert "is not on record" in str(unknown[ids.CONSENT_PROBLEMS])
    with reading() as session:
        standing = queries.get_by_barcode(session, EVERYBODY, code).standing
    assert standing.consent_problem == f"Its donor's consent {reference} is withdrawn."


def test_a_verdict_is_signed_in_its_dialog(signed_in: SignedIn) -> None:
    (code,) = accepted()
    client = signed_in(Role.TECHNICIAN)

    def record(password: str, reason: str = "Gel looked fine") -> Any:
        return press(
            client,
            ids.VERDICT_SEND,
            ids.VERDICT_PROBLEMS,
            code,
            (ids.VERDICT, "pass"),
            (ids.VERDICT_REASON, reason),
            (ids.VERDICT_PASSWORD, password),
        )

    without, wrong, right = record(PASSWORD, " "), record("not it at all"), record(PASSWORD)

    assert "Write what the verdict rests on." in str(without[ids.VERDICT_PROBLEMS])
    assert "not right" in str(wrong[ids.VERDICT_PROBLEMS])
    assert set(wrong) == {ids.VERDICT_PROBLEMS}
    assert right[ids.CLOSE]["data"]["dialog"] == ids.VERDICT_DIALOG
    with reading() as session:
        assert queries.get_by_barcode(session, EVERYBODY, code).row.qc_verdict == "pass"


def test_discarding_takes_the_second_persons_password_where_asked(signed_in: SignedIn) -> None:
    with writing() as session:
        service.set_handling(
            session,
            EVERYBODY,
            material=MaterialType.URINE,
            rules=HandlingRules(disposal_witnessed=True),
        )
        witness = make_user(session, Role.TECHNICIAN).email
    (code,) = accepted(material_type=MaterialType.URINE, temperature_class="-80")
    client = signed_in(Role.TECHNICIAN)

    def discard(password: str) -> Any:
        return press(
            client,
            ids.DISCARD_SEND,
            ids.DISCARD_PROBLEMS,
            code,
            (ids.DISCARD_REASON, "End of the study"),
            (ids.DISCARD_EMAIL, witness),
            (ids.DISCARD_PASSWORD, password),
        )

    wrong, right = discard("not it at all"), discard(PASSWORD)

    assert "not right" in str(wrong[ids.DISCARD_PROBLEMS])
    assert right[ids.CLOSE]["data"]["dialog"] == ids.DISCARD_DIALOG


def test_a_pool_of_the_selected_says_of_each_why_it_cannot_give(signed_in: SignedIn) -> None:
    first, second = accepted(2)

    def pool(volume: str) -> str:
        client = signed_in(Role.TECHNICIAN)
        body = callback_request(
            f"{grid_ids.POOL_OUTCOME}.children",
            inputs=[(grid_ids.POOL_APPLY, "n_clicks", 1)],
            state=[
                (grid_ids.POOL_NAME, "value", "Pool 7"),
                (grid_ids.POOL_VOLUME, "value", volume),
                (grid_ids.POOL_ZONE, "value", "-20"),
                (grid_ids.POOL_PROJECT, "value", ""),
                (grid_ids.GRID, "selectedRows", [{"barcode": first}, {"barcode": second}]),
            ],
        )
        answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
        return answer.get_data(as_text=True)

    refused, made = pool("60"), pool("10")

    assert f"{first}: It holds 50" in refused
    assert f"{second}: It holds 50" in refused
    assert "POL-" in made
    assert (volume_of(first), volume_of(second)) == (40, 40)


def test_an_open_page_says_how_much_is_left_after_somebody_drew(signed_in: SignedIn) -> None:
    (code,) = accepted()
    client = signed_in(Role.TECHNICIAN)
    with writing() as session:
        key = queries.sample_id_of(session, EVERYBODY, code)
        service.use_volume(session, EVERYBODY, sample_id=key, volume_ul=Decimal(20), reason="Qubit")
    body = callback_request(
        f"{ids.BODY}.children",
        inputs=[
            *((live(topic), "data", 1) for topic in ("samples", "storage", "telemetry")),
            (ids.CLOSE, "data", None),
        ],
        state=[
            (ids.ARRIVAL_WRITTEN, "data", None),
            (ids.WHICH, "data", {"barcode": code, "tab": ""}),
        ],
    )

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client)).get_json()

    assert (
        answer["response"][ids.HOLDS["aliquot"]]["children"] == "It holds 30\N{NO-BREAK SPACE}µL."
    )
    assert answer["response"][ids.UNKNOWN_BOXES["volume"]]["hidden"] is True


def test_the_time_before_storage_is_recorded_and_its_code_shown(signed_in: SignedIn) -> None:
    (code,) = accepted()
    client = signed_in(Role.TECHNICIAN)

    answer = press(
        client,
        ids.SPREC_SEND,
        ids.SPREC_PROBLEMS,
        code,
        (ids.SPREC_SPECIMEN, "URN"),
        (ids.SPREC_CONTAINER, "PPS"),
        (ids.SPREC_COLLECTED, "2026-01-05T08:00"),
        (ids.SPREC_KEPT, "4,5"),
        (ids.SPREC_SPUN, "no"),
        (ids.SPREC_SPUN_AT, ""),
        (ids.SPREC_STORED, "2026-01-05T11:00"),
        (ids.SPREC_STORAGE, "-80"),
        (ids.SPREC_VESSEL, "cryotube_1_2_ml"),
    )
    page = client.post(
        gate.CALLBACKS, json=page_request(f"/samples/{code}"), headers=csrf_headers(client)
    )

    assert answer[ids.CLOSE]["data"]["dialog"] == ids.SPREC_DIALOG
    assert "URN-PPS-D-N-N-N-D" in page.get_data(as_text=True)


def test_a_tissue_is_recorded_as_a_solid(signed_in: SignedIn) -> None:
    client = signed_in(Role.TECHNICIAN)
    with writing() as session:
        code = make_sample(session, material_type="tissue").barcode

    answer = press(
        client,
        ids.SOLID_SEND,
        ids.SOLID_PROBLEMS,
        code,
        (ids.SOLID_SPECIMEN, "TIS"),
        (ids.SOLID_COLLECTION, "BPS"),
        (ids.SOLID_ISCHAEMIC, ""),
        (ids.SOLID_COLLECTED, "2026-01-05T08:00"),
        (ids.SOLID_FIXATION, "NBF"),
        (ids.SOLID_FIXED, "2026-01-05T08:12"),
        (ids.SOLID_UNTIL, "2026-01-06T09:00"),
        (ids.SOLID_STORED, ""),
        (ids.SOLID_STORAGE, "4"),
        (ids.SOLID_VESSEL, "paraffin_block"),
    )
    page = client.post(
        gate.CALLBACKS, json=page_request(f"/samples/{code}"), headers=csrf_headers(client)
    )

    assert answer[ids.CLOSE]["data"]["dialog"] == ids.SOLID_DIALOG
    assert "TIS-BPS-N-C-NBF-F-P" in page.get_data(as_text=True)


def test_a_code_cannot_be_overridden_where_nothing_is_recorded(signed_in: SignedIn) -> None:
    (code,) = accepted()

    answer = press(
        signed_in(Role.TECHNICIAN),
        ids.OVERRIDE_SEND,
        ids.OVERRIDE_PROBLEMS,
        code,
        (ids.OVERRIDE_CODE, "SER"),
        (ids.OVERRIDE_REASON, "Log"),
    )

    assert "Nothing is recorded" in str(answer[ids.OVERRIDE_PROBLEMS])
