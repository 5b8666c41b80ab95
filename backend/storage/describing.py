"""What is written on a place and what a unit is set to. Exported by service.py."""

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage.errors import LabelTaken, NodeMisplaced, NodeNotFound
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode

_LONGEST_BARCODE = 64
_LONGEST_CIRCUIT = 60
_COLDEST_C, _WARMEST_C = -273.15, 60.0


def describe_place(
    session: WriteSession,
    principal: Principal,
    *,
    node_id: NodeId,
    barcode: str | None,
    setpoint_c: float | None,
    power_circuit: str | None = None,
) -> None:
    """Give a place its barcode, None for none; and a unit what is known of it, None for unknown.

    That is its set point in °C and its power circuit, as the fuse box calls it: alarms of units on
    one circuit are one matter. Limits of its sensors stay as they are: they are the alarm rules'
    (backend/telemetry).

    Raises:
        NodeNotFound: no such place.
        LabelTaken: the barcode is on another place.
        NodeMisplaced: a set point or circuit of what is no unit, or one that cannot be; too long a
            barcode.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    node = session.scalars(
        select(StorageNode)
        .where(StorageNode.id == node_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if node is None:
        raise NodeNotFound("There is no such place. Choose one in the tree.")
    code = (barcode or "").strip() or None
    _check(session, node, code, setpoint_c)
    old = _said(node)
    set_circuit(node, power_circuit)
    node.barcode, node.setpoint_c = code, setpoint_c
    session.flush()
    events_service.audit(
        session,
        principal,
        action="storage.place_described",
        entity="storage_node",
        entity_id=node.id,
        old=old,
        new=_said(node),
    )


def set_circuit(node: StorageNode, circuit: str | None) -> None:
    """Write down what a unit hangs on; None or nothing: unknown.

    Raises:
        NodeMisplaced: it is no unit, or too long.
    """
    name = " ".join((circuit or "").split()) or None
    if name is not None and (node.kind is not NodeKind.UNIT or len(name) > _LONGEST_CIRCUIT):
        sentence = (
            f"A unit, and only a unit, hangs on a circuit: up to {_LONGEST_CIRCUIT} characters."
        )
        raise NodeMisplaced(sentence, fields={"power_circuit": sentence})
    node.power_circuit = name


def _said(node: StorageNode) -> dict[str, object]:
    return {
        "barcode": node.barcode,
        "setpoint_c": node.setpoint_c,
        "power_circuit": node.power_circuit,
    }


def _check(
    session: WriteSession, node: StorageNode, code: str | None, setpoint_c: float | None
) -> None:
    if code is not None and len(code) > _LONGEST_BARCODE:
        sentence = f"A barcode has at most {_LONGEST_BARCODE} characters."
        raise NodeMisplaced(sentence, fields={"barcode": sentence})
    other = session.scalars(
        select(StorageNode.path).where(StorageNode.barcode == code, StorageNode.id != node.id)
    ).first()
    if code is not None and other is not None:
        sentence = f"Barcode {code} is on {other}. Print another one."
        raise LabelTaken(sentence, fields={"barcode": sentence})
    if setpoint_c is None:
        return
    if node.kind is not NodeKind.UNIT or not _COLDEST_C <= setpoint_c <= _WARMEST_C:
        sentence = f"A unit, and only a unit, has a set point: up to {_WARMEST_C:g} °C."
        raise NodeMisplaced(sentence, fields={"setpoint_c": sentence})
