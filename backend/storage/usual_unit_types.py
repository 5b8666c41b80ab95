"""The types of units that every laboratory starts with; it changes them as any other.

Round, generic figures, of no maker's model: an upright has five shelves of about six racks, a
chest holds one layer of tall towers or racks of drawers, a vapour tank its racks in quarters around
the middle, a dewar a ring of stacks below its neck. Boxes are the usual 9 by 9 for 2 mL vials and
10 by 10 for tanks; those of a dewar are often numbered 1 to 81 (DOMAIN 2a).
"""

from typing import Final

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeKind, Numbering, PlaceLabels
from backend.storage.unit_type_schemas import LevelIn, UnitTypeIn
from backend.storage.unit_types import put_unit_type


def _shelves(number: int) -> LevelIn:
    return LevelIn(kind=NodeKind.SHELF, number=number)


USUAL: Final = (
    UnitTypeIn(
        name="Upright freezer \N{MINUS SIGN}80 °C",
        temperature_class=TemperatureClass.MINUS_80,
        setpoint_c=-80.0,
        levels=(_shelves(5), LevelIn(kind=NodeKind.RACK, number=6, labels=PlaceLabels.LETTERS)),
        box_slots=16,
        box_rows=9,
        box_columns=9,
        note="Five shelves; racks of four by four boxes, 2 inches high.",
    ),
    UnitTypeIn(
        name="Chest freezer \N{MINUS SIGN}20 °C",
        temperature_class=TemperatureClass.MINUS_20,
        setpoint_c=-20.0,
        levels=(LevelIn(kind=NodeKind.STACK, number=12),),
        box_slots=10,
        note="One layer of towers, counted from the left. Comes without boxes.",
    ),
    UnitTypeIn(
        name="LN2 vapour tank",
        temperature_class=TemperatureClass.LN2_VAPOUR,
        setpoint_c=-180.0,
        levels=(_shelves(4), LevelIn(kind=NodeKind.RACK, number=6)),
        box_slots=13,
        box_rows=10,
        box_columns=10,
        note="Four quarters; thirteen boxes in each tower.",
    ),
    UnitTypeIn(
        name="LN2 dewar with stacks",
        temperature_class=TemperatureClass.LN2_VAPOUR,
        setpoint_c=-180.0,
        levels=(LevelIn(kind=NodeKind.STACK, number=6),),
        box_slots=10,
        box_rows=9,
        box_columns=9,
        box_numbering=Numbering.ROWS,
        note="Six stacks around the neck, ten boxes in each; their lids are numbered 1 to 81.",
    ),
    UnitTypeIn(
        name="Chest freezer \N{MINUS SIGN}80 °C with drawer racks",
        temperature_class=TemperatureClass.MINUS_80,
        setpoint_c=-80.0,
        levels=(
            LevelIn(kind=NodeKind.RACK, number=10, labels=PlaceLabels.LETTERS),
            LevelIn(kind=NodeKind.DRAWER, number=4),
        ),
        box_slots=4,
        box_rows=9,
        box_columns=9,
        note="Racks that are lifted out, with four drawers of four boxes each.",
    ),
    UnitTypeIn(
        name="Plate freezer \N{MINUS SIGN}20 °C",
        temperature_class=TemperatureClass.MINUS_20,
        setpoint_c=-20.0,
        levels=(_shelves(5), LevelIn(kind=NodeKind.STACK, number=4)),
        box_slots=12,
        box_kind=NodeKind.PLATE,
        box_rows=16,
        box_columns=24,
        note="Five shelves of four plate stacks; plates of 384 wells.",
    ),
    UnitTypeIn(
        name="Refrigerator 4 °C",
        temperature_class=TemperatureClass.PLUS_4,
        setpoint_c=4.0,
        levels=(_shelves(5), LevelIn(kind=NodeKind.RACK, number=2, labels=PlaceLabels.LETTERS)),
        box_slots=8,
        note="Comes without boxes.",
    ),
)


def add_usual_unit_types(session: WriteSession, principal: Principal) -> None:
    """Keep the first version of each."""
    for each in USUAL:
        put_unit_type(session, principal, given=each)
