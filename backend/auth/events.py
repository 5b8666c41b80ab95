"""Facts about people."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated:
    TYPE: ClassVar[str] = "auth.user_created"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID
    email: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesSet:
    TYPE: ClassVar[str] = "auth.roles_set"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeactivated:
    TYPE: ClassVar[str] = "auth.user_deactivated"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReactivated:
    TYPE: ClassVar[str] = "auth.user_reactivated"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    TYPE: ClassVar[str] = "auth.password_changed"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutEverywhere:
    TYPE: ClassVar[str] = "auth.signed_out_everywhere"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryCreated:
    TYPE: ClassVar[str] = "auth.laboratory_created"
    AGGREGATE: ClassVar[str] = "laboratory"
    aggregate_id: UUID
    name: str
    time_zone: str
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryChanged:
    TYPE: ClassVar[str] = "auth.laboratory_changed"
    AGGREGATE: ClassVar[str] = "laboratory"
    aggregate_id: UUID
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset:
    TYPE: ClassVar[str] = "auth.password_reset"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEnded:
    """Somebody ended one of a person's sign-ins: a browser's, or an API client's."""

    TYPE: ClassVar[str] = "auth.sign_in_ended"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID
    door: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTokenMade:
    """A person made a key of the API for a program of theirs."""

    TYPE: ClassVar[str] = "auth.named_token_made"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTokenRevoked:
    TYPE: ClassVar[str] = "auth.named_token_revoked"
    AGGREGATE: ClassVar[str] = "user"
    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSigned:
    """A person signed a record."""

    TYPE: ClassVar[str] = "auth.record_signed"
    AGGREGATE: ClassVar[str] = "signature"

    aggregate_id: UUID
    signer_name: str
    meaning: str
    entity: str
    entity_id: UUID
    record_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVoided:
    """A signed record was edited, so its signature no longer stands under it."""

    TYPE: ClassVar[str] = "auth.signature_voided"
    AGGREGATE: ClassVar[str] = "signature"

    aggregate_id: UUID
    entity: str
    entity_id: UUID
