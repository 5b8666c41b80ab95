"""The evacuation drill of the What-if page: asked for by a press, drawn beside the model's time."""

from dash import html
from dash.development.base_component import Component

from backend.storage.planning.drill import Drill
from backend.telemetry.thermal_views import UnitCrossing
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.chart import data_table
from dashboard.components.panel import panel
from dashboard.pages.what_if import drill_words, ids

_NOTHING_CHANGES = (
    "The evacuation planner looks where everything in it would go now, under the rules of placing. "
    "Nothing is moved, reserved or written down."
)


def before(label: str, *, may_plan: bool) -> html.Section:
    """Draw the panel with the button that runs the drill."""
    parts: list[Component] = [html.P(_NOTHING_CHANGES, className="t2")]
    if may_plan:
        run = button("Run the drill", id=ids.DRILL_RUN, icon="clipboard-check")
        parts.append(html.Div(run, className="row-x wi-run"))
    else:
        parts.append(html.P("Your role may not plan moves. A technician can run it."))
    parts.append(html.Div(id=ids.DRILL, **aria(live="polite")))
    return panel(f"Evacuation drill of {label}", *parts, class_name="bt")


def after(label: str, drill: Drill, said: UnitCrossing | None) -> list[Component]:
    """Draw what the drill found: the sentences, where everything goes, and what finds no place."""
    parts: list[Component] = [
        html.H3(drill_words.headline(label, drill), className="fc-hl"),
        *(html.P(line) for line in drill_words.against(drill, said)),
    ]
    if drill.refuges:
        parts.append(
            _table(
                ["Into", "Whole boxes", "Tubes"],
                [
                    [each.label, fmt.count(each.boxes), fmt.count(each.tubes)]
                    for each in drill.refuges
                ],
                f"Where the contents of {label} would go",
            )
        )
    if drill.left:
        parts.append(
            _table(
                ["Stays", "Tubes"],
                [[why, fmt.count(tubes)] for why, tubes in drill.left],
                f"What of {label} finds no place",
            )
        )
    parts.append(html.P(drill_words.reckoned(drill.effort), className="sm t3"))
    return parts


def _table(head: list[str], rows: list[list[str]], caption: str) -> html.Div:
    return html.Div(data_table(head, rows, numeric_from=1, caption=caption), className="wi-table")
