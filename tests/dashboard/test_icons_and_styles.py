"""What the sources name exists, comes from here, and takes its colours from the tokens."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from dashboard.assets_build import icon_codes, light_tokens, used_icons

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "assets").glob("*.css"))
SCRIPTS = sorted((ROOT / "assets").glob("*.js"))
PYTHON = sorted((ROOT / "dashboard").rglob("*.py"))
_SHARED_SHEETS = {
    "10-base.css",
    "20-shell.css",
    "30-button.css",
    "30-form.css",
    "30-layers.css",
    "30-panel.css",
    "30-status.css",
    "30-table.css",
}
"""Sheets of what many pages show; every other sheet belongs to a page."""


def test_every_icon_that_a_component_is_asked_for_exists() -> None:
    asked = {
        name
        for path in PYTHON
        for name in re.findall(r"\bicon\(\s*[\"']([a-z0-9-]+)", path.read_text("utf-8"))
    }

    assert asked
    assert asked <= icon_codes().keys()


def test_every_icon_class_of_scripts_and_templates_exists() -> None:
    sources = [*SCRIPTS, *(ROOT / "dashboard").rglob("*.html")]
    named = {
        name
        for path in sources
        for name in re.findall(r"\bbi-([a-z0-9]+(?:-[a-z0-9]+)*)\b(?!-)", path.read_text("utf-8"))
    }

    assert named <= icon_codes().keys()


def test_an_icon_named_in_a_literal_is_in_the_subset() -> None:
    assert {"upc-scan", "snow2", "check-circle-fill"} <= set(used_icons(icon_codes()))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_only_the_tokens_name_colours(path: Path) -> None:
    if path.name == "00-tokens.css":
        return

    named = re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![-\w])|\brgba?\(", path.read_text("utf-8"))

    assert [colour for colour in named if not colour.startswith("#react")] == []


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=lambda path: path.name)
def test_nothing_of_ours_asks_another_host(path: Path) -> None:
    addresses = re.findall(r"https?://[^\s\"')]+", path.read_text("utf-8"))

    assert [a for a in addresses if not a.startswith("http://www.w3.org/")] == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_token_that_a_style_uses_is_defined(path: Path) -> None:
    tokens = (ROOT / "assets" / "00-tokens.css").read_text("utf-8")
    defined = set(re.findall(r"(--ts-[\w-]+):", tokens))

    used = set(re.findall(r"var\((--ts-[\w-]+)", path.read_text("utf-8")))

    assert used <= defined


def test_a_class_has_its_own_rule_in_one_sheet_only() -> None:
    """All sheets load on every page: a second page's rule of the same name would change the first.

    What a narrow window or paper changes (indented, within @media) may stand where it belongs.
    """
    ruled_in = defaultdict(set)
    for path in STYLES:
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("."):
                alone = re.findall(r"(?:^|}\s*|,\s*)\.([\w-]+)(?=\s*[{,])", line)
                for name in alone:
                    ruled_in[name].add(path.name)

    assert len(ruled_in) > 500
    assert {name: names for name, names in ruled_in.items() if len(names) > 1} == {}


def test_a_page_is_drawn_by_the_sheet_of_its_own_abbreviation() -> None:
    """A class of a page's list, `rp`, took the grid of another page's sheet once."""
    ruled = {
        name: path.name
        for path in STYLES
        for name in re.findall(r"^\.([a-z]{2,3})(?=\s*\{)", path.read_text("utf-8"), re.MULTILINE)
    }
    used = defaultdict(set)
    for path in PYTHON:
        if path.parent.parent.name == "pages":
            for names in re.findall(r"class(?:N|_n)ame=\"([^\"]+)\"", path.read_text("utf-8")):
                for name in names.split():
                    used[name].add(path.parent.name)

    assert ruled
    assert {
        name: (sheet, packages)
        for name, sheet in ruled.items()
        if len(packages := used[name]) > 1 and sheet not in _SHARED_SHEETS
    } == {}


def test_bootstraps_theme_colours_are_our_light_tokens() -> None:
    tokens = light_tokens((ROOT / "assets" / "00-tokens.css").read_text("utf-8"))

    assert tokens["accent"] == "#00638C"
    assert tokens["crit"] == "#C2332C"
