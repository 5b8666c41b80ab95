"""The pages of libraries: planning, a worksheet's steps, lots, protocols and readings."""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.sequencing.preparation import queries, worksheet_queries
from backend.sequencing.preparation.ids import GateState, WorksheetState
from backend.sequencing.preparation.qpcr import QpcrTerms
from backend.sequencing.preparation.views import WorksheetView
from backend.sequencing.reference.usual import add_usual_reference
from dashboard import gate
from dashboard.pages.libraries import callbacks, forms, ids, readings_panel
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.preparation import (
    PAIRS,
    finish,
    make_input,
    make_lot,
    make_protocol,
    make_worksheet,
)
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, stand

SignedIn = Callable[..., FlaskClient]
PATH = "/sequencing/libraries"


def drawn(client: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def made(*, is_done: bool = False) -> WorksheetView:
    with writing() as session:
        project = make_project(session)
        sheet = make_worksheet(session, EVERYBODY, [make_input(session, project)])
        return finish(session, EVERYBODY, sheet) if is_done else sheet


def seen(code: str) -> WorksheetView:
    with reading() as session:
        return worksheet_queries.get_worksheet(session, EVERYBODY, code)


def press(client: FlaskClient, act: str, code: str, **typed: Any) -> Any:
    """Press a button of a worksheet's page, with these fields filled in."""
    acts = [act, *(each for each in callbacks._ACTS if each != act)]
    by_id = {each: (each, "n_clicks", int(each == act)) for each in acts}
    body = callback_request(
        f"{ids.PROBLEMS}.children",
        inputs=[by_id[each] for each in callbacks._ACTS],
        state=[
            *(
                (field, "value", typed.get(field.removeprefix("libraries-").replace("-", "_")))
                for field in callbacks._TYPED
            ),
            (ids.WHICH, "data", code),
        ],
    )
    body["changedPropIds"] = [f"{act}.n_clicks"]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer


def test_a_worksheet_shows_its_plate_and_who_may_prepare_its_acts(signed_in: SignedIn) -> None:
    sheet = made()

    to_technician = drawn(signed_in(Role.TECHNICIAN), f"{PATH}/{sheet.code}")
    to_reader = drawn(signed_in(Role.ANALYST), f"{PATH}/{sheet.code}")

    for page in (to_technician, to_reader):
        assert str(sheet.wells[0].barcode) in page
        assert "No-template control" in page
    assert sheet.code in drawn(signed_in(Role.ANALYST), PATH)
    assert '"hidden":false' in to_technician.replace(" ", "")
    assert '"hidden":false' not in to_reader.replace(" ", "")


def test_a_plate_is_started_and_finished_from_its_page(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.TECHNICIAN)

    press(client, ids.START, sheet.code)
    assert seen(sheet.code).state is WorksheetState.STARTED
    answer = press(client, ids.FINISH, sheet.code)

    assert seen(sheet.code).state is WorksheetState.DONE
    assert str(seen(sheet.code).wells[0].library_barcode) in answer.get_data(as_text=True)


def test_what_stands_against_an_act_is_said_and_nothing_is_changed(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.TECHNICIAN)

    told = press(client, ids.ADD, sheet.code, samples="NO-SUCH").get_data(as_text=True)
    press(client, ids.CANCEL, sheet.code, cancel_reason=" ")

    assert "NO-SUCH is not a sample of your projects" in told
    assert seen(sheet.code) == sheet


def test_a_draft_is_changed_field_by_field(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.TECHNICIAN)
    with writing() as session:
        other, lot = make_input(session, make_project(session)), make_lot(session)

    press(client, ids.ADD, sheet.code, samples=f"{other}\n")
    press(client, ids.ADD_CONTROL, sheet.code, control="positive")
    press(client, ids.CLEAR, sheet.code, wells="A1, B1")
    press(client, ids.INDEX, sheet.code, column="2")
    press(client, ids.SET_LOTS, sheet.code, lots=[str(lot)])

    now = seen(sheet.code)
    assert [(well.well, well.index_name) for well in now.wells] == [("C1", "U05"), ("D1", "U06")]
    assert [each.id for each in now.lots] == [lot]
    press(client, ids.CANCEL, sheet.code, cancel_reason="Spilled")
    assert seen(sheet.code).state is WorksheetState.CANCELLED


def test_the_best_pairs_are_picked_for_a_sequencer(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.TECHNICIAN)
    with writing() as session:
        add_usual_reference(session, EVERYBODY)

    refused = press(client, ids.PICK, sheet.code).get_data(as_text=True)
    told = press(client, ids.PICK, sheet.code, pick_on="miseq").get_data(as_text=True)

    assert "Choose the sequencer that will read them." in refused
    assert f"{sheet.code}: any two differ by" in told
    names = [well.index_name for well in seen(sheet.code).wells]
    assert None not in names
    assert len(set(names)) == len(names)


def test_a_reader_changes_nothing(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.ANALYST)
    body = callback_request(
        f"{ids.PROBLEMS}.children",
        inputs=[(act, "n_clicks", 1) for act in callbacks._ACTS],
        state=[
            *((field, "value", None) for field in callbacks._TYPED),
            (ids.WHICH, "data", sheet.code),
        ],
    )

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 403
    assert seen(sheet.code) == sheet


def test_a_worksheet_is_planned_from_the_form(signed_in: SignedIn) -> None:
    client = signed_in(Role.TECHNICIAN)
    with writing() as session:
        protocol, barcode = make_protocol(session), make_input(session, make_project(session))
    assert "Plan worksheet" in drawn(client, PATH, "?show=new")
    typed = {
        "protocol_id": str(protocol),
        "shape": "4x6",
        "barcodes": barcode,
        "first_column": "next",
        "lot_ids": [],
        "notes": "",
    }
    body = callback_request(
        ids.NEW_PROBLEMS,
        inputs=[(ids.NEW_SEND, "n_clicks", 1)],
        state=[(field, "value", typed[name]) for name, (field, _) in forms.NEW_FIELDS.items()],
    )

    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 200
    with reading() as session:
        newest = worksheet_queries.list_worksheets(session, EVERYBODY)[0]
    assert (newest.samples, newest.controls) == (1, 1)
    assert answer.get_json()["sideUpdate"]["url"]["pathname"] == f"{PATH}/{newest.code}"


def test_a_lot_is_received_and_counted_from_the_page(signed_in: SignedIn) -> None:
    client = signed_in(Role.TECHNICIAN)
    typed = {
        "kit": "Ligase",
        "catalogue_number": "C-PAGE",
        "lot": "L-PAGE",
        "expires_on": "2030-01-31",
        "received_on": "2025-01-31",
        "opened_on": "",
        "reactions": 24,
    }

    def send(values: dict[str, Any]) -> str:
        body = callback_request(
            ids.LOT_PROBLEMS,
            inputs=[(ids.LOT_SEND, "n_clicks", 1)],
            state=[(field, "value", values[name]) for name, (field, _) in forms.LOT_FIELDS.items()],
        )
        answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    assert "Give the number of reactions" in send(typed | {"reactions": 0})
    assert "L-PAGE" in send(typed)
    assert "is on record already" in send(typed)
    with reading() as session:
        lot = next(each for each in queries.list_lots(session, EVERYBODY) if each.lot == "L-PAGE")
    assert lot.reactions_left == 24
    assert "Ligase" in drawn(client, PATH, "?show=lots")


def test_a_protocol_is_saved_and_published_from_its_form(signed_in: SignedIn) -> None:
    client = signed_in(Role.TECHNICIAN)
    typed = {
        "name": "From the form",
        "input_material": "gdna",
        "input_ng_min": "10",
        "input_ng_target": "50",
        "input_ng_max": "100",
        "input_volume_ul": "20",
        "pipette_min_ul": "2",
        "final_volume_ul": "25",
        "kit_key": ids.OWN_PAIRS,
        "index_pairs": PAIRS,
        "reagents": "Ligase\nBeads\n",
    }

    def send(values: dict[str, Any], pressed: str) -> str:
        presses = {ids.PROTOCOL_SAVE: 0, ids.PROTOCOL_PUBLISH: 0, pressed: 1}
        body = callback_request(
            ids.PROTOCOL_PROBLEMS,
            inputs=[(key, "n_clicks", count) for key, count in presses.items()],
            state=[
                (field, "value", values.get(name))
                for name, (field, _) in forms.PROTOCOL_FIELDS.items()
            ],
        )
        body["changedPropIds"] = [f"{pressed}.n_clicks"]
        answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    assert "must lie between" in send(typed | {"input_ng_target": "500"}, ids.PROTOCOL_SAVE)
    send(typed, ids.PROTOCOL_PUBLISH)

    with reading() as session:
        found = queries.protocols_in_force(session, EVERYBODY)
    protocol = next(each for each in found if each.name == "From the form")
    assert (list(protocol.reagents), len(protocol.index_pairs)) == (["Ligase", "Beads"], 8)
    assert "From the form v1" in drawn(client, PATH, f"?show=protocols&protocol={protocol.id}")


def test_a_file_is_shown_before_it_is_kept_and_a_failed_control_asks_for_an_answer(
    signed_in: SignedIn,
) -> None:
    sheet, client = made(is_done=True), signed_in(Role.TECHNICIAN)
    content = base64.b64encode(b"Well,Concentration (ng/ul)\nA1,12.5\nB1,3\nC1,<0.5\n").decode()
    file = [
        (ids.FILE, "contents", f"data:text/csv;base64,{content}"),
        (ids.FILE, "filename", "plate.csv"),
    ]
    which = (ids.WHICH, "data", sheet.code)
    terms = [(ids.QPCR_DILUTION, "value", ""), (ids.QPCR_STANDARD, "value", "452")]

    look = callback_request(f"{ids.FILE_FOUND}.children", inputs=[*file, *terms], state=[which])
    shown = client.post(gate.CALLBACKS, json=look, headers=csrf_headers(client))
    assert "Nothing is kept yet" in shown.text
    assert "C1 is neither a well nor a barcode" in shown.text
    assert seen(sheet.code).files == []

    keep = callback_request(
        f"{ids.FILE_FOUND}.children@",
        inputs=[(ids.FILE_KEEP, "n_clicks", 1)],
        state=[*file, *terms, which],
    )
    kept = client.post(gate.CALLBACKS, json=keep, headers=csrf_headers(client))
    assert kept.status_code == 200, kept.text
    assert "at most 0.5 ng/µL are allowed" in str(kept.get_json())
    assert seen(sheet.code).gate is GateState.FAILED

    press(client, ids.GATE_HOLD, sheet.code, gate_reason="Contaminated")
    assert seen(sheet.code).gate is GateState.HELD
    again = client.post(gate.CALLBACKS, json=keep, headers=csrf_headers(client))
    assert "was kept already" in again.text


def test_a_qpcr_is_corrected_by_what_is_typed_or_says_what_is_wrong(signed_in: SignedIn) -> None:
    sheet, client = made(is_done=True), signed_in(Role.TECHNICIAN)
    nanomolar = base64.b64encode(b"Well,Average concentration (nM)\nA1,0.002\n").decode()

    def told(act: str, file: str, dilution: str) -> str:
        typed = [(ids.QPCR_DILUTION, "value", dilution), (ids.QPCR_STANDARD, "value", "")]
        of_file = [
            (ids.FILE, "contents", f"data:text/csv;base64,{file}"),
            (ids.FILE, "filename", "qpcr.csv"),
        ]
        which = (ids.WHICH, "data", sheet.code)
        body = callback_request(
            f"{ids.FILE_FOUND}.children", inputs=[*of_file, *typed], state=[which]
        )
        if act == "keep":
            body = callback_request(
                f"{ids.FILE_FOUND}.children@",
                inputs=[(ids.FILE_KEEP, "n_clicks", 1)],
                state=[*of_file, *typed, which],
            )
        return client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client)).text

    assert "Write the dilution as a number of 1 or more" in told("look", nanomolar, "much")
    assert "A1 has no fragment size" in told("look", nanomolar, "10000")
    assert "0.002 nM" in told("look", nanomolar, "")
    assert seen(sheet.code).files == []


