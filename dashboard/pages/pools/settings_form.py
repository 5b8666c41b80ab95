"""What a pool shall be: the form, and what was typed there as a change."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component
from pydantic import ValidationError

from backend.core.errors import InvalidInput
from backend.sequencing.ids import PoolingMode
from backend.sequencing.pooling.schemas import PoolChangeIn
from backend.sequencing.pooling.views import PoolView
from backend.sequencing.reference.content import PoolingContent
from dashboard.components.button import button
from dashboard.components.form_field import form_field
from dashboard.components.panel import panel
from dashboard.pages.pools import ids, words

_MEGA = Decimal(1_000_000)
FIELDS = (
    ids.MODE,
    ids.NM,
    ids.UL,
    ids.PHIX,
    ids.BY,
    ids.DEAD,
    ids.DEPTH,
    ids.TARGET_MB,
    ids.DUPLICATES,
)
_NAMES: Mapping[str, tuple[str, str]] = {
    "target_nm": (ids.NM, "Molarity must be a number of nM above 0, with four decimals at most."),
    "target_ul": (ids.UL, "Volume must be a number of µL above 0 in steps of 0.1."),
    "phix_percent": (ids.PHIX, "PhiX must be 0 to 90 %."),
    "dead_ul": (ids.DEAD, "Dead volume must be 0 to 1,000 µL."),
    "depth": (ids.DEPTH, "Depth must be a number above 0."),
    "target_bp": (ids.TARGET_MB, "The target must be a number of Mb above 0."),
    "duplicates": (ids.DUPLICATES, "Duplicates must be 0 % to below 100 %."),
    "reads_millions": (ids.MODE, "Reads must be numbers of millions above 0."),
}


def form(view: PoolView, laboratory: PoolingContent, *, may_change: bool) -> Component:
    """Draw the form; its parts are there for the callbacks when it is hidden, too."""
    settings, wish = view.settings, view.settings.coverage
    target = words.number(wish.target_bp / _MEGA, 6) if wish else ""
    duplicates = words.number(wish.usable.duplicates * 100, 2) if wish else "0"
    rows: list[Component] = [
        _select("Balance", ids.MODE, words.MODES, view.mode.value),
        _number("Molarity", ids.NM, words.number(view.target_nm, 4), "nM"),
        _number("Volume", ids.UL, words.number(view.target_ul, 1), "µL"),
        _number("PhiX by volume", ids.PHIX, words.number(view.phix_percent, 2), "%"),
        _select("Pipetted by", ids.BY, words.by_options(laboratory), settings.pipetted_by.value),
        _number("Stays in each tube", ids.DEAD, words.number(view.pipetting.dead_ul), "µL"),
    ]
    coverage = html.Details(
        [
            html.Summary("Coverage as the currency"),
            html.Div(
                [
                    _number("Depth", ids.DEPTH, words.number(wish.depth) if wish else "", "×"),
                    _number("Target", ids.TARGET_MB, target, "Mb"),
                    _number("Duplicates", ids.DUPLICATES, duplicates, "%"),
                ],
                className="pl-fields",
            ),
        ],
        open=view.mode is PoolingMode.BY_COVERAGE,
    )
    shown = panel(
        "Recipe for",
        html.Div(rows, className="pl-fields"),
        coverage,
        html.Div(button("Calculate", id=ids.CALCULATE, kind="primary"), className="row-x"),
        meta="molarity from the newest measurements of each tube",
    )
    return html.Div(shown, hidden=not (may_change and view.is_open))


def parse(typed: Sequence[Any], reads: Mapping[str, Any]) -> PoolChangeIn:
    """Return the change that was typed.

    Raises:
        InvalidInput: by the id of each field that cannot be read.
    """
    values = dict(zip(FIELDS, typed, strict=True))
    given: dict[str, Any] = {
        "mode": values[ids.MODE],
        "target_nm": _tidy(values[ids.NM]),
        "target_ul": _tidy(values[ids.UL]),
        "phix_percent": _tidy(values[ids.PHIX]),
        "pipetted_by": values[ids.BY],
        "dead_ul": _tidy(values[ids.DEAD]),
    }
    if values[ids.MODE] == PoolingMode.BY_COVERAGE and (values[ids.DEPTH] or values[ids.TARGET_MB]):
        given["coverage"] = {
            "depth": _tidy(values[ids.DEPTH]),
            "target_bp": _scaled(values[ids.TARGET_MB], _MEGA),
            "duplicates": _scaled(values[ids.DUPLICATES], Decimal("0.01")),
        }
    if values[ids.MODE] == PoolingMode.BY_READS and reads:
        given["reads_millions"] = {code: _tidy(value) for code, value in reads.items()}
    try:
        return PoolChangeIn.model_validate(given)
    except ValidationError as error:
        raise InvalidInput("There is something to correct.", fields=_by_field(error)) from error


def _by_field(error: ValidationError) -> dict[str, str]:
    found = {}
    for each in error.errors():
        name = next((str(part) for part in reversed(each["loc"]) if str(part) in _NAMES), "")
        field, sentence = _NAMES.get(name, (ids.MODE, "Choose from the lists."))
        found[field] = sentence
    return found


def _tidy(value: Any) -> Any:
    return value.strip().replace(",", ".") if isinstance(value, str) else value


def _scaled(value: Any, by: Decimal) -> Any:
    try:
        return Decimal(str(_tidy(value)) or "0") * by
    except ArithmeticError:
        return value


def _number(label: str, key: str, value: str, unit: str) -> Component:
    field = dbc.Input(id=key, value=value, inputMode="decimal", autocomplete="off", maxlength=20)
    return form_field(label, field, unit=unit)


def _select(label: str, key: str, options: Mapping[Any, str], value: str) -> Component:
    choices = [{"value": each.value, "label": name} for each, name in options.items()]
    return form_field(label, dbc.Select(id=key, options=choices, value=value))
