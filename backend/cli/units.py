"""The storage unit that a person names in a command."""

from backend.core.errors import InvalidInput
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.storage import queries as storage_queries
from backend.storage.ids import NodeKind
from backend.telemetry.device_tokens import Unit


def unit_of(session: ReadSession, principal: Principal, path: str) -> Unit:
    """Return the unit with a path or barcode.

    Raises:
        InvalidInput: there is no such place, or it is no unit.
    """
    node = storage_queries.find_node(session, principal, path)
    if node is None or node.kind is not NodeKind.UNIT:
        raise InvalidInput(f"{path} is no storage unit. Write its path, like ULT-03.")
    return Unit(unit_id=node.id, label=node.label)
