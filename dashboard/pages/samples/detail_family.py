"""What a sample came from and what came from it: as a graph, and as tables."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples.family import MOST, Relative
from backend.samples.ids import LineageKind, MaterialType
from backend.samples.lineage_views import LineageGraph
from backend.samples.rules import MATERIAL_NAME
from backend.samples.views import LineageEdge
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.panel import panel
from dashboard.components.status import SAMPLE_LOOKS, look_of, status
from dashboard.figures.lineage import lineage_graph
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_facts import SampleFacts

TABLE = "table"
"""The view of the family's tab that is no picture, as the address has it."""
_EDGES_SHOWN = 200
_CAME: dict[LineageKind, str] = {
    LineageKind.ALIQUOT: "aliquot",
    LineageKind.DERIVATIVE: "extract",
    LineageKind.POOL: "pool",
}


def lineage(facts: SampleFacts, principal: Principal) -> html.Section:
    """Draw the lineage beside the sample's other facts."""
    making = [made] if (made := _making(principal)) else []
    if not facts.above and not facts.below:
        said = html.P("It came from no other sample, and nothing was made from it.", className="t3")
        return panel("Lineage", said, aside=_aside(making))
    table = html.A("View as table", href=_address(facts, TABLE))
    return panel(
        "Lineage",
        *_graph(facts),
        meta=f"{len(facts.above)} above, {len(facts.below)} below",
        aside=_aside([table, *making]),
    )


def family(facts: SampleFacts, view: str) -> list[Component]:
    """Draw the family's tab: the graph, or with ``view`` TABLE what it shows as tables."""
    if len(facts.relatives) == 1 and not facts.above and not facts.below:
        return [
            empty_state(
                "It has no family here",
                "It was taken from no sample of yours, and nothing was taken from it. A parent is "
                "named when an aliquot is registered.",
                icon="diagram-3",
            )
        ]
    if view == TABLE:
        return [_edges(facts), _members(facts)]
    return [
        panel(
            "Lineage",
            *_graph(facts),
            meta=f"{len(facts.above)} above, {len(facts.below)} below",
            aside=html.A("View as table", href=_address(facts, TABLE)),
            class_name="sd-history",
        )
    ]


def _graph(facts: SampleFacts) -> list[Component]:
    graph = facts.graph
    drawn = lineage_graph(graph, shown=facts.sample.row.id)
    parts: list[Component] = [html.Div(drawn, className="tbl-x lin-x")]
    if cut := _cut(graph):
        parts.append(html.P(cut, className="t3 mi"))
    return parts


def _cut(graph: LineageGraph) -> str:
    drawn = len(graph.nodes) - 1
    if graph.relatives <= drawn:
        return ""
    return (
        f"The nearest {fmt.count(drawn)} of {fmt.count(graph.relatives)} relatives are drawn. Open "
        "one of them to see what is around it."
    )


def _edges(facts: SampleFacts) -> html.Section:
    heads = ("Relation", "Sample", "Type", "State", "Drawn", "Holds")
    edges = [*reversed(facts.above), *facts.below]
    parts: list[Component] = [_table(heads, [_edge(edge) for edge in edges[:_EDGES_SHOWN]])]
    if len(edges) > _EDGES_SHOWN:
        said = f"The first {_EDGES_SHOWN} of {fmt.count(len(edges))} are listed."
        parts.append(html.P(said, className="t3 mi"))
    return panel(
        "Lineage",
        *parts,
        meta=f"{len(facts.above)} above, {len(facts.below)} below",
        aside=html.A("View as graph", href=_address(facts, "")),
        class_name="sd-history",
    )


def _members(facts: SampleFacts) -> html.Section:
    relatives = facts.relatives
    heads = ("Sample", "Name", "Type", "State", "Volume")
    rows = [_relative(relative, facts.sample.row.barcode) for relative in relatives]
    meta = f"the first {MOST} members" if len(relatives) == MOST else ""
    return panel(
        "Family",
        _table(heads, rows),
        meta=meta or fmt.plural(len(relatives), "member", "members"),
        class_name="sd-history bt",
    )


def _table(heads: Sequence[str], rows: Sequence[html.Tr]) -> html.Div:
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody(rows),
        ],
        className="tbl flush plain",
    )
    return html.Div(table, className="tbl-x", tabIndex="0")


def _address(facts: SampleFacts, view: str) -> str:
    code = quote(facts.sample.row.barcode, safe="")
    return f"/samples/{code}?tab=family{f'&view={view}' if view else ''}"


def _aside(parts: Sequence[Component]) -> Component | None:
    return html.Span(parts, className="row-x g12") if parts else None


def _edge(edge: LineageEdge) -> html.Tr:
    came, steps = _CAME[edge.kind], abs(edge.distance)
    word = f"from, by {came}" if edge.distance < 0 else f"made: {came}"
    far = f", {steps} steps off" if steps > 1 else ""
    share = "" if edge.proportion is None else f" ({fmt.decimal(edge.proportion * 100, 1)} %)"
    drawn = "" if edge.volume_ul is None else f"{fmt.volume(edge.volume_ul)}{share}"
    href = f"/samples/{quote(edge.barcode, safe='')}"
    return html.Tr(
        [
            html.Td(f"{word}{far}", className="t2"),
            html.Td(html.A(edge.barcode, href=href, className="mono", title=edge.name)),
            html.Td(MATERIAL_NAME[MaterialType(edge.material_type)], className="t2"),
            html.Td(status(look_of(SAMPLE_LOOKS, edge.status))),
            html.Td(drawn, className="num"),
            html.Td(fmt.volume(edge.balance_ul), className="num"),
        ]
    )


def _relative(relative: Relative, shown: str) -> html.Tr:
    is_shown = relative.barcode == shown
    code: Component = (
        html.B(relative.barcode, className="mono")
        if is_shown
        else html.A(
            relative.barcode, href=f"/samples/{quote(relative.barcode, safe='')}", className="mono"
        )
    )
    steps: list[Component] = [html.I(className="fam-step") for _ in range(relative.depth)]
    return html.Tr(
        [
            html.Td(html.Span([*steps, code], className="row-x g4")),
            html.Td(relative.name + (" (backup)" if relative.is_backup else "")),
            html.Td(MATERIAL_NAME[MaterialType(relative.material_type)]),
            html.Td(status(look_of(SAMPLE_LOOKS, relative.status))),
            html.Td(fmt.volume(relative.volume_ul), className="num"),
        ],
        className="sel" if is_shown else "",
        **aria(current="true" if is_shown else None),
    )


def _making(principal: Principal) -> Component | None:
    if principal.may(Permission.SAMPLES_REGISTER) and principal.may(Permission.SAMPLES_EDIT):
        return button("Extract", size="sm", opens=ids.EXTRACT_DIALOG)
    return None
