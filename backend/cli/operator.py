"""Who acts at a terminal: whoever may read the laboratory's folder may do everything in it."""

import getpass

from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal


def operator() -> Principal:
    """Return the principal of this terminal, named after the account of the operating system."""
    return Principal(
        user_id=None,
        name=f"{getpass.getuser()} at the terminal",
        permissions=frozenset(Permission),
        origin=Origin.CLI,
        request_id=str(new_id()),
    )
