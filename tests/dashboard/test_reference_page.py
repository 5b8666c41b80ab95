"""Reference data on its page: read by all who see sequencing, changed by who may."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.sequencing.reference import queries
from backend.sequencing.reference.content import CONTENT
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual import add_usual_reference, usual
from dashboard import gate
from dashboard.pages.reference_data import detail, ids, typed
from dashboard.pages.reference_data.words import summary
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY

SignedIn = Callable[..., FlaskClient]
FLOW_CELL = ReferenceKind.FLOW_CELL
KIT = "well,name,i7,i5\nA1,U1,ACGTACGT,TTGGAACC\nB1,U2,GGTTCCAA,CCAAGGTT\n"


@pytest.fixture
def technician(signed_in: SignedIn) -> FlaskClient:
    client = signed_in(Role.TECHNICIAN)
    with writing() as session:
        add_usual_reference(session, EVERYBODY)
    return client


def page_of(client: FlaskClient, search: str = "") -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/sequencing/reference"), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def press(client: FlaskClient, output: str, button: str, *state: tuple[Any, str, Any]) -> Any:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.text
    return answer.get_json() if answer.status_code == 200 else {}


def found(client: FlaskClient, kind: ReferenceKind, text: str) -> str:
    body = callback_request(
        f"{ids.LIST}.children",
        inputs=[(ids.FIND, "value", text)],
        state=[(ids.KIND, "data", kind.value)],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_a_long_list_is_filtered_by_words_of_name_figures_and_source(
    technician: FlaskClient,
) -> None:
    assert ids.FIND in page_of(technician, "?kind=flow_cell")
    assert ids.FIND not in page_of(technician, "?kind=chemistry")

    shown = found(technician, ReferenceKind.FLOW_CELL, "AVITI 2 lanes medium")
    assert "aviti_medium_300" in shown
    assert "aviti_high" not in shown
    assert "aviti_high" in found(technician, ReferenceKind.FLOW_CELL, "")
    assert "Nothing fits these words" in found(technician, ReferenceKind.FLOW_CELL, "polonator")


@pytest.mark.parametrize(
    ("wanted", "judged_by", "usual", "said"),
    [
        ("exome", "library exome v3", "library v1", "are judged by library exome v3."),
        ("exome", "library v1", "library v1", "None are published for exome: library v1 judges"),
        ("", "library v1", "library v1", "are judged by library v1."),
        ("exome", None, None, "No thresholds are published"),
    ],
)
def test_an_assay_says_which_thresholds_judge_its_libraries(
    wanted: str, judged_by: str | None, usual: str | None, said: str
) -> None:
    assert said in str(detail.judge(wanted, judged_by, usual))


def test_texts_of_every_usual_entry_become_the_same_content_again() -> None:
    for each in usual():
        values = typed.given(typed.texts(each.content))

        assert CONTENT[each.kind].model_validate(values) == each.content
        assert summary(each.content)


@pytest.mark.parametrize("kind", ReferenceKind)
def test_a_new_entry_begins_with_every_field(kind: ReferenceKind) -> None:
    assert set(typed.blank(kind)) == set(CONTENT[kind].model_fields)


def test_pairs_are_pasted_with_and_without_headings() -> None:
    rows = "A1\tU1\tACGTACGT\tTTGGAACC\nB1\tU2\tGGTTCCAA\tCCAAGGTT"

    bare = typed.given({"wells": rows})

    assert bare == typed.given({"wells": KIT})
    assert "'name': 'U2'" in str(typed.given({"wells": "U1;ACGT\nU2;TGCA"})["wells"])


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("wells", "A1\tU1\tACGT\nB1\tU2\tACGN", "Line 2: U2, i7: “ACGN” is no index."),
        ("wells", "well\tname\ti7", "Write at least one index pair."),
        ("configurations", "300 cycles: 151 + 151\nlong", "Line 2 cannot be read."),
        ("lights", "A: red\nlong", "Line 2 cannot be read. Write it like A: red + green"),
        ("channels", "red", "Line 1 cannot be read. Write it like red: warning."),
    ],
)
def test_a_line_that_cannot_be_read_is_told(field: str, text: str, told: str) -> None:
    with pytest.raises(ReferenceRefused) as caught:
        typed.given({field: text})

    assert told in caught.value.fields[field]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("", "NovaSeq X, 10B"),
        ("", "1 lane, reads not looked up"),
        ("", "8 lanes of 262.5 M reads"),
        ("?kind=platform", "i5 as reverse complement, patterned"),
        ("?kind=chemistry&key=xleap", "blue and green"),
        ("?kind=chemistry&key=xleap&view=edit", "A: blue\\nC: blue + green\\nG: dark"),
        ("?kind=index_kit&key=nextera_xt_v2_a", "N701-S502"),
        ("?kind=recipe", "hours not known"),
        ("?kind=assay&key=mrna", "working days"),
        ("?kind=pooling&key=laboratory", "g/mol"),
        ("?kind=flow_cell&key=miseq_v3&view=edit", "drawn from version 1"),
        ("?kind=index_kit&view=new", "Paste rows of a spreadsheet"),
        ("?kind=index_kit&view=import", "Drop one or two files here"),
        ("?kind=flow_cell&key=none", "There is no flow cell"),
    ],
)
def test_every_part_is_drawn(technician: FlaskClient, search: str, said: str) -> None:
    assert said in page_of(technician, search)


def test_who_may_not_change_it_reads_it(technician: FlaskClient, signed_in: SignedIn) -> None:
    reader = signed_in(Role.SCIENTIST)

    assert "Put in force" not in page_of(reader, "?kind=flow_cell&key=miseq_v3&view=edit")
    drawn = page_of(reader, "?kind=flow_cell&key=miseq_v3")
    assert "MiSeq, v3" in drawn
    assert ids.RETIRE not in drawn


def save(client: FlaskClient, key: str, version: int, **changed: str) -> Any:
    """Press the form's button with what the form holds, and ``changed``."""
    with reading() as session:
        values = typed.texts(queries.flow_cell(session, key).content) | changed
    which = {"kind": "flow_cell", "key": key, "version": version}
    words = [(ids.NAME, "Ours"), (ids.SOURCE, "Our runs"), (ids.REASON, "We get more.")]
    body = callback_request(
        f"{ids.PROBLEMS}.children",
        inputs=[(ids.SAVE, "n_clicks", 1)],
        state=[(ids.WHICH, "data", which), *((name, "value", said) for name, said in words)],
    )
    body["state"] += [
        [{"id": ids.field(n), "property": "value", "value": text} for n, text in values.items()],
        [{"id": ids.field(n), "property": "id", "value": ids.field(n)} for n in values],
    ]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_form_puts_the_next_version_in_force_and_shows_it(technician: FlaskClient) -> None:
    answer = save(technician, "miseq_v2", 1, reads_pf_millions_per_lane="20,5")

    assert "key=miseq_v2" in str(answer["sideUpdate"])
    drawn = page_of(technician, "?kind=flow_cell&key=miseq_v2")
    assert "Reads of a lane, M: 10 → " in drawn
    assert "20.5" in drawn
    assert "We get more." in drawn


