"""What can be done with custody; each use case has its own module."""

from backend.custody.checking_out import Returned, check_out, return_sample
from backend.custody.offering import accept_offer, decline_offer, offer_samples, withdraw_offer
from backend.custody.watching import watch

__all__ = [
    "Returned",
    "accept_offer",
    "check_out",
    "decline_offer",
    "offer_samples",
    "return_sample",
    "watch",
    "withdraw_offer",
]
