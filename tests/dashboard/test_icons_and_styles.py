"""What the sources name exists, comes from here, and takes its colours from the tokens."""

import re
from pathlib import Path

import pytest

from dashboard.assets_build import icon_codes, light_tokens, used_icons

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "assets").glob("*.css"))
SCRIPTS = sorted((ROOT / "assets").glob("*.js"))
PYTHON = sorted((ROOT / "dashboard").rglob("*.py"))


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


def test_bootstraps_theme_colours_are_our_light_tokens() -> None:
    tokens = light_tokens((ROOT / "assets" / "00-tokens.css").read_text("utf-8"))

    assert tokens["accent"] == "#00638C"
    assert tokens["crit"] == "#C2332C"
