"""Protocols: every version, and the form of one."""

from collections.abc import Sequence
from decimal import Decimal

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.samples import rules as sample_rules
from backend.samples.ids import MaterialType
from backend.samples.volume_rules import shown
from backend.sequencing.preparation import index_pairs
from backend.sequencing.preparation.ids import ProtocolState
from backend.sequencing.preparation.views import ProtocolView
from backend.sequencing.reference.views import Assay, IndexKit
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.libraries import ids, words
from dashboard.pages.libraries.tables import table
from dashboard.session import current_principal

NUMBERS = (
    ("input_ng_min", "Least input", "ng"),
    ("input_ng_target", "Target input", "ng"),
    ("input_ng_max", "Most input", "ng"),
    ("input_volume_ul", "Volume of a well", "µL"),
    ("pipette_min_ul", "Least volume of a sample", "µL"),
    ("final_volume_ul", "Volume of the library", "µL"),
    ("fragment_size_bp", "Fragment size expected", "bp"),
    ("no_template_controls", "No-template controls", ""),
    ("positive_controls", "Positive controls", ""),
    ("no_template_limit_ng_per_ul", "No-template control at most", "ng/µL"),
    ("positive_least_ng_per_ul", "Positive control at least", "ng/µL"),
)
"""Fields that hold a number: name, label and unit."""
_DRAFT = Look("Draft", "dash-circle-dotted", Tone.OFF)
_IN_FORCE = Look("Published", "check-circle-fill", Tone.OK)


def list_of(protocols: Sequence[ProtocolView]) -> Component:
    """Draw every version, the newest of a protocol first."""
    if not protocols:
        why = "A protocol says how much of a sample goes in and what comes out."
        return empty_state("There is no protocol yet", why, icon="clipboard-check")
    heads = ("Protocol", "State", "Takes", "#Target, ng", "#Pairs", "Index kit", "Published")
    return table("Protocols", heads, [_row(each) for each in protocols])


def form(
    opened: ProtocolView | None, kits: Sequence[IndexKit], assays: Sequence[Assay]
) -> html.Div:
    """Draw the form, filled in with a version that is to be changed or followed by the next."""
    may = current_principal().may(Permission.SEQUENCING_PREPARE)
    is_draft = opened is not None and opened.state is ProtocolState.DRAFT
    follows = "" if opened is None or is_draft else _FOLLOWS
    return html.Div(
        [
            error_summary({}, id=ids.PROTOCOL_PROBLEMS),
            *([html.P(follows, className="t2")] if follows else []),
            form_field(
                "Name", dbc.Input(id=ids.protocol("name"), value=opened.name if opened else "")
            ),
            form_field("Takes", _materials(opened)),
            form_field("Made for the assay", _assays(opened, assays), help_text=_ASSAY_HELP),
            html.Div([_number(opened, *each) for each in NUMBERS], className="lb-acts"),
            form_field(
                "Reagents",
                _lines(ids.protocol("reagents"), opened.reagents if opened else (), rows=4),
                help_text="A kit on each line; a worksheet needs a lot of every one.",
                optional=True,
            ),
            form_field("Index kit", _kits(opened, kits), help_text=_kit_said(opened)),
            form_field(
                "Name of your own kit",
                dbc.Input(id=ids.protocol("index_kit"), value=_own_name(opened)),
                optional=True,
            ),
            form_field("Own pairs", _pairs(opened), help_text=_PAIRS_HELP, optional=True),
            form_field(
                "Notes",
                _lines(ids.protocol("notes"), (opened.notes,) if opened else (), rows=3),
                optional=True,
            ),
            html.Div(
                [
                    button("Save draft", id=ids.PROTOCOL_SAVE, kind="primary"),
                    button("Save and publish", id=ids.PROTOCOL_PUBLISH),
                    button(
                        "Back to the protocols", href=f"{words.PATH}?show=protocols", kind="ghost"
                    ),
                ],
                className="row-x",
                hidden=not may,
            ),
        ],
        className="bd-form",
    )


_FOLLOWS = "This version is published and stays as it is. What you save is the draft of the next."
_ASSAY_HELP = "Its thresholds judge the libraries; without an assay those of the material do."
_PAIRS_HELP = (
    "Well, name, i7 and i5 of each pair, one on a line: A1, UDP0001, GAACTGAGCG, TCGTGGAGCG."
)


