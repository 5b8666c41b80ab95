"""Keys and closed vocabularies of custody."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

OfferId = NewType("OfferId", UUID)
CheckoutId = NewType("CheckoutId", UUID)
ShipmentId = NewType("ShipmentId", UUID)
IncomingId = NewType("IncomingId", UUID)


class PartyKind(StrEnum):
    """Who or what can hold a tube."""

    PERSON = "person"
    PLACE = "place"
    CARRIER = "carrier"
    OUTSIDE = "outside"


class Cause(StrEnum):
    """Why a tube changed hands."""

    PLACED = "placed"
    TAKEN_OUT = "taken_out"
    TAKEN_IN = "taken_in"
    HANDED_OVER = "handed_over"
    CHECKED_OUT = "checked_out"
    LEFT_ON_BENCH = "left_on_bench"
    PACKED = "packed"
    UNPACKED = "unpacked"
    SHIPPED = "shipped"
    RECEIVED = "received"
    ENDED = "ended"


class OfferState(StrEnum):
    """Where a hand-over stands; open while one of its tubes waits for an answer."""

    OPEN = "open"
    CLOSED = "closed"


class Answer(StrEnum):
    """What became of a tube that was offered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class GapKind(StrEnum):
    """What the detector finds."""

    NO_HOLDER = "no_holder"
    NOT_WHERE_IT_STANDS = "not_where_it_stands"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"
    LONG_ON_BENCH = "long_on_bench"
    NO_DUE_DATE = "no_due_date"
    NEVER_ARRIVED = "never_arrived"
    ARRIVED_DAMAGED = "arrived_damaged"


class ShipmentState(StrEnum):
    """How far a shipment has come."""

    DRAFT = "draft"
    PACKED = "packed"
    SHIPPED = "shipped"
    RECEIVED = "received"


class IncomingState(StrEnum):
    """Whether a parcel from outside is still expected."""

    EXPECTED = "expected"
    RECEIVED = "received"


class Arrival(StrEnum):
    """What became of a tube of a shipment."""

    EXPECTED = "expected"
    DAMAGED = "damaged"
    WRONG_LABEL = "wrong_label"
    SHORT = "short"
