"""Registering one sample at a bench. Exported by service.py."""

from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core import barcodes, clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import arriving, consenting, issuing, projects, rules
from backend.samples.consent_models import Consent
from backend.samples.errors import (
    BarcodeRefused,
    BarcodeTaken,
    ExternalIdTaken,
    RegistrationRefused,
    SampleNotFound,
)
from backend.samples.events import SampleRegistered
from backend.samples.ids import Custody, Lifecycle, SampleId
from backend.samples.models import Sample, SampleTransition, folded_id
from backend.samples.schemas import ArrivalInput, SampleRegistration, sentence_for
from backend.samples.views import Registered

_TRIES = 5


def check_registration(**typed: object) -> SampleRegistration:
    """Return what was typed as a registration.

    Raises:
        RegistrationRefused: with a sentence for each field that needs another value.
    """
    try:
        return SampleRegistration.model_validate(typed)
    except ValidationError as error:
        fields = dict(_sentence(problem) for problem in error.errors())
        raise RegistrationRefused(
            "There is a problem with the registration.", fields=fields
        ) from error


def register_sample(
    session: WriteSession,
    principal: Principal,
    *,
    registration: SampleRegistration,
    arrival: ArrivalInput | None = None,
) -> Registered:
    """Register a sample; without a barcode it gets a new check-digited one.

    ``arrival`` says in what condition one that is received already arrived; what endangers it puts
    it on hold.

    The unique indexes decide between two people with one tube; the message comes from looking
    first, under the same transaction.

    Raises:
        ProjectNotFound, ProjectClosed: the project takes no samples from the principal.
        BarcodeTaken, ExternalIdTaken: another sample has the code or the name.
        BarcodeRefused: the code was misread, or is of no tube that the laboratory takes.
        SampleNotFound: no parent carries ``parent_barcode``.
        RegistrationRefused: an arrival is told of a sample that is not received, or its consent
            is not recorded or withdrawn.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    if arrival is not None and registration.received_at is None:
        sentence = "Write when it was received, or leave out how it arrived."
        raise RegistrationRefused(sentence, fields={"arrival": sentence})
    project = projects.open_project(session, principal, registration.project_code)
    consent = _consent(session, registration)
    parent = _parent(session, registration)
    code = registration.barcode or _unused_barcode(session, registration)
    _refuse_taken(session, code, project.id, registration)
    sample = _sample(registration, code, project.id, parent, principal)
    sample.consent_id = consent.id if consent else None
    session.add(sample)
    try:
        session.flush()
    except IntegrityError as error:
        raise BarcodeTaken(
            f"Somebody registered {code} at the same moment. Scan the next tube."
        ) from error
    session.add(
        SampleTransition(
            sample_id=sample.id,
            project_id=project.id,
            action="register",
            from_status=None,
            to_status="pending",
            at=clock.utc_now(),
            age_s=0.0,
            actor_name=principal.name,
        )
    )
    event = SampleRegistered(
        aggregate_id=sample.id,
        barcode=code,
        project_id=project.id,
        material_type=registration.material_type.value,
    )
    # The code too where it was drawn: the trail alone tells the record (samples.past).
    told = {**registration.model_dump(exclude_none=True), "barcode": code}
    if consent is not None:
        told["consent"] = consent.reference
    events_service.record(session, principal, event, new=told)
    if arrival is not None:
        arriving.record_arrival(session, principal, sample, arrival)
    return Registered(id=SampleId(sample.id), barcode=code, status="pending")


def _sentence(problem: object) -> tuple[str, str]:
    location = problem["loc"]  # type: ignore[index]  # pydantic's ErrorDetails
    name = str(location[0]) if location else "temperature_class"
    kind, message = str(problem["type"]), str(problem["msg"])  # type: ignore[index] # as above
    return name, sentence_for(name, kind, message)


def _consent(session: WriteSession, registration: SampleRegistration) -> Consent | None:
    if registration.consent is None:
        return None
    named = consenting.hold_consents(session, [registration.consent])
    sentence = named.refusal(registration.consent)
    if sentence is not None:
        raise RegistrationRefused(sentence, fields={"consent": sentence})
    return named.of(registration.consent)


def _parent(session: ReadSession, registration: SampleRegistration) -> Sample | None:
    if registration.parent_barcode is None:
        return None
    code = barcodes.tidy(registration.parent_barcode)
    parent = session.scalars(select(Sample).where(Sample.barcode == code)).one_or_none()
    if parent is None:
        raise SampleNotFound(
            f"No sample carries the barcode {code}. Scan the tube that this one was taken from.",
            fields={"parent_barcode": "Scan the tube that this one was taken from."},
        )
    return parent


def _unused_barcode(session: ReadSession, registration: SampleRegistration) -> str:
    for code in issuing.new_codes(session, registration.material_type, 1):
        return code
    prefix = rules.BARCODE_PREFIX[registration.material_type]
    today = clock.utc_now().date()
    for _ in range(_TRIES):
        code = barcodes.new_barcode(prefix, today)
        if session.scalar(select(Sample.id).where(Sample.barcode == code)) is None:
            return code
    # A day with tens of thousands of one type: more characters make room.
    return barcodes.barcode_of(prefix, today, barcodes.new_serial(6))


def _refuse_taken(
    session: ReadSession, code: str, project_id: UUID, registration: SampleRegistration
) -> None:
    if session.scalar(select(Sample.id).where(Sample.barcode == code)) is not None:
        raise BarcodeTaken(
            f"Barcode {code} already belongs to another sample. Scan again, or use a new label.",
            fields={"barcode": f"Barcode {code} already belongs to another sample."},
        )
    for sentence in issuing.code_rules(session).refusals([code]).values():
        raise BarcodeRefused(sentence, fields={"barcode": sentence})
    if registration.external_id is None:
        return
    taken = select(Sample.barcode).where(
        Sample.project_id == project_id,
        folded_id() == registration.external_id.lower(),
    )
    other = session.scalar(taken)
    if other is not None:
        sentence = f"{registration.external_id} is registered in this project already, as {other}."
        raise ExternalIdTaken(sentence, fields={"external_id": sentence})


def _sample(
    registration: SampleRegistration,
    code: str,
    project_id: UUID,
    parent: Sample | None,
    principal: Principal,
) -> Sample:
    given = registration.model_dump(
        exclude={"barcode", "project_code", "parent_barcode", "consent"}
    )
    return Sample(
        barcode=code,
        project_id=project_id,
        parent_id=parent.id if parent else None,
        family_id=(parent.family_id or parent.id) if parent else None,
        lifecycle=Lifecycle.RECEIVED if registration.received_at else Lifecycle.REGISTERED,
        custody=Custody.NOT_PLACED,
        created_by=principal.user_id,
        **given,
    )
