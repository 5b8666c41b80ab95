"""Types of units: the list, the form of one, and a whole unit made from one."""

from collections.abc import Sequence
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.ids import TemperatureClass
from backend.storage.ids import LooseIn, NodeKind, Numbering, PlaceLabels
from backend.storage.place_kinds import GRIDS, KINDS, TAKES_BOXES
from backend.storage.rules import NUMBERING_NAMES
from backend.storage.unit_type_rules import Level, UnitGeometry, counts, first_and_last
from backend.storage.unit_type_views import UnitTypeView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.components.status import Look, status
from dashboard.components.tones import Tone
from dashboard.pages.admin.parts import table, two_lines
from dashboard.pages.setup import ids
from dashboard.pages.setup.inner_parts import NUMBERINGS
from dashboard.zone_names import ZONE_NAMES

Choice = dict[str, str]
"""An option of a select: ``value`` and ``label``."""

LEVELS = [{"value": str(level), "label": f"Level {level}"} for level in (1, 2, 3, 4)]
_OPEN = Look("In use", "check-circle-fill", Tone.OK)
_CLOSED = Look("Closed", "dash-circle-dotted", Tone.OFF)
_HEADS = (
    ("Type", ""),
    ("Zone", ""),
    ("Divided into", ""),
    ("Boxes it takes", "n"),
    ("Comes with", ""),
    ("State", ""),
    ("", "n"),
)
_LABELS = (
    (PlaceLabels.LETTERS, "Letters: A, B, C"),
    (PlaceLabels.NUMBERS, "Numbers: 1, 2, 3"),
)
_LOOSE = (
    (LooseIn.NOWHERE, "Nowhere"),
    (LooseIn.OUTERMOST, "One on each shelf, or what the unit holds"),
    (LooseIn.INNERMOST, "One in each rack, or what boxes stand in"),
)
UNDIVIDED = "-"
"""The choice of a division that there is not."""
_DIVISIONS = ("The unit holds", "Each of them holds", "And each of those")
_FIRST = UnitGeometry(
    levels=(
        Level(kind=NodeKind.SHELF, number=5),
        Level(kind=NodeKind.RACK, number=6, labels=PlaceLabels.LETTERS),
    ),
    box_slots=16,
)
"""What the form of a new type begins with."""


def listed(types: Sequence[UnitTypeView]) -> Component:
    """Draw every type with what a unit of it consists of."""
    body: Component = (
        table("Types of units", _HEADS, [_row(each) for each in types])
        if types
        else empty_state(
            "There is no type of unit yet", "Describe one below, then make units from it."
        )
    )
    return panel("Types of units", body, meta=fmt.count(len(types)), class_name="ad-p bt")


def unit_form(types: Sequence[UnitTypeView], places: Sequence[Choice]) -> Component:
    """Draw the form of a new unit; without a type or a place it says what comes first."""
    usable = [each for each in types if not each.is_closed]
    if not usable or not places:
        missing = "Describe a type below." if places else "Add a site or a room below."
        return panel("New unit", html.P(f"{missing} Then units are made here.", className="t2"))
    options = [{"value": each.name, "label": each.name} for each in usable]
    return panel(
        "New unit",
        error_summary({}, id=ids.UNIT_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Type", dbc.Select(id=ids.UNIT_TYPE, options=options, value=usable[0].name)
                ),
                form_field(
                    "Where it stands",
                    dbc.Select(id=ids.UNIT_PLACE, options=list(places), value=places[0]["value"]),
                ),
                form_field(
                    "Label",
                    dbc.Input(id=ids.UNIT_LABEL, value="", maxLength=60, autocomplete="off"),
                    help_text="As written on its door: ULT-13.",
                ),
                form_field(
                    "Barcode",
                    dbc.Input(id=ids.UNIT_BARCODE, value="", maxLength=64, autocomplete="off"),
                    optional=True,
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            preview(usable[0].geometry, ""),
            id=ids.UNIT_PREVIEW,
            className="su-made",
            **aria(live="polite"),
        ),
        html.Div(
            button("Make the unit", id=ids.UNIT_MAKE, kind="primary", icon="plus-lg"),
            className="row-x",
        ),
    )


