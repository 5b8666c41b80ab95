"""Callbacks of one place that is set up."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from backend.core import clock
from backend.core.errors import AppError, InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples.ids import MaterialType
from backend.storage import place_queries, service
from backend.storage.ids import NodeKind, Numbering, UnitStatus
from backend.storage.place_kinds import GRIDS, MOST_COLUMNS, MOST_ROWS, TAKES_BOXES
from backend.storage.place_views import PlaceView
from backend.storage.rules import BoxShape, Position, parse_position
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.setup import acting, place_parts
from dashboard.pages.setup import place_ids as ids
from dashboard.pages.setup.place_layout import draw
from dashboard.session import current_principal

Act = Callable[[WriteSession, Principal, PlaceView], str]
"""Changes the place that the page is about and returns what a toast says."""

_CONFIGURE = Permission.STORAGE_CONFIGURE
_STATUS_FIELDS = {
    "status": ids.STATUS,
    "reason": ids.STATUS_REASON,
    "move_back_on": ids.MOVE_BACK,
}
_ABOUT_FIELDS = {
    "barcode": ids.BARCODE,
    "setpoint_c": ids.SETPOINT,
    "numbering": ids.NUMBERING,
    "power_circuit": ids.CIRCUIT,
}
_LIMIT_FIELDS = {"project": ids.PROJECT, "biosafety_level": ids.LEVEL}
_BLOCK_FIELDS = {
    "position": ids.BLOCK_POSITIONS,
    "reason": ids.BLOCK_REASON,
    "until": ids.BLOCK_UNTIL,
}
_INNER_FIELDS = {
    "label": ids.INNER_LABEL,
    "barcode": ids.INNER_BARCODE,
    "kind": ids.INNER_KIND,
    "box_slots": ids.INNER_SLOTS,
    "shape": ids.INNER_ROWS,
}


@page_callback(
    _CONFIGURE,
    Output(ids.BODY, "children"),
    Input(ids.DONE, "data"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def show_newest(_done: str | None, which: str) -> Any:
    """Draw the place as the rows say now."""
    return draw(which)[1]


@page_callback(
    _CONFIGURE,
    Output(ids.STATUS_PROBLEMS, "children"),
    Output(ids.DONE, "data"),
    Input(ids.STATUS_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.STATUS, "value"),
    State(ids.STATUS_REASON, "value"),
    State(ids.MOVE_BACK, "value"),
    prevent_initial_call=True,
)
def save_status(
    presses: int | None, which: str, status: str, reason: str | None, day: str | None
) -> tuple[Any, ...]:
    """Set a unit's status."""
    today = clock.utc_now().astimezone(lab_zone()).date()

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        service.set_unit_status(
            session,
            principal,
            unit_id=place.id,
            status=UnitStatus(status),
            reason=reason or "",
            move_back_on=_day(day, "move_back_on"),
            today=today,
        )
        return f"The status of {place.label} is saved"

    return done(presses, which, act, _STATUS_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.ABOUT_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.ABOUT_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.BARCODE, "value"),
    State(ids.SETPOINT, "value"),
    State(ids.CIRCUIT, "value"),
    State(ids.NUMBERING, "value"),
    prevent_initial_call=True,
)
def save_about(presses: int | None, which: str, *typed: str | None) -> tuple[Any, ...]:
    """Give the place its barcode, a unit its set point and circuit, a box what its lid says."""
    barcode, setpoint, circuit, numbering = typed

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        service.describe_place(
            session,
            principal,
            node_id=place.id,
            barcode=barcode,
            setpoint_c=acting.degrees(setpoint),
            power_circuit=circuit,
            numbering=Numbering(numbering) if numbering and place.kind in GRIDS else None,
        )
        return f"Saved for {place.path}"

    return done(presses, which, act, _ABOUT_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.LIMITS_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.LIMITS_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.PROJECT, "value"),
    State(ids.LEVEL, "value"),
    State(ids.TYPES, "value"),
    prevent_initial_call=True,
)
def save_limits(
    presses: int | None, which: str, project: str, level: str, types: list[str] | None
) -> tuple[Any, ...]:
    """Say whom the place is for."""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        misfits = service.set_restrictions(
            session,
            principal,
            node_id=place.id,
            project_code=None if project == place_parts.ANY_PROJECT else project,
            material_types=[MaterialType(each) for each in types or []],
            biosafety_level=int(level),
        )
        stay = f" {fmt.plural(misfits, 'sample', 'samples')} in it would be refused now and stay."
        return f"Saved for {place.path}.{stay if misfits else ''}"

    return done(presses, which, act, _LIMIT_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.SLOTS_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.SLOTS_SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.SLOTS, "value"),
    prevent_initial_call=True,
)
def save_slots(presses: int | None, which: str, slots: str | None) -> tuple[Any, ...]:
    """Say how many boxes a rack takes."""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        number = acting.whole(slots) if (slots or "").strip() else None
        service.set_box_slots(session, principal, rack_id=place.id, box_slots=number)
        return f"Slots of {place.path} are saved"

    return done(presses, which, act, {"box_slots": ids.SLOTS})


