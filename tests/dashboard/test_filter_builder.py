"""The filter builder: rows stand for an address, and an address comes of rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from backend.auth.ids import Role
from backend.samples.finding_terms import Pair, canonical
from backend.samples.ids import HoldKind, Status
from dashboard import gate, shell_ids
from dashboard.pages.samples import chips, filter_rows, ids
from dashboard.pages.samples.filter_rows import Row
from tests.dashboard.conftest import callback_request, csrf_headers

SignedIn = Callable[..., FlaskClient]

PAIRS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["status", "-status"]), st.sampled_from(list(Status))),
        st.tuples(st.just("hold"), st.sampled_from(["yes", *HoldKind])),
        st.tuples(st.sampled_from(["project", "subject", "place", "text"]), st.just("A-1")),
        st.tuples(
            st.sampled_from(["volume", "conc", "rin"]),
            st.sampled_from(["<50", "<=7", ">1.5", ">=2", "10..20", "7"]),
        ),
        st.tuples(
            st.sampled_from(["created", "received", "collected", "expires"]),
            st.sampled_from(
                ["today", "7d", ">=2026-01-02", "2026-01-02..2026-02-01", "2026-01-02"]
            ),
        ),
    ).map(lambda pair: (pair[0], str(pair[1]))),
    max_size=6,
    unique=True,
)


@given(pairs=PAIRS)
def test_an_address_survives_the_way_through_the_builder(pairs: list[Pair]) -> None:
    rows = filter_rows.rows_of(pairs)

    said = [canonical(*pair) for row in rows for pair in filter_rows.pairs_of_row(row)]

    assert set(said) == set(pairs)


def test_an_empty_row_says_nothing() -> None:
    assert filter_rows.pairs_of_row(Row(key="volume", way="<", values=("  ",))) == []
    assert filter_rows.pairs_of_row(Row(key="created", way="..")) == []


def test_values_of_another_field_go_with_it() -> None:
    (row,) = filter_rows.read_rows(["volume"], ["any"], [["pending"]], [""])

    assert row == Row(key="volume", way="<")


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("volume", ("10..50",), "Volume from 10 to 50 µL"),
        ("volume", (">10", "<50"), "Volume above 10 µL and below 50 µL"),
        ("conc", (">=10",), "Concentration at least 10 ng/µL"),
        ("rin", ("<7",), "RIN below 7"),
        ("created", ("today",), "Registered today"),
        ("created", ("7d",), "Registered within the last 7 days"),
        ("expires", ("30d",), "Expires within the next 30 days"),
        ("expires", ("past",), "Expires before today"),
        ("received", (f">={date(2026, 11, 1)}",), "Received from 1\u00a0Nov\u00a02026"),
        ("-status", ("failed", "rejected"), "Status is none of Failed, Rejected"),
        ("place", ("B-0418",), "Place is or is in B-0418"),
    ],
)
def test_a_filter_is_said_in_words(key: str, values: tuple[str, ...], said: str) -> None:
    assert " ".join(filter(None, chips.words(key, values))) == said


def _press_apply(client: FlaskClient, rows: list[tuple[str, str, Any, str]]) -> Any:
    body = callback_request(
        "",
        inputs=[(ids.FILTER_APPLY, "n_clicks", 1)],
        state=[(shell_ids.URL, "search", "")],
    )
    parts = [
        [
            {"id": ids.filter_part(part, number), "property": "value", "value": row[place]}
            for number, row in enumerate(rows)
        ]
        for place, part in enumerate(("field", "way", "value", "second"))
    ]
    body["state"] = [*parts, *body["state"]]
    errors = {"type": "samples-filter-error", "row": ["ALL"]}
    key = '{"row":["ALL"],"type":"samples-filter-error"}'
    body["output"] = f"..{ids.FILTER_PROBLEMS}.children...{key}.children.."
    body["outputs"] = [
        {"id": ids.FILTER_PROBLEMS, "property": "children"},
        [{"id": {**errors, "row": number}, "property": "children"} for number in range(len(rows))],
    ]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_rows_that_can_be_read_lead_to_their_address(signed_in: SignedIn) -> None:
    rows = [
        ("status", "any", ["pending"], ""),
        ("volume", "<", "0.5 mL", ""),
        ("created", "..", "2026-11-01", "2026-11-05"),
    ]

    answer = _press_apply(signed_in(Role.ADMINISTRATOR), rows)

    assert answer["sideUpdate"][shell_ids.URL]["search"] == (
        "?f=status:pending,volume:%3C500,created:2026-11-01..2026-11-05"
    )


def test_each_row_that_cannot_be_read_says_what_to_write(signed_in: SignedIn) -> None:
    rows = [("volume", "<", "much", ""), ("rin", ">", "7", "")]

    answer = _press_apply(signed_in(Role.ADMINISTRATOR), rows)

    assert "sideUpdate" not in answer
    assert "Volume needs a number" in str(answer)
    assert "problem with filter 1" in str(answer)
