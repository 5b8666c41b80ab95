"""``aria-…`` and ``data-…`` attributes of Dash elements, typed once.

html.Div(**aria(label="Key figures", live="polite"), **data(dialog="discard"))
"""

from typing import Any

Value = str | int | float | bool


def aria(**values: Value | None) -> dict[str, Any]:
    """Return ``aria-`` attributes; True and False become the words, None is left out."""
    return _prefixed("aria", values)


def data(**values: Value | None) -> dict[str, Any]:
    """Return ``data-`` attributes; underscores become hyphens."""
    return _prefixed("data", values)


def optional(**values: Any) -> dict[str, Any]:
    """Return the properties that are not None: Dash tells an absent id from an empty one."""
    return {name: value for name, value in values.items() if value is not None}


def _prefixed(prefix: str, values: dict[str, Value | None]) -> dict[str, Any]:
    return {
        f"{prefix}-{name.replace('_', '-')}": _written(value)
        for name, value in values.items()
        if value is not None
    }


def _written(value: Value) -> Value:
    return str(value).lower() if isinstance(value, bool) else value
