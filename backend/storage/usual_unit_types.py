"""The types of units that every laboratory starts with; it changes them as any other.

Round, generic figures, of no maker's model: an upright has five shelves of about six racks, a
chest holds one layer of tall towers, a vapour tank its racks in quarters around the middle. Boxes
are the usual 9 by 9 for 2 mL vials and 10 by 10 for tanks (DOMAIN 2a).
"""

from typing import Final

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import TemperatureClass
from backend.storage.ids import RackLabels
from backend.storage.unit_type_schemas import UnitTypeIn
from backend.storage.unit_types import put_unit_type

USUAL: Final = (
    UnitTypeIn(
        name="Upright freezer \N{MINUS SIGN}80 °C",
        temperature_class=TemperatureClass.MINUS_80,
        setpoint_c=-80.0,
        shelves=5,
        racks_per_shelf=6,
        box_slots=16,
        box_rows=9,
        box_columns=9,
        note="Five shelves; racks of four by four boxes, 2 inches high.",
    ),
    UnitTypeIn(
        name="Chest freezer \N{MINUS SIGN}20 °C",
        temperature_class=TemperatureClass.MINUS_20,
        setpoint_c=-20.0,
        shelves=1,
        racks_per_shelf=12,
        box_slots=10,
        rack_labels=RackLabels.NUMBERS,
        note="One layer of towers, counted from the left. Comes without boxes.",
    ),
    UnitTypeIn(
        name="LN2 vapour tank",
        temperature_class=TemperatureClass.LN2_VAPOUR,
        setpoint_c=-180.0,
        shelves=4,
        racks_per_shelf=6,
        box_slots=13,
        rack_labels=RackLabels.NUMBERS,
        box_rows=10,
        box_columns=10,
        note="Four quarters; thirteen boxes in each tower.",
    ),
    UnitTypeIn(
        name="Refrigerator 4 °C",
        temperature_class=TemperatureClass.PLUS_4,
        setpoint_c=4.0,
        shelves=5,
        racks_per_shelf=2,
        box_slots=8,
        note="Comes without boxes.",
    ),
)


def add_usual_unit_types(session: WriteSession, principal: Principal) -> None:
    """Keep the first version of each."""
    for each in USUAL:
        put_unit_type(session, principal, given=each)
