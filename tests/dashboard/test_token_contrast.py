"""WCAG 2.2 contrast of every pair of tokens that stands on another, in both themes."""

import pytest

from dashboard.theme import token_values

TEXT, GRAPHIC = 4.5, 3.0
SURFACES = ("surface", "canvas", "surface-2", "surface-3", "hover", "selected")
STATUS = ("ok", "warn", "crit", "info", "pred", "off")

TEXT_PAIRS = [
    *[(text, surface) for text in ("text", "text-2") for surface in SURFACES],
    *[("text-3", surface) for surface in ("surface", "canvas", "surface-2", "hover")],
    *[("accent", surface) for surface in ("surface", "canvas", "surface-2", "hover", "selected")],
    *[("on-accent", fill) for fill in ("accent", "accent-hover", "accent-press")],
    ("on-inverse", "inverse"),
    *[(f"{name}-text", f"{name}-bg") for name in STATUS],
    *[(f"{name}-text", "surface") for name in STATUS],
    ("text", "crit-bg"),
    ("text-2", "warn-bg"),
    *[("on-q-low", f"q{step}") for step in range(4)],
    *[("on-q-high", f"q{step}") for step in (5, 6, 7)],
    *[(f"on-c{number}", f"c{number}") for number in (1, 2, 3, 4, 5, 6)],
    ("axis-text", "surface"),
]
GRAPHIC_PAIRS = [
    ("control-line", "surface"),
    ("focus", "surface"),
    ("focus", "canvas"),
    *[(name, "surface") for name in STATUS],
    *[(f"c{number}", "surface") for number in range(1, 7)],
    ("hist-crit", "surface"),
]


def relative_luminance(hex_colour: str) -> float:
    """WCAG 2.2, definition of relative luminance."""
    channels = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_the_known_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS, ids=lambda name: name)
def test_text_is_readable_on_what_it_stands_on(theme: str, ink: str, ground: str) -> None:
    values = token_values()[theme]

    assert contrast(values[ink], values[ground]) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), GRAPHIC_PAIRS, ids=lambda name: name)
def test_marks_and_borders_are_seen_on_what_they_stand_on(
    theme: str, ink: str, ground: str
) -> None:
    values = token_values()[theme]

    assert contrast(values[ink], values[ground]) >= GRAPHIC
