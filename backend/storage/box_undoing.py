"""Taking the move of a whole box back. Exported by service.py."""

from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.storage import box_moving, queries, rules
from backend.storage.errors import NothingToUndo, UndoTooLate
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from backend.storage.place_kinds import TAKES_BOXES
from backend.storage.relocation_accepting import carry_again
from backend.storage.relocation_models import BoxMove
from backend.storage.views import BoxView


def last_move_of(session: ReadSession, principal: Principal, box_id: NodeId) -> UUID | None:
    """Return the key of a box's last move, None where it has never moved."""
    principal.require(Permission.STORAGE_VIEW)
    return session.scalars(
        select(BoxMove.id)
        .where(BoxMove.box_id == box_id)
        .order_by(BoxMove.moved_at.desc(), BoxMove.id.desc())
        .limit(1)
    ).one_or_none()


def undo_box_move(session: WriteSession, principal: Principal, *, move_id: UUID) -> BoxView:
    """Put a box back into the rack that it came from, within ten minutes.

    It takes its old place in the rack's order. Rules of placing are not asked: its tubes stood
    there before. A box that was carried for a plan is to be carried again.

    Raises:
        NothingToUndo: unknown, the box has moved on since, or its rack is gone.
        UndoTooLate: more than ten minutes ago.
        Otherwise as `move_box`.
    """
    principal.require(Permission.STORAGE_PLACE)
    move = session.get(BoxMove, move_id)
    if move is None:
        raise NothingToUndo("There is no such step.")
    # The box's row lock makes "nothing has happened since" stay true.
    session.execute(
        select(StorageNode.id).where(StorageNode.id == move.box_id).with_for_update(key_share=True)
    )
    if last_move_of(session, principal, NodeId(move.box_id)) != move_id:
        raise NothingToUndo("The box has moved on since. Move it by hand.")
    if clock.utc_now() - move.moved_at > rules.UNDO_WITHIN:
        raise UndoTooLate("That was more than ten minutes ago. Move the box by hand.")
    rack = queries.find_node(session, principal, move.from_path.rpartition("/")[0])
    if rack is None or rack.kind not in (*TAKES_BOXES, NodeKind.UNIT):
        raise NothingToUndo(f"The rack of {move.from_path} is not there any more.")
    back = box_moving.put_box(
        session,
        principal,
        box_id=NodeId(move.box_id),
        rack_id=NodeId(rack.id),
        back_to_order=move.from_order,
    )
    if move.plan_id is not None:
        carry_again(session, move.plan_id, back.id)
    return back


def path_after(session: ReadSession, principal: Principal, move_id: UUID) -> str | None:
    """Return where a move has put its box, None where there is no such move."""
    principal.require(Permission.STORAGE_VIEW)
    return session.scalars(select(BoxMove.to_path).where(BoxMove.id == move_id)).one_or_none()
