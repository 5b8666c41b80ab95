"""The filter builder at work: rows come and go, and the result is an address."""

from typing import Any

from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    ctx,
    html,
    no_update,
    set_props,
)
from dash.development.base_component import Component

from backend.core import clock
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.samples import finding_terms
from backend.samples import queries as samples_queries
from backend.samples.finding_terms import Pair
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import field_error
from dashboard.laboratory import lab_zone
from dashboard.pages.samples import filter_rows, ids
from dashboard.pages.samples.address import PATH, parse_search, to_query
from dashboard.pages.samples.filter_rows import MOST_ROWS, Row
from dashboard.session import current_principal

_ROWS = (
    State(ids.filter_part("value", ALL), "value"),
    State(ids.filter_part("second", ALL), "value"),
)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.FILTER_ROWS, "children"),
    Output(ids.FILTER_DRAWN, "data"),
    Input(ids.FILTER_ADD, "n_clicks"),
    Input(ids.filter_part("remove", ALL), "n_clicks"),
    Input(ids.filter_part("field", ALL), "value"),
    Input(ids.filter_part("way", ALL), "value"),
    *_ROWS,
    State(ids.FILTER_DRAWN, "data"),
    prevent_initial_call=True,
)
def change_rows(
    _adds: int | None, removes: list[int | None], keys: list[str], ways: list[str], *rest: Any
) -> tuple[Any, Any]:
    """Draw the rows anew: one more, one less, or another field or comparison."""
    values, seconds, drawn = rest
    rows = _changed(filter_rows.read_rows(keys, ways, values, seconds), removes)
    # New rows are inputs, too, and Dash asks about them: nothing has changed then.
    if filter_rows.drawn_for(rows) == drawn:
        return no_update, no_update
    with reading() as session:
        projects = samples_queries.projects(session, current_principal())
    codes = [project.code for project in projects]
    return filter_rows.draw(rows, codes), filter_rows.drawn_for(rows)


@page_callback(
    Permission.SAMPLES_VIEW,
    Output(ids.FILTER_PROBLEMS, "children"),
    Output(ids.filter_part("error", ALL), "children"),
    Input(ids.FILTER_APPLY, "n_clicks"),
    State(ids.filter_part("field", ALL), "value"),
    State(ids.filter_part("way", ALL), "value"),
    *_ROWS,
    State(shell_ids.URL, "search"),
    prevent_initial_call=True,
)
def apply_filters(presses: int | None, keys: list[str], ways: list[str], *rest: Any) -> Any:
    """Go to the list with these filters, or say at each row what cannot be read."""
    values, seconds, search = rest
    if not presses:
        return no_update, [no_update] * len(keys)
    said = [filter_rows.pairs_of_row(row) for row in _read(keys, ways, values, seconds)]
    problems = [_problem(pairs) for pairs in said]
    if not any(problems):
        before = parse_search(search)
        kept = [pair for pair in before.pairs if pair[0] == "import"]
        pairs = [finding_terms.canonical(*pair) for row in said for pair in row]
        query = to_query([*kept, *dict.fromkeys(pairs)], before.order, before.columns)
        set_props(shell_ids.URL, {"pathname": PATH, "search": query})
    return _summary(problems), [field_error(problem) for problem in problems]


def _read(keys: list[str], ways: list[str], values: list[Any], seconds: list[Any]) -> list[Row]:
    return filter_rows.read_rows(keys, ways, values, seconds)


def _changed(rows: list[Row], removes: list[int | None]) -> list[Row]:
    pressed = ctx.triggered_id
    if pressed == ids.FILTER_ADD and len(rows) < MOST_ROWS:
        used = {row.key for row in rows}
        fresh = next((key for key in filter_rows.FIELDS if key not in used), "text")
        return [*rows, *filter_rows.read_rows([fresh], [""], [None], [""])]
    is_remove = (
        isinstance(pressed, dict) and pressed["type"] == ids.filter_part("remove", 0)["type"]
    )
    if is_remove and removes[pressed["row"]]:
        return [row for number, row in enumerate(rows) if number != pressed["row"]]
    return rows


def _problem(pairs: list[Pair]) -> str:
    today = clock.utc_now().astimezone(lab_zone()).date()
    sentences = (finding_terms.unreadable(pair, today) for pair in pairs)
    said = next((sentence for sentence in sentences if sentence), "")
    return said[:1].upper() + said[1:]


def _summary(problems: list[str]) -> list[Component]:
    wrong = [number for number, problem in enumerate(problems, 1) if problem]
    if not wrong:
        return []
    which = f"filter{'s' if len(wrong) > 1 else ''} {', '.join(str(number) for number in wrong)}"
    return [
        html.Div(
            html.H2(f"There is a problem with {which}"),
            className="sum",
            role="alert",
            tabIndex="-1",
        )
    ]


clientside_callback(
    ClientsideFunction("samples", "isSingle"),
    Output(ids.filter_part("to", MATCH), "hidden"),
    Input(ids.filter_part("way", MATCH), "value"),
    prevent_initial_call=True,
)
