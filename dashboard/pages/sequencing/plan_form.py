"""The form that books an instrument for pools."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.reference.views import Recipe
from backend.sequencing.views import InstrumentView, PoolLine
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.sequencing import ids
from dashboard.pages.sequencing.cards import reads


def form(
    instruments: Sequence[InstrumentView],
    pools: Sequence[PoolLine],
    recipes: Sequence[Recipe],
    *,
    chosen: str,
    zone: ZoneInfo,
) -> html.Div:
    """Draw the form; the pool ``chosen``, by its own code or a request's, is already on lane 1."""
    if not pools:
        return empty_state(
            "No pool is ready",
            "Move a request from Waiting to Pooled first.",
            button("Open the board", href="/sequencing"),
            icon="bar-chart-steps",
        )
    return html.Div(
        [
            error_summary({}, id=ids.PLAN_PROBLEMS),
            form_field(
                "Instrument",
                dbc.Select(
                    id=ids.PLAN_INSTRUMENT,
                    options=[
                        {"label": _described(each), "value": str(each.id)} for each in instruments
                    ],
                ),
            ),
            dcc.Store(id=ids.PLAN_FLOW_CELLS, data=known_flow_cells(instruments)),
            form_field(
                "Flow cell",
                dbc.Select(id=ids.PLAN_FLOW_CELL, options=[]),
                help_text="Those that are kept for the instrument.",
            ),
            dcc.Store(id=ids.PLAN_RECIPES, data=known_recipes(recipes)),
            form_field(
                "Recipe",
                dbc.Select(
                    id=ids.PLAN_RECIPE,
                    options=[{"label": "No recipe", "value": ids.NO_RECIPE}],
                    value=ids.NO_RECIPE,
                ),
                help_text="Those of the flow cell. Without one the cycles are those "
                "that the libraries ask for.",
                optional=True,
            ),
            html.Div(
                [
                    form_field(
                        "Start",
                        dbc.Input(id=ids.PLAN_START, type="datetime-local"),
                        help_text=f"Laboratory time, {zone.key}.",
                    ),
                    form_field(
                        "Length",
                        dbc.Input(id=ids.PLAN_HOURS, type="number", min=1, step="any"),
                        unit="h",
                        help_text="Until the instrument is free again.",
                    ),
                ],
                className="bd-row",
            ),
            html.Fieldset(
                [
                    html.Legend("Pools and their lanes"),
                    html.P("A pool without a lane stays in Pooled.", className="help t3 sm"),
                    *[_pool(pool, chosen) for pool in pools],
                ]
            ),
            html.Div(
                [
                    button("Plan run", id=ids.PLAN_SEND, kind="primary"),
                    button("Back to the board", href="/sequencing", kind="ghost"),
                ],
                className="row-x",
            ),
        ],
        className="bd-form",
    )


def known_flow_cells(instruments: Sequence[InstrumentView]) -> list[dict[str, object]]:
    """Return what the browser offers of flow cells, each instrument's own first."""
    return [
        {
            "value": cell.key,
            "label": f"{cell.name}, {fmt.plural(cell.lanes, 'lane', 'lanes')}, "
            f"{fmt.decimal(cell.usable_reads_millions)} M reads each",
            "instrument": str(each.id),
        }
        for each in instruments
        for cell in each.flow_cells
        if cell.is_kept
    ]


def known_recipes(recipes: Sequence[Recipe]) -> list[dict[str, object]]:
    """Return what the browser offers of recipes; ``hours`` None where nobody measured them."""
    return [
        {
            "value": each.key,
            "label": f"{each.name}, {_cycles(each)}",
            "hours": None if (hours := each.content.run_hours) is None else float(hours),
            "flow_cell": each.content.flow_cell,
        }
        for each in recipes
    ]


def _cycles(recipe: Recipe) -> str:
    kept = recipe.content
    counts = (kept.read1_cycles, kept.index1_cycles, kept.index2_cycles, kept.read2_cycles)
    return " + ".join(str(each) for each in counts if each)


def _described(instrument: InstrumentView) -> str:
    return f"{instrument.name} ({instrument.model})"


def _pool(pool: PoolLine, chosen: str) -> Component:
    libraries = fmt.plural(pool.libraries, "library", "libraries")
    lengths = " and ".join(f"2 × {length}" for length in pool.read_lengths)
    asked = ", ".join((*pool.project_codes, *pool.request_codes))
    return html.Div(
        [
            html.B(pool.code),
            html.Span(
                f"{asked}, {libraries}, {reads(pool.reads_millions)} reads, {lengths}",
                className="t2 sp",
            ),
            html.Label(
                [
                    html.Span(f"Lane of {pool.code}", className="vh"),
                    dbc.Input(
                        id=ids.lane(str(pool.id)),
                        type="number",
                        min=1,
                        step=1,
                        value=1 if chosen in {pool.code, *pool.request_codes} else None,
                        placeholder="Lane",
                        class_name="sm",
                    ),
                ]
            ),
        ],
        className="row-x bd-pool",
    )