def _row(each: ProtocolView) -> list[Component | str | None]:
    published = ""
    if each.published_at is not None:
        published = f"{each.published_by_name}, {fmt.moment(each.published_at, lab_zone())}"
    at = f"{words.PATH}?show=protocols&protocol={each.id}"
    return [
        html.A(each.label, href=at),
        status(_DRAFT if each.state is ProtocolState.DRAFT else _IN_FORCE),
        sample_rules.MATERIAL_NAME[each.input_material],
        shown(each.wish.target_ng),
        str(len(each.index_pairs)),
        f"{each.index_kit}, version {each.kit_version}" if each.kit_key else each.index_kit,
        published,
    ]


def _materials(opened: ProtocolView | None) -> dbc.Select:
    options = [
        {"label": name, "value": material.value}
        for material, name in sample_rules.MATERIAL_NAME.items()
        if material not in {MaterialType.LIBRARY, MaterialType.POOL}
    ]
    value = opened.input_material if opened else MaterialType.GDNA
    return dbc.Select(id=ids.protocol("input_material"), options=options, value=value.value)


def _number(opened: ProtocolView | None, field: str, label: str, unit: str) -> Component:
    value = _values(opened).get(field)
    control = dbc.Input(
        id=ids.protocol(field), type="number", min=0, step="any", value=_shown(value)
    )
    return form_field(label, control, unit=unit)


def _values(opened: ProtocolView | None) -> dict[str, Decimal | int | None]:
    if opened is None:
        return {"no_template_controls": 1, "positive_controls": 0, "pipette_min_ul": 2}
    wish = opened.wish
    return {
        "input_ng_min": wish.least_ng,
        "input_ng_target": wish.target_ng,
        "input_ng_max": wish.most_ng,
        "input_volume_ul": wish.volume_ul,
        "pipette_min_ul": wish.pipette_min_ul,
        "final_volume_ul": opened.final_volume_ul,
        "fragment_size_bp": opened.fragment_size_bp,
        "no_template_controls": opened.no_template_controls,
        "positive_controls": opened.positive_controls,
        "no_template_limit_ng_per_ul": opened.no_template_limit_ng_per_ul,
        "positive_least_ng_per_ul": opened.positive_least_ng_per_ul,
    }


def _shown(value: Decimal | int | None) -> str | None:
    return shown(value) if isinstance(value, Decimal) else (None if value is None else str(value))


def _pairs(opened: ProtocolView | None) -> dcc.Textarea:
    text = index_pairs.written(opened.index_pairs) if opened and not opened.kit_key else ""
    return dcc.Textarea(
        id=ids.protocol("index_pairs"),
        value=text,
        rows=8,
        spellCheck=False,
        className="form-control mono",
    )


def _kits(opened: ProtocolView | None, kits: Sequence[IndexKit]) -> dbc.Select:
    options = [{"label": "Own pairs, pasted below", "value": ids.OWN_PAIRS}]
    options += [
        {"label": f"{each.name} ({len(each.content.wells)} pairs)", "value": each.key}
        for each in kits
    ]
    key = (opened.kit_key if opened else "") or ids.OWN_PAIRS
    if opened is not None and key not in {each["value"] for each in options}:
        options.append({"label": f"{opened.index_kit}, no longer offered", "value": key})
    return dbc.Select(id=ids.protocol("kit_key"), options=options, value=key)


def _assays(opened: ProtocolView | None, assays: Sequence[Assay]) -> dbc.Select:
    options = [{"label": "No assay", "value": ids.NO_ASSAY}]
    options += [{"label": each.name, "value": each.key} for each in assays]
    key = (opened.assay if opened else "") or ids.NO_ASSAY
    if key not in {each["value"] for each in options}:
        options.append({"label": f"{key}, no longer offered", "value": key})
    return dbc.Select(id=ids.protocol("assay"), options=options, value=key)


def _kit_said(opened: ProtocolView | None) -> str:
    copied = "Its pairs are copied from the reference data as they are when you save."
    if opened is None or not opened.kit_key:
        return copied
    return f"{opened.label} has version {opened.kit_version} of {opened.index_kit}. {copied}"


def _own_name(opened: ProtocolView | None) -> str:
    return "" if opened is None or opened.kit_key else opened.index_kit


def _lines(key: str, lines: Sequence[str], *, rows: int) -> dcc.Textarea:
    return dcc.Textarea(id=key, value="\n".join(lines), rows=rows, className="form-control")
