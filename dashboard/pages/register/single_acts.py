"""What a bench does with a filled form, as service calls in one transaction."""

from datetime import datetime

from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import Custody, SampleId
from backend.samples.schemas import ArrivalInput
from backend.samples.views import Registered
from backend.storage import queries as storage_queries
from backend.storage import service as storage_service
from backend.storage.ids import NodeId
from dashboard.pages.register.single_form import Typed, registration_of

_TAKEN_BACK = "Taken back at the bench with Undo."


def register(
    session: WriteSession,
    principal: Principal,
    typed: Typed,
    *,
    now: datetime,
    arrival: ArrivalInput | None = None,
) -> tuple[Registered, str]:
    """Register what was typed, with how it arrived, and place it where a box was scanned.

    All of it or nothing. Returns the sample and where it stands, empty for nowhere.

    Raises:
        RegistrationRefused: with a sentence for each field that stands against it.
        BarcodeTaken, ExternalIdTaken, ProjectClosed, SampleNotFound: as `register_sample`.
    """
    registration = registration_of(typed, now=now)
    made = samples_service.register_sample(
        session, principal, registration=registration, arrival=arrival
    )
    box = typed.get("box")
    return made, _place(session, principal, made.id, box) if box else ""


def take_back(session: WriteSession, principal: Principal, sample_id: SampleId) -> str:
    """Undo a registration, out of its position first; return the barcode, free again.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        TransitionRefused: it was accepted since.
    """
    sample = samples_queries.get_sample(session, principal, sample_id)
    if sample.row.custody == Custody.IN_STORAGE:
        storage_service.take_out(session, principal, sample_id=sample_id, reason=_TAKEN_BACK)
    return samples_service.take_back_registration(
        session, principal, sample_id=sample_id, reason=_TAKEN_BACK
    )


def _place(session: WriteSession, principal: Principal, sample_id: SampleId, box: str) -> str:
    node = storage_queries.find_node(session, principal, box)
    if node is None:
        raise _at_box(f"No box carries {box}. Scan the box’s label, or leave the field empty.")
    try:
        stay = storage_service.place_sample(
            session, principal, sample_id=sample_id, box_id=NodeId(node.id)
        )
    except AppError as refusal:
        raise _at_box(refusal.message) from refusal
    return f"{stay.path}/{stay.position}"


def _at_box(sentence: str) -> RegistrationRefused:
    return RegistrationRefused("It cannot stand there.", fields={"box": sentence})
