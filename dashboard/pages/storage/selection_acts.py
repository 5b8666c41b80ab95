"""What people do with the selected tubes of a box: move, take in hand, take out, discard."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dash import ClientsideFunction, Input, Output, State, clientside_callback, ctx, no_update

from backend.auth.views import Locked, Refused
from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import service as samples_service
from backend.samples.errors import DiscardRefused
from backend.samples.ids import SampleId
from backend.samples.schemas import DisposalWitness
from backend.samples.views import TransitionOutcome
from backend.storage import block_moving, service
from backend.storage.errors import PlacementRefused
from backend.storage.hand_views import BlockMoved, BlockTarget
from backend.storage.ids import Conflict, NodeId, PlacementId
from backend.storage.rules import Position, parse_position
from dashboard import format as fmt
from dashboard.callbacks import page_callback
from dashboard.components import witness_fields
from dashboard.components.form_field import error_id, field_error
from dashboard.components.toast import toast
from dashboard.pages.storage import box_store, ids, selection, taking_back
from dashboard.session import current_principal

Chosen = Mapping[str, Any] | None
"""What the map sends: ``samples`` in fill order, ``box`` and for a move ``pos``."""

_CHANGED = Output(ids.CHANGED, "data", allow_duplicate=True)


@page_callback(
    Permission.STORAGE_PLACE,
    _CHANGED,
    Output(ids.MOVE_CLASHES, "children"),
    Output(ids.MOVE_ASKED, "data"),
    Input(ids.MOVE, "data"),
    State(ids.BOX, "data"),
    prevent_initial_call=True,
)
def move(asked: Chosen, box: Chosen) -> tuple[Any, Any, Any]:
    """Move the tubes, or ask what becomes of those that stand where they are to go."""
    if not asked or not box:
        return no_update, no_update, no_update
    samples, box_id, start = _where(asked, box)
    with reading() as session:
        preview = block_moving.preview_block(
            session, current_principal(), sample_ids=samples, box_id=box_id, start=start
        )
    if preview.refusals:
        raise PlacementRefused(" ".join(preview.refusals))
    if preview.conflicts:
        question = selection.clashes(
            [clash_words(each) for each in preview.conflicts], len(samples)
        )
        return no_update, question, {"dialog": ids.MOVE_DIALOG, "at": asked["at"]}
    return _move(asked, box, Conflict.REFUSE), no_update, no_update


@page_callback(
    Permission.STORAGE_PLACE,
    _CHANGED,
    Output(ids.MOVE_CLASHES, "children", allow_duplicate=True),
    Input(ids.MOVE_SWAP, "n_clicks"),
    Input(ids.MOVE_TRAY, "n_clicks"),
    State(ids.MOVE, "data"),
    State(ids.BOX, "data"),
    prevent_initial_call=True,
)
def move_all_the_same(
    swaps: int | None, trays: int | None, asked: Chosen, box: Chosen
) -> tuple[Any, Any]:
    """Move the tubes, and those in their way as the dialog was answered."""
    if not (swaps or trays) or not asked or not box:
        return no_update, no_update
    conflict = Conflict.SWAP if ctx.triggered_id == ids.MOVE_SWAP else Conflict.TRAY
    return _move(asked, box, conflict), []


@page_callback(
    Permission.STORAGE_PLACE,
    _CHANGED,
    Input(ids.TAKE_SELECTED, "n_clicks"),
    State(ids.SELECTION, "data"),
    prevent_initial_call=True,
)
def take_in_hand(presses: int | None, selected: Chosen) -> Any:
    """Take the selected tubes into the person's hand tray."""
    samples = _samples(selected)
    if not presses or not samples:
        return no_update
    with writing() as session:
        service.take_in_hand(session, current_principal(), sample_ids=samples)
    words = f"{fmt.plural(len(samples), 'tube', 'tubes')} taken in your hand"
    toast(words, undo=taking_back.of_hand(samples))
    return str(new_id())


@page_callback(
    Permission.STORAGE_PLACE,
    _CHANGED,
    Output(ids.REMOVE_REASON, "value"),
    Output(error_id(ids.REMOVE_REASON), "children"),
    Input(ids.REMOVE_OUT, "n_clicks"),
    State(ids.REMOVE_REASON, "value"),
    State(ids.SELECTION, "data"),
    prevent_initial_call=True,
)
def take_out(presses: int | None, reason: str | None, selected: Chosen) -> tuple[Any, Any, Any]:
    """Take the selected tubes out, all or none; without a reason say so and keep it open."""
    samples = _samples(selected)
    if not presses or not samples:
        return no_update, no_update, no_update
    if not (reason or "").strip():
        return no_update, no_update, field_error("Say what they are taken out for.")
    ended = _take_out(samples, reason or "")
    words = f"{fmt.plural(len(ended), 'tube', 'tubes')} taken out"
    toast(words, undo=taking_back.of_stays(ended))
    return str(new_id()), "", None


