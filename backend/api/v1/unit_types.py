"""Types of units: which there are, keeping one as its next version, closing one."""

from datetime import datetime

from backend.api.idempotency import once
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.samples.ids import TemperatureClass
from backend.storage import service, unit_types
from backend.storage.ids import LooseIn, NodeKind, Numbering, PlaceLabels
from backend.storage.unit_type_schemas import UnitTypeIn
from backend.storage.unit_type_views import UnitTypeView


class LevelOut(ApiOutput):
    """One division of a unit: so many places of a kind in each place around them."""

    kind: NodeKind
    number: int
    labels: PlaceLabels


class UnitTypeOut(ApiOutput):
    """The newest version of a type, and how many places and positions a unit of it has."""

    name: str
    version: int
    temperature_class: TemperatureClass
    setpoint_c: float | None
    biosafety_level: int
    levels: list[LevelOut]
    box_slots: int
    box_kind: NodeKind
    box_rows: int | None
    box_columns: int | None
    box_numbering: Numbering | None
    loose: LooseIn
    places: int
    positions: int
    note: str
    is_closed: bool
    made_by_name: str
    made_at: datetime


class UnitTypesOut(ApiOutput):
    """Types by name, closed ones too."""

    items: list[UnitTypeOut]


class ClosingIn(ApiInput):
    """Whether units are made from the type no longer."""

    is_closed: bool


def list_types(call: Call) -> UnitTypesOut:
    """Return the newest version of every type."""
    with reading() as session:
        found = unit_types.list_unit_types(session, call.caller)
    return UnitTypesOut(items=[_told(each) for each in found])


def keep(call: Call) -> object:
    """Keep a type, or the next version of the one with its name."""
    given = call.sent(UnitTypeIn)
    with writing() as session:

        def put() -> UnitTypeOut:
            service.put_unit_type(session, call.caller, given=given)
            return _newest(session, call, given.name)

        return once(session, call, put)


def close(call: Call) -> UnitTypeOut:
    """Make no further unit from a type, or do so again; units of it stay."""
    name = call.path["name"]
    with writing() as session:
        service.close_unit_type(
            session, call.caller, name=name, is_closed=call.sent(ClosingIn).is_closed
        )
        return _newest(session, call, name)


def _newest(session: ReadSession, call: Call, name: str) -> UnitTypeOut:
    return _told(unit_types.get_unit_type(session, call.caller, name))


def _told(kind: UnitTypeView) -> UnitTypeOut:
    geometry, made = kind.geometry, kind.counts
    return UnitTypeOut(
        name=kind.name,
        version=kind.version,
        temperature_class=kind.temperature_class,
        setpoint_c=kind.setpoint_c,
        biosafety_level=kind.biosafety_level,
        levels=[LevelOut.model_validate(each) for each in geometry.levels],
        box_slots=geometry.box_slots,
        box_kind=geometry.box_kind,
        box_rows=geometry.box.rows if geometry.box else None,
        box_columns=geometry.box.columns if geometry.box else None,
        box_numbering=geometry.box.numbering if geometry.box else None,
        loose=geometry.loose,
        places=made.places,
        positions=made.positions,
        note=kind.note,
        is_closed=kind.is_closed,
        made_by_name=kind.made_by_name,
        made_at=kind.made_at,
    )


_TAG = "Storage"
_ALL = "/api/v1/storage/unit-types"
ROUTES = (
    Route(
        method="GET",
        path=_ALL,
        handler=list_types,
        access=Permission.STORAGE_VIEW,
        summary="Types of units with their geometry, the newest version of each",
        tag=_TAG,
        answer=UnitTypesOut,
    ),
    Route(
        method="POST",
        path=_ALL,
        handler=keep,
        access=Permission.STORAGE_CONFIGURE,
        summary="Keep a type of unit, or the next version of one; units that stand stay",
        tag=_TAG,
        body=UnitTypeIn,
        answer=UnitTypeOut,
        status=201,
        once=True,
    ),
    Route(
        method="PATCH",
        path=f"{_ALL}/{{name}}",
        handler=close,
        access=Permission.STORAGE_CONFIGURE,
        summary="Make no further unit from a type, or do so again",
        tag=_TAG,
        body=ClosingIn,
        answer=UnitTypeOut,
    ),
)
