"""What the Undo of acts on several tubes takes back: all of it or nothing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.core.transaction import writing
from backend.samples.ids import SampleId
from backend.storage import service
from backend.storage.ids import BlockId, PlacementId, PlanId
from dashboard import format as fmt
from dashboard.components.toast import Undo, toast
from dashboard.components.tones import Tone
from dashboard.pages.storage import plan_words
from dashboard.session import current_principal

_BLOCK, _STAYS, _HAND = "block", "placements", "hand"


def of_block(block_id: BlockId) -> Undo:
    """Return the way back from a moved block."""
    return Undo("storage", {_BLOCK: str(block_id)})


def of_stays(ended: Sequence[PlacementId]) -> Undo:
    """Return the way back from stays that one act has ended."""
    return Undo("storage", {_STAYS: ",".join(map(str, ended))})


def of_hand(taken: Sequence[SampleId]) -> Undo:
    """Return the way back from tubes that were taken in hand."""
    return Undo("storage", {_HAND: ",".join(map(str, taken))})


def carry_out(data: Mapping[str, str]) -> bool:
    """Take back what one of these Undos names and tell it; False where it is another's."""
    principal = current_principal()
    if _BLOCK in data:
        with writing() as session:
            undone = service.undo_block(session, principal, BlockId(UUID(data[_BLOCK])))
        tubes = fmt.plural(undone.tubes, "tube is", "tubes are")
        toast(f"{tubes} back where they were before")
        return True
    if _STAYS in data:
        keys = data[_STAYS].split(",")
        with writing() as session:
            stays = [PlacementId(UUID(key)) for key in keys]
            service.undo_together(session, principal, placement_ids=stays)
        toast(f"{fmt.plural(len(keys), 'tube stands', 'tubes stand')} in their places again")
        return True
    if _HAND in data:
        taken = [SampleId(UUID(key)) for key in data[_HAND].split(",")]
        with writing() as session:
            service.put_hand_back(session, principal, sample_ids=taken)
        toast(f"{fmt.plural(len(taken), 'tube is', 'tubes are')} back in their places")
        return True
    return False


def take_plan_back(plan_id: PlanId, *, is_on_its_page: bool = False) -> None:
    """Take the samples of an accepted plan out again, or say where a worker is seen at it."""
    with writing() as session:
        answer = service.start_taking_back(session, current_principal(), plan_id=plan_id)
    if not isinstance(answer, list):
        if not is_on_its_page:
            link = ("How far it is", f"/storage?plan={plan_id}")
            toast("A worker takes the samples out again.", tone=Tone.INFO, link=link)
        return
    kept = sum(outcome.refused is not None for outcome in answer)
    words, tone = plan_words.of_taking_back(taken_back=len(answer) - kept, kept=kept)
    toast(words, tone=tone)