@page_callback(
    Permission.SAMPLES_TRANSITION,
    _CHANGED,
    Output(ids.REMOVE_REASON, "value", allow_duplicate=True),
    Output(error_id(ids.REMOVE_REASON), "children", allow_duplicate=True),
    Output(witness_fields.password_id(ids.REMOVE_DIALOG), "value"),
    Output(ids.REMOVE_SECOND, "open"),
    Input(ids.REMOVE_DISCARD, "n_clicks"),
    State(ids.REMOVE_REASON, "value"),
    State(witness_fields.email_id(ids.REMOVE_DIALOG), "value"),
    State(witness_fields.password_id(ids.REMOVE_DIALOG), "value"),
    State(witness_fields.meaning_id(ids.REMOVE_DIALOG), "value"),
    State(ids.SELECTION, "data"),
    prevent_initial_call=True,
)
def discard(presses: int | None, reason: str | None, *given: Any) -> tuple[Any, ...]:
    """Take the selected tubes out and discard them, all or none.

    Where the rules ask for a second person, they sign once for all of them. What is refused is
    said in the dialog, and their password is typed again: they do not leave it on a bench.
    """
    *signing, selected = given
    samples = _samples(selected)
    if not presses or not samples:
        return (no_update,) * 5
    if not (reason or "").strip():
        said = field_error("Say why they are discarded.")
        return no_update, no_update, said, no_update, no_update
    try:
        done = _discard(samples, reason or "", witness_fields.read_witness(*signing))
    except (DiscardRefused, InvalidInput) as refusal:
        return no_update, no_update, field_error(refusal.message), "", True
    if isinstance(done, (Refused, Locked)):
        return no_update, no_update, field_error(done.message), "", True
    toast(f"{fmt.plural(len(samples), 'tube', 'tubes')} discarded")
    return str(new_id()), "", None, "", False


clientside_callback(
    ClientsideFunction("boxmap", "ask"),
    Output(ids.PAINTED, "data", allow_duplicate=True),
    Input(ids.MOVE_ASKED, "data"),
    prevent_initial_call=True,
)


def clash_words(target: BlockTarget) -> str:
    """Say which tube stands where another is to go."""
    occupant = target.occupant
    held = occupant.barcode if occupant is not None else None
    told = held or "a tube of a project that you do not see"
    return f"{target.position.label} holds {told}; {target.barcode} is to go there."


def moved_words(moved: BlockMoved) -> str:
    """Say where the tubes stand now, and those that gave way to them."""
    stays = moved.moved
    first, last = stays[0].position, stays[-1].position
    where = first if first == last else f"{first} to {last}"
    parts = [f"{fmt.plural(len(stays), 'tube', 'tubes')} moved to {moved.box_path}, {where}"]
    if moved.swapped:
        parts.append(f"{fmt.count(len(moved.swapped))} swapped")
    if moved.in_hand:
        parts.append(f"{fmt.count(len(moved.in_hand))} in your hand")
    return "; ".join(parts)


def _move(asked: Mapping[str, Any], box: Mapping[str, Any], conflict: Conflict) -> str:
    samples, box_id, start = _where(asked, box)
    with writing() as session:
        moved = service.move_block(
            session,
            current_principal(),
            sample_ids=samples,
            box_id=box_id,
            start=start,
            conflict=conflict,
        )
    toast(moved_words(moved), undo=taking_back.of_block(moved.block_id))
    return str(new_id())


def _where(
    asked: Mapping[str, Any], box: Mapping[str, Any]
) -> tuple[list[SampleId], NodeId, Position | None]:
    shape = box_store.shape_of(box)
    position = parse_position(str(asked["pos"]), shape)
    if asked["box"] != box["id"] or position is None:
        raise InvalidInput("Another box is open by now. Choose where the tubes go in it.")
    # Loose tubes get numbers that are free, whichever: nobody chooses them one by one.
    return _samples(asked), NodeId(UUID(asked["box"])), None if shape.is_loose else position


def _samples(chosen: Chosen) -> list[SampleId]:
    return [SampleId(UUID(key)) for key in (chosen or {}).get("samples", [])]


def _take_out(samples: Sequence[SampleId], reason: str) -> list[PlacementId]:
    with writing() as session:
        stays = service.take_out_together(
            session, current_principal(), sample_ids=samples, reason=reason
        )
    return [stay.id for stay in stays]


def _discard(
    samples: Sequence[SampleId], reason: str, second: DisposalWitness | None
) -> list[TransitionOutcome] | Refused | Locked:
    with writing() as session:
        return samples_service.discard_together(
            session,
            current_principal(),
            sample_ids=samples,
            reason=reason,
            witness=second,
            take_out=service.take_out_together,
            all_or_none=True,
        )
