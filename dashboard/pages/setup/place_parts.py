"""The panels of one place that is set up. Views in, components out."""

from collections.abc import Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME
from backend.storage.ids import NodeKind, UnitStatus
from backend.storage.place_views import PlaceView, Restrictions
from backend.storage.rules import NUMBERING_NAMES, BoxShape
from backend.storage.views import BlockedView, BoxContents
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.panel import panel
from dashboard.pages.admin.parts import choices, table
from dashboard.pages.fleet.panels import STATUS_WORDS
from dashboard.pages.labels.places import labels_button
from dashboard.pages.setup import inner_parts
from dashboard.pages.setup import place_ids as ids
from dashboard.pages.setup.acting import MINUS
from dashboard.pages.setup.types import LEVELS
from dashboard.zone_names import ZONE_NAMES

ANY_PROJECT = "-"
_FILES = (
    ("Print it", "places.pdf"),
    ("Export as workbook", "places.xlsx"),
    ("Places as CSV", "places.csv"),
    ("Contents as CSV", "contents.csv"),
)
_HEADS = (("Position", ""), ("Why", ""), ("Free again on", ""), ("", "n"))


def about(place: PlaceView, *, may_print: bool) -> Component:
    """Draw what the place is, with the ways of taking it out on paper or as a file."""
    facts = [("Kind", place.kind_words.capitalize()), ("Address", place.path)]
    if place.barcode:
        facts.append(("Barcode", place.barcode))
    if place.temperature_class:
        facts.append(("Zone", ZONE_NAMES[place.temperature_class]))
    if place.setpoint_c is not None:
        facts.append(("Set point", fmt.temperature(place.setpoint_c)))
    if place.power_circuit is not None:
        facts.append(("Power circuit", place.power_circuit))
    if place.shape:
        facts.append(("Size", _size(place.shape)))
        facts.append(("Used", _used(place)))
    rows = [part for name, value in facts for part in (html.Dt(name), html.Dd(value))]
    files = [
        button(words, href=f"/files/places/{name}?at={quote(place.path)}", size="sm", download="")
        for words, name in _FILES
    ]
    labels = (
        [
            labels_button("Its label", place.id, is_alone=True),
            labels_button("Labels of all in it", place.id),
        ]
        if may_print
        else []
    )
    return panel(
        "What it is",
        html.Dl(rows, className="kv ad-kv"),
        html.Div([*labels, *files], className="row-x g6 ad-acts"),
    )


def _size(shape: BoxShape) -> str:
    if shape.is_loose:
        return "no grid"
    return f"{shape.words}, {NUMBERING_NAMES[shape.numbering]}"


def _used(place: PlaceView) -> str:
    if place.has_share:
        return f"{fmt.count(place.used)} of {fmt.count(place.capacity)}"
    tubes = fmt.plural(place.used, "tube", "tubes")
    return f"{tubes}; no share, as nobody has said how many it takes"


