"""What a person should know before they trust a prediction."""

from dataclasses import dataclass

from backend.predictions.planning import paths
from backend.predictions.planning.forecast import HORIZON_DAYS, METHOD
from backend.predictions.planning.series import LONGEST_DAYS, MINIMUM_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model in plain words."""

    name: str
    version: str
    purpose: str
    data: str
    method: str
    checked: str
    limits: str


_NAME, _, _VERSION = METHOD.partition(" ")

CAPACITY = ModelCard(
    name=_NAME.capitalize(),
    version=_VERSION,
    purpose=(
        "When is a temperature zone likely to be full, so that space is planned in time. "
        "It moves nothing and orders nothing."
    ),
    data=(
        f"Occupancy of the zone at the end of each day, {MINIMUM_DAYS} to {LONGEST_DAYS} days. "
        "A day without a snapshot lies on the line between its neighbours."
    ),
    method=(
        "Daily net increments, not levels: weeks of the history drawn again, recent ones likelier; "
        f"from {paths.REGRESSION_FROM_DAYS} days on also a ridge regression on the last week, the "
        "last four weeks and the day of the week. The rate itself may wander. 1,000 futures of "
        f"{HORIZON_DAYS} days; the date is the first day a future reaches the capacity."
    ),
    checked=(
        "Rolling origins on the same history, each seeing only its past. They set the width of the "
        "intervals; the coverage shown judges no width by the origins that set it. On simulated "
        "freezers of known law the 80% interval of the date held in 72, 79 and 88% after 60, 90 "
        "and 365 days of history."
    ),
    limits=(
        "It knows no orders, no project plans and no holidays. Capacity is taken to stay as it is. "
        "Below three months of history it has seen no season."
    ),
)