def type_form(shown: UnitTypeView | None) -> Component:
    """Draw the form of a type, filled from the one that is to be changed."""
    geometry = shown.geometry if shown else _FIRST
    said = (
        f"Kept as version {shown.version + 1}; units that stand already stay as they are."
        if shown
        else "A name that exists already gets a further version."
    )
    return panel(
        f"Change {shown.name}" if shown else "Describe a type",
        error_summary({}, id=ids.TYPE_PROBLEMS),
        html.P(said, className="t2 rl-said"),
        html.Div(_what_it_is(shown), className="rl-pair"),
        html.Div(_how_divided(geometry), className="su-levels"),
        html.Div(_what_boxes(geometry), className="rl-pair"),
        html.Div(
            preview(geometry, ""),
            id=ids.TYPE_PREVIEW,
            className="su-made",
            **aria(live="polite"),
        ),
        html.Div(
            button("Keep the type", id=ids.TYPE_KEEP, kind="primary"),
            className="row-x",
        ),
        class_name="bt",
    )


def preview(geometry: UnitGeometry, label: str) -> list[Component]:
    """Say what would be made, from counts to the first and the last address."""
    made = counts(geometry)
    unit = label.strip() or "ULT-13"
    boxes = KINDS[made.box_kind].words.capitalize()
    facts = (
        *((KINDS[kind].words.capitalize(), number) for kind, number in made.levels),
        (f"{boxes} it takes", made.slots),
        (f"{boxes} made with it", made.boxes),
        ("Positions", made.positions),
        ("Loose places", made.loose),
    )
    figures = html.Dl(
        [html.Div([html.Dt(name), html.Dd(fmt.count(number))]) for name, number in facts],
        className="su-n",
    )
    first, last = first_and_last(geometry, unit)
    end = "." if made.boxes else f"; {boxes.lower()} are added later."
    way: list[Component | str] = [
        "From ",
        html.Span(first, className="mono"),
        " to ",
        html.Span(last, className="mono"),
    ]
    return [figures, html.P([*way, end], className="sm t3")]


def _row(each: UnitTypeView) -> list[Component]:
    made = each.counts
    act = "Open again" if each.is_closed else "Close"
    change = button(
        "Change",
        href=f"/storage/setup?unit_type={quote(each.name)}",
        size="sm",
        **aria(label=f"Change {each.name}"),
    )
    close = button(
        act, id=ids.close_type(each.name), size="sm", **aria(label=f"{act}: {each.name}")
    )
    box = each.geometry.box
    comes = (
        f"{fmt.count(made.boxes)} {KINDS[made.box_kind].words} of {box.words}"
        f"{f' with {NUMBERING_NAMES[box.numbering]}' if box.is_numbered else ''}, "
        f"{fmt.count(made.positions)} positions"
        if box
        else "no boxes"
    )
    if made.loose:
        comes += f", {fmt.plural(made.loose, 'loose place', 'loose places')}"
    return [
        html.Td(
            two_lines(html.B(each.name, className="md"), each.note or "–"), className="ad-wrap"
        ),
        html.Td(ZONE_NAMES[each.temperature_class]),
        html.Td(made.words),
        html.Td(fmt.count(made.slots), className="n"),
        html.Td(two_lines(comes, f"Version {each.version}, {each.made_by_name}")),
        html.Td(status(_CLOSED if each.is_closed else _OPEN)),
        html.Td(html.Span([change, close], className="row-x g6 su-acts"), className="n"),
    ]


