"""Electronic signatures in the sense of 21 CFR 11. Exported by service.py.

A person signs with their password, typed again. Like a sign-in, a refused try is returned and not
raised, so that it is committed and the throttle counts it: whoever calls asks for the signature
before changing anything, and changes nothing without it.
"""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy import select

from backend.auth import credentials, queries
from backend.auth.errors import SignatureImpossible
from backend.auth.events import RecordSigned, SignatureVoided
from backend.auth.models import ElectronicSignature
from backend.auth.views import Locked, Refused, SignatureView
from backend.core import clock
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.events.rules import as_json


def digest_of(record: Mapping[str, object]) -> bytes:
    """Return the SHA-256 of a record; equal records have one, in whatever order they are told."""
    told = {name: as_json(value) for name, value in record.items()}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).digest()


def sign(
    session: WriteSession,
    principal: Principal,
    *,
    password: str,
    meaning: str,
    entity: str,
    entity_id: UUID,
    record_digest: bytes,
) -> SignatureView | Refused | Locked:
    """Sign a record in the principal's own name, or say why the password does not do.

    Raises:
        SignatureImpossible: the principal is machinery, which cannot answer for anything.
    """
    if principal.user_id is None:
        raise SignatureImpossible
    email = queries.load_user(session, principal.user_id).email
    return _signed(
        session,
        principal,
        email=email,
        password=password,
        meaning=meaning,
        entity=entity,
        entity_id=entity_id,
        record_digest=record_digest,
    )


def witness(
    session: WriteSession,
    principal: Principal,
    *,
    email: str,
    password: str,
    meaning: str,
    entity: str,
    entity_id: UUID,
    record_digest: bytes,
) -> SignatureView | Refused | Locked:
    """Have a second person sign what the principal does; nobody is their own witness."""
    if principal.user_id is not None:
        own = queries.load_user(session, principal.user_id).email
        if own.lower() == email.strip().lower():
            return Refused(message="A witness is a second person. Ask somebody who saw it.")
    return _signed(
        session,
        principal,
        email=email,
        password=password,
        meaning=meaning,
        entity=entity,
        entity_id=entity_id,
        record_digest=record_digest,
    )


def void_signatures(
    session: WriteSession, principal: Principal, *, entity: str, entity_id: UUID, reason: str
) -> int:
    """Void what was signed of a record that is edited now; return how many there were."""
    standing = session.scalars(
        select(ElectronicSignature)
        .where(
            ElectronicSignature.entity == entity,
            ElectronicSignature.entity_id == entity_id,
            ElectronicSignature.voided_at.is_(None),
        )
        .with_for_update()
    ).all()
    for signature in standing:
        signature.voided_at, signature.voided_by_name = clock.utc_now(), principal.name
        signature.void_reason = reason[:300]
        event = SignatureVoided(aggregate_id=signature.id, entity=entity, entity_id=entity_id)
        events_service.record(session, principal, event, reason=reason)
    session.flush()
    return len(standing)


def signatures_of(session: ReadSession, *, entity: str, entity_id: UUID) -> list[SignatureView]:
    """Return what was signed of a record, voided ones included, oldest first.

    Who may see the record is the caller's to decide.
    """
    found = session.scalars(
        select(ElectronicSignature)
        .where(ElectronicSignature.entity == entity, ElectronicSignature.entity_id == entity_id)
        .order_by(ElectronicSignature.signed_at, ElectronicSignature.id)
    )
    return [_view(signature) for signature in found]


def _signed(
    session: WriteSession,
    principal: Principal,
    *,
    email: str,
    password: str,
    meaning: str,
    entity: str,
    entity_id: UUID,
    record_digest: bytes,
) -> SignatureView | Refused | Locked:
    principal.require(Permission.ACCOUNT_SELF)
    # Signing fails on its own account: wrong tries here lock nobody out of signing in elsewhere.
    address = f"signature:{principal.user_id}"
    checked = credentials.verify(session, email=email, password=password, address=address)
    if isinstance(checked, (Refused, Locked)):
        return checked
    signature = ElectronicSignature(
        user_id=checked.user.id,
        signer_name=checked.user.name,
        meaning=meaning,
        entity=entity,
        entity_id=entity_id,
        record_digest=record_digest,
        signed_at=clock.utc_now(),
    )
    session.add(signature)
    session.flush()
    event = RecordSigned(
        aggregate_id=signature.id,
        signer_name=signature.signer_name,
        meaning=meaning,
        entity=entity,
        entity_id=entity_id,
        record_digest=record_digest.hex(),
    )
    events_service.record(session, principal, event)
    return _view(signature)


def _view(signature: ElectronicSignature) -> SignatureView:
    return SignatureView(
        id=signature.id,
        signer_id=UserId(signature.user_id),
        signer_name=signature.signer_name,
        meaning=signature.meaning,
        record_digest=signature.record_digest.hex(),
        signed_at=signature.signed_at,
        voided_at=signature.voided_at,
        voided_by_name=signature.voided_by_name,
        void_reason=signature.void_reason,
    )
