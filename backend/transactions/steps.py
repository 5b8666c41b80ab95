"""What the steps of sagas do, each one service call in the transaction it is given."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import SampleId
from backend.samples.schemas import SampleRegistration
from backend.storage import service as storage_service
from backend.storage.ids import NodeId

Step = Callable[[WriteSession, Principal, Mapping[str, Any]], Mapping[str, object]]
"""Takes what the saga knows; returns what it found out, by name."""


def register_sample(
    session: WriteSession, principal: Principal, data: Mapping[str, Any]
) -> Mapping[str, object]:
    """Register the sample; finds ``sample_id`` and ``barcode``."""
    registration = SampleRegistration.model_validate(data["registration"])
    made = samples_service.register_sample(session, principal, registration=registration)
    return {"sample_id": made.id, "barcode": made.barcode}


def withdraw_registration(
    session: WriteSession, principal: Principal, data: Mapping[str, Any]
) -> Mapping[str, object]:
    """Withdraw the registration; the record stays, with the reason."""
    undoer = machinery(
        principal.name,
        Permission.SAMPLES_REGISTER,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        request_id=principal.request_id,
    )
    samples_service.change_status(
        session,
        undoer,
        sample_id=SampleId(UUID(data["sample_id"])),
        action="withdraw",
        reason="Registration withdrawn: it could not be placed.",
    )
    return {}


def place_sample(
    session: WriteSession, principal: Principal, data: Mapping[str, Any]
) -> Mapping[str, object]:
    """Put the sample into the first free position of the box; finds ``position``."""
    placed = storage_service.place_sample(
        session,
        principal,
        sample_id=SampleId(UUID(data["sample_id"])),
        box_id=NodeId(UUID(data["box_id"])),
    )
    return {"position": placed.position, "path": placed.path}


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "register_sample": register_sample,
        "withdraw_registration": withdraw_registration,
        "place_sample": place_sample,
    }
)
