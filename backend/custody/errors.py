"""What custody may refuse.

NotFound       OfferNotFound · NotCheckedOut · ShipmentNotFound · IncomingNotFound
InvalidInput   OfferRefused · CheckoutRefused · ShipmentRefused · IncomingRefused
Conflict       HeldByAnother · OfferClosed · NotOffered · AlreadyCheckedOut
               NotAtThisStep · TubeNotPacked · LinesOpen
"""

from collections.abc import Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class OfferNotFound(NotFound):
    """No such offer, or not one of the principal's."""


class NotCheckedOut(NotFound):
    """Nobody has the sample checked out."""


class OfferRefused(InvalidInput):
    """No tubes, no receiver, or one who cannot take them."""


class CheckoutRefused(InvalidInput):
    """A field of a checkout or a return needs another value."""


class HeldByAnother(Conflict):
    """Somebody or something else holds the tube."""


class OfferClosed(Conflict):
    """Everything in the offer has been answered."""


class NotOffered(Conflict):
    """The tube is not, or no longer, open in the offer."""


class AlreadyCheckedOut(Conflict):
    """Somebody has the tube checked out."""


class ShipmentNotFound(NotFound):
    """No such shipment, or not one that the principal may see."""


class ShipmentRefused(InvalidInput):
    """A field of the shipment needs another value."""


class IncomingNotFound(NotFound):
    """No such parcel is announced, or not one that the principal may see."""


class IncomingRefused(InvalidInput):
    """A field of the announcement needs another value."""


class NotAtThisStep(Conflict):
    """The shipment is not where this act belongs."""


class TubeNotPacked(Conflict):
    """Rules keep the tube out of a shipment; ``reasons`` names every one of them."""

    def __init__(self, barcode: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{barcode}: {' '.join(reasons)}")
        self.reasons = tuple(reasons)


class LinesOpen(Conflict):
    """Tubes of the shipment have not been scanned."""