@page_callback(
    _CONFIGURE,
    Output(ids.BLOCK_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.BLOCK, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.BLOCK_POSITIONS, "value"),
    State(ids.BLOCK_REASON, "value"),
    State(ids.BLOCK_UNTIL, "value"),
    prevent_initial_call=True,
)
def block(
    presses: int | None, which: str, positions: str | None, reason: str | None, until: str | None
) -> tuple[Any, ...]:
    """Block all the positions that were typed, or none."""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        spots = _positions(positions, place.shape)
        day = _day(until, "until")
        for spot in spots:
            service.block_position(
                session,
                principal,
                box_id=place.id,
                position=spot,
                reason=reason or "",
                until=datetime.combine(day, time(), lab_zone()) if day else None,
            )
        return f"{fmt.plural(len(spots), 'position is', 'positions are')} blocked"

    return done(presses, which, act, _BLOCK_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.BLOCK_PROBLEMS, "children", allow_duplicate=True),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.free(ALL), "n_clicks"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def free(_presses: list[int | None], which: str) -> tuple[Any, ...]:
    """Free the blocked position whose button was pressed."""
    pressed = ctx.triggered_id
    label = pressed["position"] if pressed else ""

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        (spot,) = _positions(label, place.shape)
        service.unblock_position(session, principal, box_id=place.id, position=spot)
        return f"{label} is free again"

    presses = ctx.triggered[0]["value"] if pressed else None
    return done(presses, which, act, _BLOCK_FIELDS)


@page_callback(
    _CONFIGURE,
    Output(ids.INNER_PROBLEMS, "children"),
    Output(ids.DONE, "data", allow_duplicate=True),
    Input(ids.INNER_ADD, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.INNER_KIND, "value"),
    State(ids.INNER_LABEL, "value"),
    State(ids.INNER_BARCODE, "value"),
    State(ids.INNER_SLOTS, "value"),
    State(ids.INNER_ROWS, "value"),
    State(ids.INNER_COLUMNS, "value"),
    State(ids.INNER_NUMBERING, "value"),
    prevent_initial_call=True,
)
def add_inner(presses: int | None, which: str, *typed: str | None) -> tuple[Any, ...]:
    """Add a place of the chosen kind: a shelf to a unit, a box to a rack, a plate to a stack."""
    kind_name, label, barcode, slots, rows, columns, numbering = typed
    kind = NodeKind(kind_name or "")

    def act(session: WriteSession, principal: Principal, place: PlaceView) -> str:
        has_slots = kind in TAKES_BOXES and bool((slots or "").strip())
        service.create_node(
            session,
            principal,
            kind=kind,
            label=label or "",
            parent_id=place.id,
            barcode=(barcode or "").strip() or None,
            shape=_shape(rows, columns, Numbering(numbering or "")) if kind in GRIDS else None,
            box_slots=acting.whole(slots) if has_slots else None,
        )
        return f"{place.path}/{' '.join((label or '').split())} is added"

    return done(presses, which, act, _INNER_FIELDS)


def done(presses: int | None, which: str, act: Act, fields: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the problems and a new value that draws the place anew; a refusal keeps the form."""
    if not presses:
        return no_update, no_update
    principal = current_principal()
    try:
        with writing() as session:
            place = place_queries.get_place(session, principal, which)
            said = act(session, principal, place)
    except AppError as refusal:
        return acting.problems(acting.read_refusal(refusal, {}), fields), no_update
    toast(said)
    return [], str(new_id())


def _day(typed: str | None, field: str) -> date | None:
    text = (typed or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        said = f"“{typed}” is no day. Choose one in the calendar."
        raise InvalidInput(said, fields={field: said}) from error


def _shape(rows: str | None, columns: str | None, numbering: Numbering) -> BoxShape:
    shape = BoxShape(acting.whole(rows), acting.whole(columns), numbering)
    if not (1 <= shape.rows <= MOST_ROWS and 1 <= shape.columns <= MOST_COLUMNS):
        said = f"A box has 1 to {MOST_ROWS} rows and 1 to {MOST_COLUMNS} columns, as 9 and 9."
        raise InvalidInput(said, fields={"shape": said})
    return shape


def _positions(typed: str | None, shape: BoxShape | None) -> list[Position]:
    """Return the positions that were typed, each once. Raises InvalidInput: one is none."""
    words = [word for word in (typed or "").replace(";", ",").replace(" ", ",").split(",") if word]
    found: list[Position] = []
    for word in words:
        spot = parse_position(word, shape) if shape else None
        if spot is None:
            example = f" Write it like {shape.example}." if shape else ""
            said = f"“{word}” is no position of the box.{example}"
            raise InvalidInput(said, fields={"position": said})
        if spot not in found:
            found.append(spot)
    if not found:
        said = "Write at least one position."
        raise InvalidInput(said, fields={"position": said})
    return found