def test_a_form_that_is_wrong_or_late_says_so_and_changes_nothing(technician: FlaskClient) -> None:
    wrong = save(technician, "iseq_100", 1, lanes="many", platform="")
    assert "Lanes: “many” is no number" in str(wrong["response"])
    assert "Platform: fill it in." in str(wrong["response"])

    save(technician, "iseq_100", 1, lanes="2")
    late = save(technician, "iseq_100", 1, lanes="3")

    assert "made version 2 of Ours in the meantime" in str(late["response"])
    with reading() as session:
        assert queries.flow_cell(session, "iseq_100").number == 2


def test_an_entry_is_retired_with_a_reason(technician: FlaskClient) -> None:
    which = {"kind": "recipe", "key": "iseq_100_2x151", "name": "iSeq", "is_active": True}

    def retire(reason: str) -> Any:
        state = [(ids.RETIRE_WHICH, "data", which), (ids.RETIRE_REASON, "value", reason)]
        return press(technician, f"{ids.RETIRE_SAID}.children", ids.RETIRE, *state)

    assert "Say why" in str(retire(" "))
    retire("Sold.")

    assert "Retired" in page_of(technician, "?kind=recipe")


def test_a_kit_is_looked_at_when_dropped_and_kept_when_asked(technician: FlaskClient) -> None:
    def sent(text: str) -> list[str]:
        return [f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}"]

    def look(text: str) -> str:
        body = callback_request(
            f"{ids.KIT_FOUND}.children",
            inputs=[
                (ids.KIT_FILE, "contents", sent(text)),
                (ids.KIT_FILE, "filename", ["own.csv"]),
                (ids.KIT_REVERSED, "value", "forward"),
            ],
        )
        answer = technician.post(gate.CALLBACKS, json=body, headers=csrf_headers(technician))
        return str(answer.get_json()["response"])

    def keep(maker: str, umis: str = "index 1: U8 before\n") -> Any:
        return press(
            technician,
            f"{ids.KIT_PROBLEMS}.children",
            ids.KIT_KEEP,
            (ids.KIT_FILE, "contents", sent(KIT)),
            (ids.KIT_FILE, "filename", ["own.csv"]),
            (ids.KIT_REVERSED, "value", "as_read"),
            (ids.KIT_NAME, "value", "Own UDI"),
            (ids.KIT_MAKER, "value", maker),
            (ids.KIT_SOURCE, "value", "Order 4711"),
            (ids.KIT_ADAPTER_1, "value", "agatcggaagagc"),
            (ids.KIT_ADAPTER_2, "value", ""),
            (ids.KIT_UMIS, "value", umis),
        )

    assert "own.csv, line 2: U1, i7: “NNNN” is no index." in look(KIT.replace("ACGTACGT", "NNNN"))
    assert "i5 at least 8 bases apart. Nothing is kept yet." in look(KIT)
    assert "Say who makes the kit" in str(keep(""))
    assert "Line 1 cannot be read. Write it like read 1: U7N1" in str(keep("Us", umis="U8"))

    keep("Us")

    with reading() as session:
        kept = queries.index_kit(session, "own_udi").content
    assert [each.i5 for each in kept.wells] == ["GGTTCCAA", "AACCTTGG"]
    assert (kept.adapter_read1, kept.adapter_read2) == ("AGATCGGAAGAGC", "")
    assert typed.texts(kept)["umis"] == "index 1: U8 before"
