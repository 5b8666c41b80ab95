"""Colours of paper: the light tokens, for files that no stylesheet reaches."""

from collections.abc import Mapping

from dashboard.theme import token_values


def paper_palette() -> Mapping[str, str]:
    """Return the light theme's hex values by role."""
    return token_values()["light"]
