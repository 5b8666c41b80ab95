"""What is written on a place and what a unit is set to. Exported by service.py."""

from typing import TypedDict
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage.errors import LabelTaken, NodeMisplaced
from backend.storage.ids import CheckState, NodeId, NodeKind, Numbering, ScanState
from backend.storage.inventory_models import InventoryCheck
from backend.storage.models import StorageNode
from backend.storage.place_holding import hold_alone
from backend.storage.place_kinds import GRIDS
from backend.storage.scan_models import RackScan

_LONGEST_BARCODE = 64
_LONGEST_CIRCUIT = 60
_COLDEST_C, _WARMEST_C = -273.15, 60.0


class Written(TypedDict, total=False):
    """What is written on a place anew; what is not named stays."""

    barcode: str | None
    setpoint_c: float | None
    power_circuit: str | None


def describe_place(
    session: WriteSession,
    principal: Principal,
    *,
    node_id: NodeId,
    barcode: str | None,
    setpoint_c: float | None,
    power_circuit: str | None = None,
    numbering: Numbering | None = None,
) -> None:
    """Give a place its barcode, None for none; and a unit what is known of it, None for unknown.

    That is its set point in °C and its power circuit, as the fuse box calls it: alarms of units on
    one circuit are one matter. Limits of its sensors stay as they are: they are the alarm rules'
    (backend/telemetry). ``numbering`` is what the lid of a box calls its positions; None leaves it.
    Nothing in the box moves.

    Raises:
        NodeNotFound: no such place.
        LabelTaken: the barcode is on another place.
        NodeMisplaced: a set point or circuit of what is no unit, or one that cannot be; too long a
            barcode; a numbering of what has no rows and columns, or while a scan or count of the
            box is open.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    node = hold_alone(session, node_id)
    code = kept_barcode(session, barcode, of=node.id)
    check_setpoint(node.kind, setpoint_c)
    if numbering is not None:
        _check_numbering(session, node, numbering)
    old = _said(node)
    set_circuit(node, power_circuit)
    node.barcode, node.setpoint_c = code, setpoint_c
    node.numbering = numbering or node.numbering
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


def redescribe_place(
    session: WriteSession,
    principal: Principal,
    *,
    node_id: NodeId,
    written: Written,
    numbering: Numbering | None = None,
) -> None:
    """Write on a place what is named; the rest stays as it is, whoever wrote it a moment ago.

    Raises as describe_place does.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    node = hold_alone(session, node_id)
    describe_place(
        session,
        principal,
        node_id=node_id,
        barcode=written.get("barcode", node.barcode),
        setpoint_c=written.get("setpoint_c", node.setpoint_c),
        power_circuit=written.get("power_circuit", node.power_circuit),
        numbering=numbering,
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
    said: dict[str, object] = {
        "barcode": node.barcode,
        "setpoint_c": node.setpoint_c,
        "power_circuit": node.power_circuit,
    }
    return said | ({"numbering": node.numbering.value} if node.kind in GRIDS else {})


def kept_barcode(
    session: WriteSession, barcode: str | None, *, of: UUID | None = None
) -> str | None:
    """Return a barcode as it is kept; None of nothing. ``of`` is the place that has it, if any.

    Raises:
        NodeMisplaced: it is too long.
        LabelTaken: it is on another place.
    """
    code = (barcode or "").strip() or None
    if code is None:
        return None
    if len(code) > _LONGEST_BARCODE:
        sentence = f"A barcode has at most {_LONGEST_BARCODE} characters."
        raise NodeMisplaced(sentence, fields={"barcode": sentence})
    there = select(StorageNode.path).where(StorageNode.barcode == code)
    other = session.scalars(there.where(StorageNode.id != of) if of else there).first()
    if other is not None:
        sentence = f"Barcode {code} is on {other}. Print another one."
        raise LabelTaken(sentence, fields={"barcode": sentence})
    return code


def check_setpoint(kind: NodeKind, setpoint_c: float | None) -> None:
    """Raise NodeMisplaced unless a place of a kind may have a set point."""
    if setpoint_c is None:
        return
    if kind is not NodeKind.UNIT or not _COLDEST_C <= setpoint_c <= _WARMEST_C:
        sentence = f"A unit, and only a unit, has a set point: up to {_WARMEST_C:g} °C."
        raise NodeMisplaced(sentence, fields={"setpoint_c": sentence})


def _check_numbering(session: ReadSession, node: StorageNode, numbering: Numbering) -> None:
    if node.kind in GRIDS and numbering is node.numbering:
        return
    sentence = ""
    if node.kind not in GRIDS:
        sentence = f"{node.path} has no rows and columns that could be numbered. Leave it out."
    # What they have noted names positions as the lid did when it was read.
    elif session.scalars(
        select(RackScan.id).where(RackScan.box_id == node.id, RackScan.state == ScanState.DRAFT)
    ).first():
        sentence = f"A rack scan of {node.path} waits. Commit or discard it first."
    elif session.scalars(
        select(InventoryCheck.id).where(
            InventoryCheck.box_id == node.id, InventoryCheck.state == CheckState.OPEN
        )
    ).first():
        sentence = f"{node.path} is being counted. Finish its audit first."
    if sentence:
        raise NodeMisplaced(sentence, fields={"numbering": sentence})
