"""What stands in the bench form becomes a registration, or sentences beside its fields."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.labels.rendering import svg
from backend.samples import queries
from backend.samples.errors import BarcodeTaken, RegistrationRefused, SampleNotFound
from backend.samples.ids import MaterialType
from backend.samples.schemas import SampleRegistration
from dashboard import gate
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.single import zone_options
from dashboard.pages.register.single_form import (
    FIELDS,
    arrival_of,
    by_field,
    emptied,
    point_for_comma,
    registration_of,
    typed_of,
)
from dashboard.pages.samples import ids as sample_ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_project
from tests.support.label_reading import decoded, svg_symbol_dots

NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)
FINE = {
    "name": "Tube 17",
    "project_code": "HELIX-2",
    "material_type": "plasma",
    "temperature_class": "-80",
}


def test_every_field_of_a_registration_is_asked() -> None:
    asked = {field.name for field in FIELDS}

    left_out = SampleRegistration.model_fields.keys() - asked
    assert left_out == {"attributes", "is_backup"}, "headings of files, and what aliquoting decides"
    assert asked - SampleRegistration.model_fields.keys() == {"box"}


def test_what_a_person_keeps_stays_and_all_else_is_emptied() -> None:
    blank = emptied(["subject_code", "collected_on"])

    assert {"subject_code", "collected_on"}.isdisjoint(blank)
    assert blank["project_code"] is None
    assert (blank["name"], blank["biosafety_level"], blank["priority"]) == ("", "1", "normal")


def test_what_is_each_tubes_own_never_stays() -> None:
    blank = emptied(["barcode", "name", "external_id"])

    assert {"barcode", "name", "external_id"} <= blank.keys()


def test_who_never_chose_keeps_the_project_type_and_place() -> None:
    assert {"project_code", "material_type", "temperature_class", "box"}.isdisjoint(emptied(None))


def test_the_printed_save_code_is_the_word_that_the_browser_waits_for() -> None:
    drawn = unquote(svg.code_uri(ids.SAVE_CODE).split(",", 1)[1])
    script = (Path(__file__).resolve().parents[2] / "assets" / "scanner.js").read_text("utf-8")

    assert decoded(svg_symbol_dots(drawn, 4)) == [("DataMatrix", ids.SAVE_CODE)]
    assert f'SAVE = "{ids.SAVE_CODE}"' in script


def test_blanks_are_absent() -> None:
    typed = typed_of(["  " for _ in FIELDS])

    assert set(typed.values()) == {None}


def test_a_tube_in_the_hand_is_received_now() -> None:
    made = registration_of(FINE, now=NOW)

    assert made.received_at == NOW
    assert made.barcode is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12,5", "12.5"), ("12.5", "12.5"), ("1,200", "1,200"), ("1,2,3", "1,2,3")],
)
def test_a_decimal_comma_is_read_and_a_thousands_comma_is_left(typed: str, number: str) -> None:
    assert point_for_comma(typed) == number


def test_numbers_keep_their_digits() -> None:
    made = registration_of({**FINE, "volume_ul": "46,50", "a260_280": "1.86"}, now=NOW)

    assert (made.volume_ul, made.a260_280) == (Decimal("46.50"), Decimal("1.86"))


def test_every_refusal_stands_at_its_field() -> None:
    wrong = {
        "material_type": "plasma",
        "temperature_class": "-80",
        "volume_ul": "much",
        "rin": "11",
    }

    with pytest.raises(RegistrationRefused) as refusal:
        registration_of(wrong, now=NOW)

    assert by_field(refusal.value) == {
        ids.NAME: "Enter a sample name.",
        ids.PROJECT: "Choose a project.",
        ids.VOLUME: "Volume must be a number in µL.",
        ids.RIN: "RIN must be between 1 and 10.",
    }


def test_a_refusal_without_a_field_stands_at_the_barcode() -> None:
    assert by_field(BarcodeTaken("Somebody was faster.")) == {ids.BARCODE: "Somebody was faster."}


def test_a_type_offers_the_temperatures_at_which_it_may_be_kept() -> None:
    assert [option["value"] for option in zone_options(MaterialType.RNA)] == ["ln2", "-80"]


def test_who_says_nothing_of_the_arrival_writes_nothing_down() -> None:
    assert arrival_of([], "", " ") is None
    assert arrival_of(None, None, None) is None


@pytest.mark.parametrize(
    ("ticked", "celsius", "said"),
    [([], "4,5", "Choose how it arrived"), (["other"], "", "Write in the note")],
)
def test_an_arrival_that_says_nothing_certain_stands_at_its_fields(
    ticked: list[str], celsius: str, said: str
) -> None:
    with pytest.raises(RegistrationRefused) as refusal:
        arrival_of(ticked, celsius, "")

    (sentence,) = by_field(refusal.value).values()
    assert said in sentence
    assert by_field(refusal.value).keys() == {ids.ARRIVAL}


def _press(client: FlaskClient, project: str, found: tuple[list[str], str, str]) -> Any:
    typed = {**FINE, "project_code": project, "barcode": f"BENCH-{new_id().hex[-8:]}".upper()}
    parts = zip(("conditions", "temperature", "note"), found, strict=True)
    body = callback_request(
        f"{ids.PROBLEMS}.children",
        inputs=[(ids.FORM, "n_submit", 1), (ids.SAVE, "n_clicks", None)],
        state=[
            (ids.STICKY, "value", None),
            *((sample_ids.arrival(part, ids.BENCH), "value", value) for part, value in parts),
            *((field.id, "value", typed.get(field.name)) for field in FIELDS),
        ],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return typed["barcode"], answer.get_json()["response"]


def test_a_tube_is_registered_with_how_it_arrived_and_the_next_starts_empty(
    signed_in: Callable[..., FlaskClient],
) -> None:
    with writing() as session:
        project = make_project(session).code
    client = signed_in(Role.TECHNICIAN)

    code, answer = _press(client, project, (["thawed"], "4,5", "Ice gone"))

    with reading() as session:
        made = queries.get_by_barcode(session, EVERYBODY, code)
    assert made.arrival is not None
    assert (list(made.arrival.conditions), made.arrival.temperature_c) == (
        ["thawed"],
        Decimal("4.5"),
    )
    assert made.arrival.received_at == made.row.received_at
    assert [hold.kind for hold in made.holds] == ["temperature_exposure"]
    assert answer[ids.DONE]["data"]["barcode"] == code
    assert '"value": []' in json.dumps(answer)


def test_a_tube_without_a_word_about_its_arrival_has_none(
    signed_in: Callable[..., FlaskClient],
) -> None:
    with writing() as session:
        project = make_project(session).code

    code, _ = _press(signed_in(Role.TECHNICIAN), project, ([], "", ""))

    with reading() as session:
        assert queries.get_by_barcode(session, EVERYBODY, code).arrival is None


def test_nothing_is_registered_while_the_arrival_says_nothing_certain(
    signed_in: Callable[..., FlaskClient],
) -> None:
    with writing() as session:
        project = make_project(session).code

    code, answer = _press(signed_in(Role.TECHNICIAN), project, (["other"], "", ""))

    assert "Write in the note what is wrong with it." in str(answer[ids.PROBLEMS])
    with reading() as session, pytest.raises(SampleNotFound):
        queries.get_by_barcode(session, EVERYBODY, code)
