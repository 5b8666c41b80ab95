"""What custody may refuse.

NotFound       OfferNotFound · NotCheckedOut
InvalidInput   OfferRefused · CheckoutRefused
Conflict       HeldByAnother · OfferClosed · NotOffered · AlreadyCheckedOut
"""

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
