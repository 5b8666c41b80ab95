"""Every saga of the laboratory, as a table that can be read."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.transactions.engine import Definition, StepSpec

REGISTER_AND_PLACE = Definition(
    "register_and_place",
    (
        StepSpec("register_sample", "withdraw_registration"),
        # The last step: when it is done, so is the saga.
        StepSpec("place_sample", None),
    ),
)

DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {REGISTER_AND_PLACE.type: REGISTER_AND_PLACE}
)
