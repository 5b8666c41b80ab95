"""Markup for plain insides says what the components said, and nothing that could run."""

import copy
from html.parser import HTMLParser
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.drawing import drawing, node
from dashboard.still import STILL, drawn_once, keep_live, live_ids, stilled

VOID = {"br", "hr", "col"}


class _Read(HTMLParser):
    """Markup as nested [tag, attributes, children]."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Any] = ["", {}, []]
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = [tag, {name: value or "" for name, value in attrs}, []]
        self.open[-1][2].append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1][2]
        if inside and isinstance(inside[-1], str):
            inside[-1] += data
        else:
            inside.append(data)


def _markup(inside: str) -> list[Any]:
    reader = _Read()
    reader.feed(inside)
    reader.close()
    assert reader.open == [reader.root], "an element was left open"
    return reader.root[2]  # type: ignore[no-any-return] # the nested lists of the class above


def _tree(value: Any) -> list[Any]:
    """What a component tree shows, in the same nested form."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, list):
        joined: list[Any] = []
        for one in value:
            for part in _tree(one):
                if isinstance(part, str) and joined and isinstance(joined[-1], str):
                    joined[-1] += part
                else:
                    joined.append(part)
        return joined
    if not isinstance(value, Component):
        return [str(value)] if str(value) else []
    own = {
        {"className": "class", "htmlFor": "for"}.get(name, name.lower()): ""
        if given_value is True
        else str(given_value)
        for name, given_value in value.to_plotly_json()["props"].items()
        if name != "children" and given_value is not False and given_value is not None
    }
    return [[type(value).__name__.lower(), own, _tree(getattr(value, "children", None))]]


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "className": texts,
        "title": texts,
        "hidden": st.booleans(),
        "data-x": texts,
        "aria-label": texts,
        "tabIndex": st.sampled_from(["0", "-1"]),
    },
)
leaves = st.one_of(texts, st.integers(-5, 5), st.none())
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda tag, children, given_attributes: tag(children, **given_attributes),
        st.sampled_from([html.Div, html.Span, html.P, html.Li, html.B]),
        st.one_of(leaves, st.lists(inner, max_size=4)),
        attributes,
    ),
    max_leaves=20,
)


@given(st.lists(trees, min_size=4, max_size=8))
def test_the_markup_shows_what_the_components_showed(children: list[Any]) -> None:
    whole = html.Section(children)
    before = _tree(copy.deepcopy(whole))[0]
    sent = stilled(whole).to_plotly_json()
    if STILL in sent["props"]:
        assert _markup(sent["props"][STILL]) == before[2]
    else:
        assert _tree(stilled(whole))[0] == before, "too small to be worth it, so left as it was"


def test_text_is_escaped_wherever_it_stands() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&"
    items = [html.Li(hostile, title=hostile) for _ in range(4)]
    inside = stilled(html.Ul(items)).to_plotly_json()["props"][STILL]
    assert "<img" not in inside
    assert _markup(inside) == [["li", {"title": hostile}, [hostile]] for _ in items]


def test_what_a_callback_knows_stays_a_component() -> None:
    assert {"page", "url", "page-meta", "live-samples"} <= live_ids()
    rows = [html.P(f"Line {number}") for number in range(4)]
    drawn = html.Div([html.Div(rows, id="page"), html.Div(copy.deepcopy(rows), id="nobody-asks")])
    known, plain = stilled(drawn).children
    assert known.id == "page"
    assert len(known.children) == 4
    assert not hasattr(plain, "children")
    assert "Line 3" in getattr(plain, STILL)


def test_what_set_props_writes_to_stays_a_component() -> None:
    rows = [html.P(f"Line {number}") for number in range(4)]
    drawn = stilled(html.Div([html.Span(3, id=keep_live("count-of-the-test")), *rows]))
    assert drawn.children[0].id == "count-of-the-test"


def test_controls_and_other_libraries_stay_components() -> None:
    rows = [html.P(f"Line {number}") for number in range(4)]
    for control in (
        dcc.Store(id="anything"),
        html.Textarea(),
        html.Button("Press", id={"type": "press", "of": 1}),
        html.Div(style={"height": "3px"}),
        html.Button("Press", n_clicks=0),
    ):
        drawn = stilled(html.Div([control, html.Ul(rows)]))
        assert type(drawn.children[0]) is type(control)
        assert STILL in drawn.children[1].to_plotly_json()["props"]


def test_custom_properties_of_a_meter_are_kept() -> None:
    rows = [html.Span(style={"--used": 45}) for _ in range(4)]
    assert stilled(html.Div(rows)).to_plotly_json()["props"][STILL] == (
        '<span style="--used:45"></span>' * 4
    )


def test_a_drawing_goes_in_as_what_it_is() -> None:
    picture = drawing(10, 5, [node("rect", width=3, height=2, class_="h-ok")], label="One <bar>")
    inside = stilled(html.Div([picture, html.P("a"), html.P("b")])).to_plotly_json()["props"][STILL]
    assert '<rect width="3" height="2" class="h-ok"' in inside
    assert 'aria-label="One &lt;bar&gt;"' in inside
    assert "data-svg" not in inside


def test_what_is_given_is_left_alone() -> None:
    given_tree = html.Div([html.P(f"Line {number}") for number in range(4)], className="a")
    stilled(given_tree)
    assert len(given_tree.children) == 4
    assert not hasattr(given_tree, STILL)
    assert stilled([1, "two"]) == [1, "two"]
    assert stilled(None) is None


def test_what_is_drawn_once_is_drawn_anew_for_other_values() -> None:
    drawn: list[tuple[int, ...]] = []

    @drawn_once
    def lines(numbers: list[int], *, title: str) -> Component:
        drawn.append(tuple(numbers))
        return html.Ul([html.Li(f"{title} {number}") for number in numbers])

    first = lines([1, 2, 3], title="No")
    assert lines([1, 2, 3], title="No") is first
    other = lines([1, 2, 4], title="No")

    assert drawn == [(1, 2, 3), (1, 2, 4)]
    assert "No 4" in other.to_plotly_json()["props"][STILL]
    assert "No 4" not in first.to_plotly_json()["props"][STILL]