@pytest.mark.parametrize(
    ("dilution", "standard", "said"),
    [("0", "452", "1 or more"), ("x", "452", "1 or more"), ("10", "4", "50 to 5,000 bp")],
)
def test_what_corrects_a_qpcr_must_be_numbers_that_can_be(
    dilution: str, standard: str, said: str
) -> None:
    assert forms.qpcr_terms("", standard) is None
    assert forms.qpcr_terms("1e4", None) == QpcrTerms(dilution=Decimal(10_000))
    with pytest.raises(InvalidInput, match=said):
        forms.qpcr_terms(dilution, standard)


def test_no_file_says_so() -> None:
    assert "No file is chosen yet" in str(readings_panel.nothing_chosen())


def test_the_papers_of_a_worksheet_are_handed_out(signed_in: SignedIn) -> None:
    sheet, client = made(), signed_in(Role.ANALYST)
    (tube,) = [well.sample_id for well in sheet.wells if well.sample_id is not None]
    refused = client.get(f"/files/libraries/{sheet.code}.gwl")
    with writing() as session:
        stand(session, tube, make_freezer(session).box_ids[0], 1, 1)

    found = {
        kind: client.get(f"/files/libraries/{sheet.code}.{kind}")
        for kind in ("pdf", "xlsx", "gwl", "hamilton.csv", "biomek.csv")
    }

    assert "stands nowhere yet. Place it in a rack first." in refused.get_data(as_text=True)
    assert {kind: answer.status_code for kind, answer in found.items()} == dict.fromkeys(found, 200)
    assert found["pdf"].data.startswith(b"%PDF")
    assert b"Diluent" in found["hamilton.csv"].data
    assert client.get(f"/files/libraries/{sheet.code}.exe").status_code == 404
    assert client.get("/files/libraries/LP-9999.pdf").status_code == 404
