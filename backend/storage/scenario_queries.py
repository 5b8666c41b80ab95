"""What if a unit is lost or a project arrives, against what stands today. Nothing is written."""

from uuid import UUID

from backend.core.errors import InvalidInput, LimitReached
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import TemperatureClass
from backend.storage import queries, relocation_problem
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.planning import drill, scenarios
from backend.storage.planning.evacuation import Evacuation
from backend.storage.planning.scenarios import Arrival, Spare, UnitLost, UnitRoom
from backend.telemetry import queries as telemetry_queries


def unit_rooms(session: ReadSession, principal: Principal) -> list[UnitRoom]:
    """Return every unit that is not retired with its places, by label."""
    principal.require(Permission.STORAGE_VIEW)
    alarmed: set[UUID] = {
        alarm.unit_id for alarm in telemetry_queries.open_alarms(session, principal)
    }
    return [
        UnitRoom(
            unit_id=each.unit_id,
            label=each.label,
            temperature_class=each.temperature_class,
            status=each.status,
            used=each.used,
            capacity=each.capacity,
            loose=each.loose,
            is_in_alarm=each.unit_id in alarmed,
        )
        for each in queries.occupancy_by_unit(session, principal)
        if each.status is not UnitStatus.RETIRED and each.temperature_class is not None
    ]


def lose_unit(session: ReadSession, principal: Principal, unit_id: NodeId) -> UnitLost:
    """Return what becomes of a unit's samples if it is retired or fails.

    Raises:
        NodeNotFound: no such unit, or it is retired already.
    """
    lost = scenarios.lose_unit(unit_rooms(session, principal), unit_id)
    if lost is None:
        raise NodeNotFound("There is no such unit in use. Choose one of the list.")
    return lost


def spares(session: ReadSession, principal: Principal) -> list[Spare]:
    """Return for every class whether the contents of its fullest unit find room elsewhere."""
    return scenarios.spares(unit_rooms(session, principal))


def arrive(
    session: ReadSession,
    principal: Principal,
    *,
    zone: TemperatureClass,
    boxes: int,
    rows: int,
    columns: int,
) -> Arrival:
    """Return whether a project of full boxes of a size finds room today.

    Raises:
        InvalidInput: no boxes, too many, or a size that no box has.
    """
    fields = {}
    if not 1 <= boxes <= scenarios.MOST_BOXES:
        fields["boxes"] = f"Write a number of boxes from 1 to {scenarios.MOST_BOXES:,}."
    for name, side in (("rows", rows), ("columns", columns)):
        if not 1 <= side <= scenarios.LARGEST_SIDE:
            fields[name] = f"Write a number of {name} from 1 to {scenarios.LARGEST_SIDE}."
    if fields:
        raise InvalidInput("The project cannot be counted. Look at its boxes.", fields=fields)
    units = unit_rooms(session, principal)
    return scenarios.arrive(units, zone, boxes=boxes, rows=rows, columns=columns)


def plan_drill(
    session: ReadSession, principal: Principal, unit_id: NodeId
) -> tuple[Evacuation, dict[str, str]]:
    """Return what an evacuation of a unit would start from, and the labels of units by key.

    Nothing is written; `evacuation.plan_evacuation` answers it, with no session open.

    Raises:
        NodeNotFound: no such unit, or it is retired already.
        LimitReached: so much stands there that its plan is made in the background.
    """
    rooms = {room.unit_id: room for room in unit_rooms(session, principal)}
    unit = rooms.get(unit_id)
    if unit is None:
        raise NodeNotFound("There is no such unit in use. Choose one of the list.")
    if unit.samples > drill.MOST_TUBES:
        raise LimitReached(
            f"{unit.label} holds {unit.samples:,} tubes, more than the {drill.MOST_TUBES:,} that "
            "are planned while you wait. Ask for an evacuation plan on its page in Storage: "
            "nothing moves until somebody accepts it."
        )
    asked = relocation_problem.load_evacuation(session, principal, unit_id)
    return asked, {str(key): room.label for key, room in rooms.items()}