def _what_it_is(shown: UnitTypeView | None) -> list[Component]:
    zones = [{"value": each.value, "label": ZONE_NAMES[each]} for each in TemperatureClass]
    zone = shown.temperature_class if shown else TemperatureClass.MINUS_80
    setpoint = shown.setpoint_c if shown else None
    return [
        form_field(
            "Name",
            dbc.Input(
                id=ids.TYPE_NAME,
                value=shown.name if shown else "",
                maxLength=80,
                autocomplete="off",
            ),
        ),
        form_field("Zone", dbc.Select(id=ids.TYPE_CLASS, options=zones, value=zone.value)),
        form_field(
            "Set point",
            dbc.Input(
                id=ids.TYPE_SETPOINT,
                value="" if setpoint is None else f"{setpoint:g}".replace("-", "−"),
                maxLength=10,
                autocomplete="off",
            ),
            unit="°C",
            optional=True,
        ),
        form_field(
            "Cleared for biosafety",
            dbc.Select(
                id=ids.TYPE_LEVEL,
                options=LEVELS,
                value=str(shown.biosafety_level if shown else 2),
            ),
        ),
        form_field(
            "Note",
            dbc.Input(
                id=ids.TYPE_NOTE,
                value=shown.note if shown else "",
                maxLength=300,
                autocomplete="off",
            ),
            optional=True,
        ),
    ]


def _how_divided(geometry: UnitGeometry) -> list[Component]:
    """Draw up to three divisions, from outside in: kind, number and what they are called."""
    kinds = [kind for kind in TAKES_BOXES if kind is not NodeKind.SHELF]
    return [
        _level(depth, words, geometry, [NodeKind.SHELF, *kinds] if depth == 0 else kinds)
        for depth, words in enumerate(_DIVISIONS)
    ]


def _level(depth: int, words: str, geometry: UnitGeometry, kinds: Sequence[NodeKind]) -> Component:
    level = geometry.levels[depth] if depth < len(geometry.levels) else None
    options = [{"value": each.value, "label": KINDS[each].words.capitalize()} for each in kinds]
    if depth:
        options.insert(0, {"value": UNDIVIDED, "label": "Boxes at once"})
    labels = [{"value": each.value, "label": said} for each, said in _LABELS]
    return html.Div(
        [
            form_field(
                words,
                dbc.Select(
                    id=ids.level("kind", depth),
                    options=options,
                    value=level.kind.value if level else UNDIVIDED,
                ),
            ),
            _number("How many", ids.level("number", depth), level.number if level else None),
            form_field(
                "They are called",
                dbc.Select(
                    id=ids.level("labels", depth),
                    options=labels,
                    value=(level.labels if level else PlaceLabels.NUMBERS).value,
                ),
            ),
        ],
        className="su-level",
    )


def _what_boxes(geometry: UnitGeometry) -> list[Component]:
    box = geometry.box
    kinds = [{"value": kind.value, "label": KINDS[kind].words.capitalize()} for kind in GRIDS]
    return [
        form_field(
            "In them stand",
            dbc.Select(id=ids.TYPE_BOX_KIND, options=kinds, value=geometry.box_kind.value),
        ),
        _number("How many together", ids.TYPE_SLOTS, geometry.box_slots),
        _number("Rows of its boxes", ids.TYPE_ROWS, box.rows if box else None, optional=True),
        _number(
            "Columns of its boxes", ids.TYPE_COLUMNS, box.columns if box else None, optional=True
        ),
        form_field(
            "Positions on their lids",
            dbc.Select(
                id=ids.TYPE_NUMBERING,
                options=NUMBERINGS,
                value=(box.numbering if box else Numbering.LETTERS).value,
            ),
        ),
        form_field(
            "Loose places",
            dbc.Select(
                id=ids.TYPE_LOOSE,
                options=[{"value": each.value, "label": words} for each, words in _LOOSE],
                value=geometry.loose.value,
            ),
            help_text="For bags and drawers: tubes without positions.",
        ),
    ]


def _number(label: str, field_id: str, value: int | None, *, optional: bool = False) -> Component:
    return form_field(
        label,
        dbc.Input(
            id=field_id,
            value="" if value is None else str(value),
            inputMode="numeric",
            maxLength=4,
            autocomplete="off",
        ),
        help_text="Empty: it comes without boxes." if optional else "",
        optional=optional,
    )
