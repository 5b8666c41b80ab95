"""A callback request must look like what the renderer sends for a declared callback."""

from typing import Any

import pytest
from dash import Output

from dashboard.callback_request import malformed

DECLARED = {
    "rows.children": {
        "output": Output("rows", "children"),
        "inputs": [{"id": "refresh", "property": "n_clicks"}],
        "state": [{"id": '{"box":["MATCH"],"type":"position"}', "property": "value"}],
    },
    "..a.data...b.data..": {
        "output": [Output("a", "data"), Output("b", "data")],
        "inputs": [],
        "state": [],
    },
}


def request_with(**changes: Any) -> dict[str, Any]:
    return {
        "output": "rows.children",
        "outputs": {"id": "rows", "property": "children"},
        "inputs": [{"id": "refresh", "property": "n_clicks", "value": 1}],
        "state": [{"id": {"box": "B-07", "type": "position"}, "property": "value", "value": "D7"}],
        "changedPropIds": ["refresh.n_clicks"],
    } | changes


def test_what_the_renderer_sends_is_well_formed() -> None:
    assert malformed(request_with(), DECLARED) is None


def test_a_wildcard_may_arrive_as_the_list_of_what_it_matched() -> None:
    entry = {"id": {"box": "B-07", "type": "position"}, "property": "value", "value": 1}

    assert malformed(request_with(state=[[entry, entry]]), DECLARED) is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        request_with(output="secrets.children"),
        request_with(output=None),
        request_with(output=["rows.children"]),
        request_with(outputs="rows"),
        {"output": "..a.data...b.data..", "outputs": [{"id": "a"}, {}], "inputs": []},
        {"output": "..a.data...b.data..", "inputs": []},
        request_with(changedPropIds="refresh.n_clicks"),
        request_with(inputs=None),
        request_with(inputs=[]),
        request_with(inputs=["refresh"]),
        request_with(inputs=[{"id": "other", "property": "n_clicks"}]),
        request_with(inputs=[{"id": "refresh", "property": "value"}]),
        request_with(state=[{"id": "position", "property": "value"}]),
        request_with(state=[{"id": {"type": "position"}, "property": "value"}]),
        request_with(state=[{"id": {"box": "B-07", "type": "user"}, "property": "value"}]),
    ],
)
def test_anything_else_is_refused_with_a_reason(body: Any) -> None:
    assert malformed(body, DECLARED)
