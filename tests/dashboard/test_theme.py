"""Drawings name tokens; both themes give each name a value, and paper gets fixed ones."""

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from plotly import graph_objects as go
from plotly.offline import get_plotlyjs_version

from dashboard import theme

ROOT = Path(__file__).resolve().parents[2]


def test_every_name_in_the_template_is_a_token_of_both_themes() -> None:
    named = set(re.findall(r"var\(--ts-([\w-]+)\)", json.dumps(theme.template())))

    assert named
    for values in theme.token_values().values():
        assert named <= values.keys()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_template_with_a_themes_values_is_valid_for_plotly(name: str) -> None:
    values = theme.token_values()[name]

    built = go.layout.Template(theme.resolved(theme.template(), name))

    assert built.layout.colorway == tuple(values[series] for series in theme.SERIES)
    assert built.layout.yaxis.gridcolor == values["grid"]
    assert [colour for _, colour in built.layout.colorscale.diverging] == [
        values[role] for role in theme.DEVIATION
    ]


def test_resolving_leaves_numbers_and_other_words_alone() -> None:
    figure = {"data": [{"y": [1, 2.5], "name": "var", "line": {"color": theme.token("pred")}}]}

    fixed = theme.resolved(figure)

    assert fixed["data"][0]["y"] == [1, 2.5]
    assert fixed["data"][0]["name"] == "var"
    assert fixed["data"][0]["line"]["color"] == theme.token_values()["light"]["pred"]


def test_dark_names_no_colour_that_light_does_not_have() -> None:
    values = theme.token_values()

    assert values["light"].keys() == values["dark"].keys()


def test_the_cartesian_bundle_has_the_version_that_plotly_speaks() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    bundle = locked["packages"]["node_modules/plotly.js-cartesian-dist-min"]["version"]

    assert bundle == get_plotlyjs_version(), version("plotly")
