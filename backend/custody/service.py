"""What can be done with custody; each use case has its own module."""

from backend.custody.checking_out import Returned, check_out, return_sample
from backend.custody.expecting import (
    Announcement,
    announce,
    close_incoming,
    scan_incoming,
)
from backend.custody.offering import accept_offer, decline_offer, offer_samples, withdraw_offer
from backend.custody.shipping import (
    Dispatch,
    close_box,
    finish,
    note_over,
    open_shipment,
    pack_sample,
    receive_sample,
    ship,
    unpack_sample,
)
from backend.custody.watching import watch

__all__ = [
    "Announcement",
    "Dispatch",
    "Returned",
    "accept_offer",
    "announce",
    "check_out",
    "close_box",
    "close_incoming",
    "decline_offer",
    "finish",
    "note_over",
    "offer_samples",
    "open_shipment",
    "pack_sample",
    "receive_sample",
    "return_sample",
    "scan_incoming",
    "ship",
    "unpack_sample",
    "watch",
    "withdraw_offer",
]
