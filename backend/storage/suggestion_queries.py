"""Where one tube would stand best, for whoever has it in hand: read at once, no plan is kept."""

from dataclasses import dataclass
from uuid import UUID

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.storage import box_queries, locking, plan_problem, rules
from backend.storage.errors import PlacementRefused
from backend.storage.ids import NodeId
from backend.storage.planning import suggesting
from backend.storage.planning.reasons import SENTENCES
from backend.storage.planning.suggesting import Suggestion
from backend.storage.rules import Position
from backend.storage.views import FilterView

MOST_SUGGESTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPlace:
    """A box and a free position of it, beside the family where it can be.

    ``handling_s`` is by the weights of placement plans.
    """

    box_id: NodeId
    path: str
    position: Position
    used: int
    capacity: int
    handling_s: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """The best places first, and which rule took how many boxes and free positions away."""

    sample_id: SampleId
    barcode: str
    places: tuple[SuggestedPlace, ...]
    boxes_allowed: int
    positions_allowed: int
    filters: tuple[FilterView, ...]


def suggest_places(
    session: ReadSession, principal: Principal, sample_id: SampleId, *, most: int = MOST_SUGGESTED
) -> Suggestions:
    """Return the best places for a sample, the box left out in which it stands. Nothing moves.

    Raises:
        SampleNotFound: absent or not visible.
        PlacementRefused: it is promised to somebody, or no longer there.
    """
    principal.require(Permission.STORAGE_PLACE)
    seen = locking.see_samples(session, principal, [sample_id]).get(sample_id)
    if seen is None:
        raise SampleNotFound("This sample is not there, or not yours to see.")
    _require_movable(seen.needs)
    problem = plan_problem.problem_of_one(session, seen.sample, seen.needs.project_code)
    here = [] if seen.standing is None else [str(seen.standing.box_id)]
    found = suggesting.suggest(problem, most=most, without=here)
    considered = found.considered
    return Suggestions(
        sample_id=sample_id,
        barcode=seen.needs.barcode,
        places=_places(session, principal, found.places),
        boxes_allowed=considered.boxes_allowed,
        positions_allowed=considered.positions_allowed,
        filters=tuple(
            FilterView(rule=count.filter.value, boxes=count.boxes, positions=count.positions)
            for count in considered.refusals
        ),
    )


def _require_movable(needs: rules.SampleNeeds) -> None:
    if needs.promised:
        raise PlacementRefused(needs.promised)
    if needs.is_gone:
        raise PlacementRefused(rules.gone_words(needs.barcode))


def _places(
    session: ReadSession, principal: Principal, found: tuple[Suggestion, ...]
) -> tuple[SuggestedPlace, ...]:
    keys = [NodeId(UUID(each.box)) for each in found]
    taken = box_queries.taken_in(session, keys)
    places = []
    for key, each in zip(keys, found, strict=True):
        box = box_queries.get_box(session, principal, key)
        # Somebody may have filled the position, or the box, since it was counted.
        filled = taken.get(key, frozenset())
        position = rules.first_free(box.shape, taken=filled)
        if each.position is not None and each.position not in filled:
            position = each.position
        if position is not None:
            places.append(
                SuggestedPlace(
                    box_id=key,
                    path=box.path,
                    position=position,
                    used=box.used,
                    capacity=box.capacity,
                    handling_s=each.cost.handling_s,
                    reasons=tuple(SENTENCES[reason] for reason in each.reasons),
                )
            )
    return tuple(places)
