"""By what a plan was made: the version of the settings, their figures, and how long runs take."""

from dash import html
from dash.development.base_component import Component

from backend.sequencing.queue_plans.views import PlanSettings, RunTakes
from backend.sequencing.reference.content import QueuePlanningContent
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.queries import LABORATORY
from backend.sequencing.reference.words import FIELDS, written
from dashboard import format as fmt
from dashboard.components.panel import panel
from dashboard.pages.queue_plans.runs import table
from dashboard.pages.reference_data.address import address

SETTINGS_PATH = address(ReferenceKind.QUEUE_PLANNING, LABORATORY)
_LENGTHS = ("Instrument", "Flow cell", "A run takes", "As said by", "A run is worth")


def made_by(settings: PlanSettings) -> Component:
    """Draw what a plan was made by, closed until somebody asks."""
    version = "the usual settings" if settings.number is None else f"version {settings.number}"
    facts = html.Dl(
        [
            html.Div([html.Dt(FIELDS[name].label), html.Dd(_value(settings.content, name))])
            for name in QueuePlanningContent.model_fields
        ],
        className="rd-facts",
    )
    rows = [
        html.Tr(
            [
                html.Td(each.instrument),
                html.Td(each.flow_cell),
                html.Td(f"{fmt.decimal(each.hours, 1)} h", className="num"),
                html.Td(each.source),
                html.Td(_worth(settings.content, each)),
            ]
        )
        for each in settings.runs
    ]
    return panel(
        "Made by",
        html.Details(
            [
                html.Summary("Weights, mixing rules and run lengths", className="t2"),
                facts,
                table(_LENGTHS, rows, label="How long runs were planned"),
            ],
            className="qp-made",
        ),
        meta=version,
        aside=html.A("Settings in force", href=SETTINGS_PATH),
        class_name="bt",
    )


def _worth(content: QueuePlanningContent, run: RunTakes) -> str:
    """Write the delay that saving a run is worth, and by what a size weighs more than another."""
    hours = f"{fmt.decimal(float(content.run_delay_hours) * run.dearness, 1)} h of delay"
    return f"{hours}, {run.dear_by}" if run.dear_by else hours


def _value(content: QueuePlanningContent, name: str) -> str:
    told, unit = written(getattr(content, name)), FIELDS[name].unit
    return f"{told} {unit}" if unit and told != "–" else told
