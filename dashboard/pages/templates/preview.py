"""What a draft of a template will look like: the workbook's first lines, and the form."""

from dash import html
from dash.development.base_component import Component
from xlsxwriter.utility import xl_col_to_name

from backend.templates.adapters.template_file import example_of
from backend.templates.definition import ColumnKind, Definition, TemplateColumn
from dashboard.components.attributes import aria
from dashboard.pages.templates import entry_fields, ids

_FEW = 4


def preview(definition: Definition) -> list[Component]:
    """Draw the workbook and the form of a definition."""
    drawn = entry_fields.fields(
        definition,
        ids.PREVIEW_FIELD,
        values=entry_fields.fresh_values(definition),
        errors={},
    )
    return [
        html.H3("Workbook"),
        html.Div(
            _sheet(definition),
            className="tbl-x",
            tabIndex="0",
            role="region",
            **aria(label="First lines of the workbook"),
        ),
        html.H3("Form"),
        *entry_fields.rules(definition),
        html.Fieldset(drawn, disabled="disabled", **aria(label="The form as it will look")),
    ]


def _sheet(definition: Definition) -> html.Table:
    columns = definition.columns
    letters = [html.Th(xl_col_to_name(at), scope="col") for at in range(len(columns))]
    heads = [
        html.Td(column.title, className="is-must" if column.required else "") for column in columns
    ]
    examples = [
        html.Td(example_of(at, column), className="is-eg") for at, column in enumerate(columns)
    ]
    first = [html.Td(_cell(column), className="t3") for column in columns]
    rows = [
        html.Tr([html.Th(str(number), scope="row"), *cells])
        for number, cells in enumerate((heads, examples, first), start=1)
    ]
    head = html.Thead(html.Tr([html.Th(html.Span("Row", className="vh"), scope="col"), *letters]))
    return html.Table([head, html.Tbody(rows)], className="tbl plain flush tpl-sheet")


def _cell(column: TemplateColumn) -> str:
    """Return what a cell to fill in offers."""
    match column.kind:
        case ColumnKind.CHOICE:
            more = " …" if len(column.choices) > _FEW else ""
            return f"list: {', '.join(column.choices[:_FEW])}{more}"
        case ColumnKind.YES_NO:
            return "list: yes, no"
        case ColumnKind.NUMBER:
            return "number"
        case ColumnKind.DATE:
            return "year-month-day"
        case ColumnKind.TEXT | ColumnKind.CODE:
            return "text"