def about_form(place: PlaceView) -> Component:
    """Draw the barcode of a place, what is known of a unit, what the lid of a box says."""
    is_unit = place.kind is NodeKind.UNIT
    setpoint = "" if place.setpoint_c is None else f"{place.setpoint_c:g}".replace("-", MINUS)
    of_others = "Barcode and lid" if place.shape else "Barcode"
    return panel(
        "Barcode, set point and power" if is_unit else of_others,
        error_summary({}, id=ids.ABOUT_PROBLEMS),
        html.Div(
            [
                form_field(
                    "Barcode on it",
                    dbc.Input(
                        id=ids.BARCODE,
                        value=place.barcode or "",
                        maxLength=64,
                        autocomplete="off",
                        className="mono",
                    ),
                    optional=True,
                ),
                # Kept, hidden, where there is none: one callback reads every kind's form.
                html.Div(
                    form_field(
                        "Set to",
                        dbc.Input(
                            id=ids.SETPOINT, value=setpoint, maxLength=10, autocomplete="off"
                        ),
                        unit="°C",
                        optional=True,
                    ),
                    hidden=not is_unit,
                ),
                inner_parts.numbering_field(place),
            ],
            className="rl-pair",
        ),
        html.Div(
            form_field(
                "Power circuit",
                dbc.Input(
                    id=ids.CIRCUIT,
                    value=place.power_circuit or "",
                    maxLength=60,
                    autocomplete="off",
                ),
                help_text="As the fuse box calls it. Units of a circuit or a room that are alarmed "
                "within minutes are one matter: how many and how soon, the common rule of alarms "
                "says.",
                optional=True,
            ),
            hidden=not is_unit,
        ),
        html.Div(button("Save", id=ids.ABOUT_SAVE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def status_form(place: PlaceView) -> Component:
    """Draw a unit's status with its reason and, of a backup unit, its day."""
    options = [{"value": each.value, "label": STATUS_WORDS[each]} for each in UnitStatus]
    return panel(
        "Status",
        error_summary({}, id=ids.STATUS_PROBLEMS),
        html.P(
            "A unit that is defrosting or retired takes no samples. One that is kept as backup "
            "does, and on its day it is told that they are to be moved back. No alarm rule holds "
            "for a unit that is retired, or defrosted and empty.",
            className="t2 rl-said",
        ),
        html.Div(
            [
                form_field(
                    "Status",
                    dbc.Select(id=ids.STATUS, options=options, value=place.status.value),
                ),
                form_field(
                    "Move back by",
                    dbc.Input(
                        id=ids.MOVE_BACK,
                        type="date",
                        value=place.move_back_on.isoformat() if place.move_back_on else "",
                    ),
                    help_text="Of a backup unit only.",
                    optional=True,
                ),
            ],
            className="rl-pair",
        ),
        form_field(
            "Reason",
            dbc.Input(
                id=ids.STATUS_REASON,
                value=place.status_reason,
                maxLength=300,
                autocomplete="off",
            ),
            class_name="rl-form",
        ),
        html.Div(button("Save status", id=ids.STATUS_SAVE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def limits_form(place: PlaceView, projects: Sequence[str]) -> Component:
    """Draw whom the place is for, and what counts where it says nothing itself."""
    options = [{"value": ANY_PROJECT, "label": "Any project"}]
    options += [{"value": code, "label": code} for code in projects]
    materials = [(each.value, MATERIAL_NAME[each], "") for each in MaterialType]
    return panel(
        "Whom it is for",
        error_summary({}, id=ids.LIMITS_PROBLEMS),
        html.P(around_words(place.around), className="t2 rl-said"),
        html.Div(
            [
                form_field(
                    "Reserved for",
                    dbc.Select(
                        id=ids.PROJECT, options=options, value=place.own.project or ANY_PROJECT
                    ),
                ),
                form_field(
                    "Cleared for biosafety",
                    dbc.Select(id=ids.LEVEL, options=LEVELS, value=str(place.biosafety_level)),
                    help_text="" if place.shape else "Counts for everything in it.",
                ),
            ],
            className="rl-pair",
        ),
        html.Div(
            choices(
                "Takes only",
                ids.TYPES,
                materials,
                place.own.material_types,
                help_text="None chosen means every type of material.",
            ),
            className="rl-materials",
        ),
        html.Div(
            button("Save restrictions", id=ids.LIMITS_SAVE, kind="primary"), className="row-x"
        ),
        class_name="bt",
    )


def around_words(around: Restrictions) -> str:
    """Say what counts where the place says nothing."""
    said = []
    if around.project:
        said.append(f"it is reserved for {around.project}")
    if around.material_types:
        names = ", ".join(MATERIAL_NAME[MaterialType(each)] for each in around.material_types)
        said.append(f"it takes only {names}")
    if not said:
        return "Nothing is said of the places around it."
    return f"Where nothing is chosen here, the places around it count: {' and '.join(said)}."


def slots_form(place: PlaceView) -> Component:
    """Draw how many boxes a rack, or the like, takes."""
    return panel(
        "Slots",
        error_summary({}, id=ids.SLOTS_PROBLEMS),
        form_field(
            "Boxes it takes",
            dbc.Input(
                id=ids.SLOTS,
                value="" if place.box_slots is None else str(place.box_slots),
                inputMode="numeric",
                maxLength=3,
                autocomplete="off",
            ),
            help_text="Empty: nobody knows. Whole boxes move only where it is known.",
            class_name="ad-kv",
        ),
        html.Div(button("Save slots", id=ids.SLOTS_SAVE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def blocked(contents: BoxContents, zone: ZoneInfo) -> Component:
    """Draw the positions of a box that stay empty, and the form that blocks more."""
    rows = [_blocked(spot, zone) for spot in contents.blocked]
    listed: Component = (
        table("Blocked positions", _HEADS, rows)
        if rows
        else html.P("No position is blocked or reserved.", className="t2 rl-said")
    )
    return panel(
        "Blocked and reserved positions",
        error_summary({}, id=ids.BLOCK_PROBLEMS),
        listed,
        html.Div(
            [
                form_field(
                    "Positions",
                    dbc.Input(
                        id=ids.BLOCK_POSITIONS,
                        value="",
                        maxLength=400,
                        autocomplete="off",
                        className="mono",
                    ),
                    help_text=_examples(contents.box.shape),
                ),
                form_field(
                    "Why",
                    dbc.Input(id=ids.BLOCK_REASON, value="", maxLength=200, autocomplete="off"),
                ),
                form_field(
                    "Free again on",
                    dbc.Input(id=ids.BLOCK_UNTIL, type="date", value=""),
                    help_text="Of a reservation. Empty: until somebody frees it.",
                    optional=True,
                ),
            ],
            className="rl-pair su-block",
        ),
        html.Div(button("Block positions", id=ids.BLOCK, kind="primary"), className="row-x"),
        meta=fmt.count(len(rows)),
        class_name="ad-p bt",
    )


def units_elsewhere(place: PlaceView) -> Component:
    """Say where rooms and units are added."""
    said = f"Rooms and units of {place.label} are added under “Set up storage”."
    return panel("Add in it", html.P(said, className="t2"), class_name="bt")


def _examples(shape: BoxShape) -> str:
    said = f"One or more: {shape.at(1, 1).label}, {shape.example}."
    return f"{said} A1, B1 are read, too." if shape.is_numbered else said


def _blocked(spot: BlockedView, zone: ZoneInfo) -> list[Component]:
    until = fmt.day(spot.reserved_until, zone) if spot.reserved_until else "until it is freed"
    label = spot.position.label
    return [
        html.Td(html.B(label, className="mono")),
        html.Td(spot.reason, className="ad-wrap"),
        html.Td(until),
        html.Td(
            button("Free", id=ids.free(label), size="sm", **aria(label=f"Free {label}")),
            className="n",
        ),
    ]
