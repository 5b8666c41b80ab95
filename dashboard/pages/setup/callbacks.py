"""Callbacks of setting up storage: types, whole units, sites and rooms."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples.ids import TemperatureClass
from backend.storage import service, unit_type_rules, unit_types
from backend.storage.ids import LooseIn, NodeId, NodeKind, Numbering, PlaceLabels
from backend.storage.rules import BoxShape
from backend.storage.unit_type_rules import MOST_LEVELS, Level, UnitGeometry
from backend.storage.unit_type_schemas import LevelIn, UnitTypeIn
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.setup import acting, ids, types
from dashboard.pages.setup.layout import NOWHERE, PATH, types_list
from dashboard.session import current_principal

_CONFIGURE = Permission.STORAGE_CONFIGURE
_UNIT_FIELDS = {
    "label": ids.UNIT_LABEL,
    "type_name": ids.UNIT_TYPE,
    "parent_id": ids.UNIT_PLACE,
    "barcode": ids.UNIT_BARCODE,
}
_TYPE_FIELDS = {
    "name": ids.TYPE_NAME,
    "temperature_class": ids.TYPE_CLASS,
    "setpoint_c": ids.TYPE_SETPOINT,
    "biosafety_level": ids.TYPE_LEVEL,
    "note": ids.TYPE_NOTE,
    **{
        f"{part}_{depth}": ids.level(part, depth)
        for depth in range(MOST_LEVELS)
        for part in ("kind", "number", "labels")
    },
    "box_slots": ids.TYPE_SLOTS,
    "box_kind": ids.TYPE_BOX_KIND,
    "box_numbering": ids.TYPE_NUMBERING,
    "box_rows": ids.TYPE_ROWS,
    "box_columns": ids.TYPE_COLUMNS,
    "loose": ids.TYPE_LOOSE,
}
_GEOMETRY = tuple(_TYPE_FIELDS)[5:]
"""The fields of what it is divided into; those before them say what it is."""
_SAID = {
    "name": "Give the type a name of at most 80 characters.",
    "setpoint_c": f"A set point is from {acting.MINUS}273.15 to 60 °C.",
}


@page_callback(
    _CONFIGURE,
    Output(ids.UNIT_PREVIEW, "children"),
    Input(ids.UNIT_TYPE, "value"),
    Input(ids.UNIT_LABEL, "value"),
    prevent_initial_call=True,
)
def preview_unit(name: str, label: str | None) -> Any:
    """Say what a unit of the chosen type consists of."""
    with reading() as session:
        kind = unit_types.get_unit_type(session, current_principal(), name)
    return types.preview(kind.geometry, label or "")


@page_callback(
    _CONFIGURE,
    Output(ids.UNIT_PROBLEMS, "children"),
    Input(ids.UNIT_MAKE, "n_clicks"),
    State(ids.UNIT_TYPE, "value"),
    State(ids.UNIT_PLACE, "value"),
    State(ids.UNIT_LABEL, "value"),
    State(ids.UNIT_BARCODE, "value"),
    prevent_initial_call=True,
    running=[(Output(ids.UNIT_MAKE, "disabled"), True, False)],
)
def make_unit(
    presses: int | None, name: str, place: str, label: str | None, barcode: str | None
) -> Any:
    """Make the unit whole and go to it."""
    if not presses:
        return no_update
    wanted = " ".join((label or "").split())
    try:
        with writing() as session:
            service.create_unit_from_type(
                session,
                current_principal(),
                type_name=name,
                label=wanted,
                parent_id=NodeId(UUID(place)),
                barcode=(barcode or "").strip() or None,
            )
    except AppError as refusal:
        return acting.problems(acting.read_refusal(refusal, {}), _UNIT_FIELDS)
    toast(f"{wanted} is made")
    set_props(shell_ids.URL, {"pathname": f"/storage/{quote(wanted)}", "search": ""})
    return []


@page_callback(
    _CONFIGURE,
    Output(ids.TYPE_PREVIEW, "children"),
    *[Input(_TYPE_FIELDS[name], "value") for name in _GEOMETRY],
    prevent_initial_call=True,
)
def preview_type(*typed: Any) -> Any:
    """Say what a unit of the type in the form would consist of, or what keeps it from that."""
    values = dict(zip(_GEOMETRY, typed, strict=True))
    rows, columns = acting.whole(values["box_rows"]), acting.whole(values["box_columns"])
    geometry = UnitGeometry(
        levels=tuple(
            Level(kind=each.kind, number=each.number, labels=each.labels)
            for each in _levels(values)
        ),
        box_slots=acting.whole(values["box_slots"]),
        box_kind=NodeKind(values["box_kind"]),
        box=(
            BoxShape(rows, columns, Numbering(values["box_numbering"])) if rows or columns else None
        ),
        loose=LooseIn(values["loose"]),
    )
    faults = unit_type_rules.faults(geometry)
    return list(faults.values()) if faults else types.preview(geometry, "")


@page_callback(
    _CONFIGURE,
    Output(ids.TYPES, "children"),
    Output(ids.TYPE_PROBLEMS, "children"),
    Input(ids.TYPE_KEEP, "n_clicks"),
    *[State(field, "value") for field in _TYPE_FIELDS.values()],
    prevent_initial_call=True,
    running=[(Output(ids.TYPE_KEEP, "disabled"), True, False)],
)
def keep_type(presses: int | None, *typed: Any) -> tuple[Any, ...]:
    """Keep the type, or its next version."""
    if not presses:
        return no_update, no_update
    try:
        given = _type(dict(zip(_TYPE_FIELDS, typed, strict=True)))
        with writing() as session:
            version = service.put_unit_type(session, current_principal(), given=given)
    except (AppError, ValidationError) as refusal:
        fields = _TYPE_FIELDS | {"box": ids.TYPE_ROWS, "levels": ids.level("number", 0)}
        return no_update, acting.problems(acting.read_refusal(refusal, _SAID), fields)
    toast(f"{given.name} is kept as version {version}")
    # The form of a new unit offers it, too.
    set_props(shell_ids.URL, {"pathname": PATH, "search": f"?unit_type={quote(given.name)}"})
    return types_list(), []


@page_callback(
    _CONFIGURE,
    Output(ids.TYPES, "children", allow_duplicate=True),
    Input(ids.close_type(ALL), "n_clicks"),
    prevent_initial_call=True,
)
def close_type(_presses: list[int | None]) -> Any:
    """Close the type whose button was pressed, or let units be made from it again."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        return no_update
    principal = current_principal()
    with writing() as session:
        shown = unit_types.get_unit_type(session, principal, pressed["name"])
        service.close_unit_type(session, principal, name=shown.name, is_closed=not shown.is_closed)
    toast(f"{shown.name} {'is in use again' if shown.is_closed else 'is closed'}")
    return types_list()


