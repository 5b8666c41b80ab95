"""What can be done with pools, in one place for every door."""

from backend.sequencing.pooling.drafting import cancel_pool, change_pool, draft_pool
from backend.sequencing.pooling.membership import change_members
from backend.sequencing.pooling.mixing import make_pool
from backend.sequencing.pooling.topping_up import approve_top_up, propose_top_up, reject_top_up

__all__ = [
    "approve_top_up",
    "cancel_pool",
    "change_members",
    "change_pool",
    "draft_pool",
    "make_pool",
    "propose_top_up",
    "reject_top_up",
]
