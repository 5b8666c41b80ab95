"""The region of the time before a sample was ours: its SPREC code, element by element."""

from dash import html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples.preanalytical.rules import Element
from backend.samples.preanalytical_views import PreanalyticalView
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.panel import panel
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples.detail_facts import SampleFacts
from dashboard.pages.samples.detail_preanalytical_dialog import is_solid


def preanalytical(facts: SampleFacts, principal: Principal) -> html.Section:
    """Draw the code that counts, and for every element what it rests on and by which rule."""
    view = facts.preanalytical
    may = principal.may(Permission.SAMPLES_EDIT)
    acts: list[Component] = []
    if may:
        opens = ids.SOLID_DIALOG if is_solid(facts) else ids.SPREC_DIALOG
        acts.append(button("Record", size="sm", opens=opens))
    if may and view is not None and view.inherited_from is None:
        acts.append(button("Override", size="sm", opens=ids.OVERRIDE_DIALOG))
    acting = [html.Div(acts, className="row-x")] if acts else []
    if view is None:
        said = html.P("Nothing is recorded of the time before storage.", className="t3")
        return panel("Pre-analytical", said, *acting, class_name="bt")
    heads = ("Code", "Element", "Rests on")
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody([_row(element) for element in view.sprec.elements]),
        ],
        className="tbl flush plain",
    )
    return panel(
        "Pre-analytical",
        html.P(html.Span(view.code, className="mono")),
        *_notes(view),
        html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Elements")),
        *acting,
        meta=f"SPREC {view.sprec.version}",
        class_name="bt sd-events",
    )


def _row(element: Element) -> html.Tr:
    meaning = html.Span(element.meaning, className="why-said")
    rule = html.Span(element.rule, className="why-said")
    return html.Tr(
        [
            html.Td(element.code, className="mono"),
            html.Td([element.name, meaning], className="said"),
            html.Td([element.inputs, rule], className="said"),
        ]
    )


def _notes(view: PreanalyticalView) -> list[Component]:
    told = []
    if view.inherited_from is not None:
        told.append(f"From {view.inherited_from}, but for this tube's own storage.")
    if view.override_code is not None:
        told.append(
            f"Set by {view.override_by_name}: “{view.override_reason}” "
            f"Derived is {view.sprec.code}."
        )
    elif not view.sprec.is_whole:
        told.append("? marks what no letter is confirmed for; override the code to complete it.")
    return [html.P(sentence, className="t2") for sentence in told]