@page_callback(
    _CONFIGURE,
    Output(ids.GROUND_PROBLEMS, "children"),
    Input(ids.GROUND_MAKE, "n_clicks"),
    State(ids.GROUND_PLACE, "value"),
    State(ids.GROUND_LABEL, "value"),
    prevent_initial_call=True,
)
def add_ground(presses: int | None, place: str, label: str | None) -> Any:
    """Add a site, or a room of one, and go to it."""
    if not presses:
        return no_update
    is_site = place == NOWHERE
    wanted = " ".join((label or "").split())
    try:
        with writing() as session:
            service.create_node(
                session,
                current_principal(),
                kind=NodeKind.SITE if is_site else NodeKind.ROOM,
                label=wanted,
                parent_id=None if is_site else NodeId(UUID(place)),
            )
    except AppError as refusal:
        return acting.problems(acting.read_refusal(refusal, {}), {"label": ids.GROUND_LABEL})
    toast(f"{wanted} is added")
    set_props(shell_ids.URL, {"pathname": f"/storage/{quote(wanted)}", "search": ""})
    return []


def _type(typed: dict[str, Any]) -> UnitTypeIn:
    """Return what was typed as a type. Raises InvalidInput and ValidationError."""
    sizes = {name: acting.whole(typed[name]) for name in ("box_rows", "box_columns")}
    # What is no number must not read as “comes without boxes”.
    for name, number in sizes.items():
        if not number and str(typed[name] or "").strip() not in {"", "0"}:
            said = f"“{typed[name]}” is no number of rows or columns. Write a whole number."
            raise InvalidInput(said, fields={name: said})
    return UnitTypeIn(
        name=typed["name"] or "",
        temperature_class=TemperatureClass(typed["temperature_class"]),
        setpoint_c=acting.degrees(typed["setpoint_c"]),
        biosafety_level=int(typed["biosafety_level"]),
        levels=_levels(typed),
        box_slots=acting.whole(typed["box_slots"]),
        box_kind=NodeKind(typed["box_kind"]),
        box_numbering=Numbering(typed["box_numbering"]),
        loose=LooseIn(typed["loose"]),
        note=typed["note"] or "",
        **sizes,
    )


def _levels(typed: Mapping[str, Any]) -> tuple[LevelIn, ...]:
    """Return the divisions that were chosen, from outside in, without those left undivided."""
    return tuple(
        LevelIn(
            kind=NodeKind(typed[f"kind_{depth}"]),
            number=acting.whole(typed[f"number_{depth}"]),
            labels=PlaceLabels(typed[f"labels_{depth}"]),
        )
        for depth in range(MOST_LEVELS)
        if typed[f"kind_{depth}"] != types.UNDIVIDED
    )
