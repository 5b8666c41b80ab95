"""People, their roles, sessions, tokens and the record of sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum


class User(Base):
    """A person who may sign in."""

    __tablename__ = "user_account"
    __table_args__ = (
        # Two spellings of one address are one person; citext would need an extension.
        Index("uq_user_account_email_folded", text("lower(email)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(short_text(254))
    name: Mapped[str] = mapped_column(short_text())
    password_hash: Mapped[str] = mapped_column(short_text(300))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    token_version: Mapped[int] = mapped_column(default=0)
    """Raised to end every session and token of the person at once."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(default=None)
    theme: Mapped[str] = mapped_column(short_text(16), default="system")
    density: Mapped[str] = mapped_column(short_text(16), default="compact")


class UserRole(Base):
    """A role that a person holds."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(text_enum(Role), primary_key=True)


class UserSession(Base):
    """A signed-in browser. Only the SHA-256 of its 256-bit token is kept."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    token_version: Mapped[int]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    address: Mapped[str] = mapped_column(short_text(64))
    agent: Mapped[str] = mapped_column(short_text(300))


class RefreshToken(Base):
    """A refresh token of the API; used once, and a second use ends its whole family."""

    __tablename__ = "refresh_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    family_id: Mapped[UUID] = mapped_column(index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    token_version: Mapped[int]
    address: Mapped[str] = mapped_column(short_text(64), default="", server_default="")
    """Where the family's sign-in came from."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class NamedToken(Base):
    """A key of the API that a person made for a program and named; only its SHA-256 is kept."""

    __tablename__ = "named_token"
    __table_args__ = (
        # Two that hold at one time are told apart by their names.
        Index(
            "uq_named_token_name",
            "user_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(short_text(80))
    token_version: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInAttempt(Base):
    """A sign-in, good or bad; what throttling per account and per address counts."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_email", "email", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    at: Mapped[datetime]
    email: Mapped[str] = mapped_column(short_text(254))
    address: Mapped[str] = mapped_column(short_text(64))
    succeeded: Mapped[bool]
    reason: Mapped[str] = mapped_column(short_text(80), default="")


class SetupToken(Base):
    """The one-time token with which an empty laboratory's first administrator signs up."""

    __tablename__ = "setup_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class PasswordLink(Base):
    """A one-time link with which an invited person, or one who was reset, chooses a password."""

    __tablename__ = "password_link"
    __table_args__ = (Index("ix_password_link_user_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Laboratory(Base):
    """The one row that says whose laboratory this is, and whether it is a demonstration."""

    __tablename__ = "laboratory"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str] = mapped_column(short_text())
    time_zone: Mapped[str] = mapped_column(short_text(60))
    is_demo: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class ElectronicSignature(Base):
    """A person's signature under a record (21 CFR 11.50, 11.70): who, when, what it means.

    The digest binds it to the record as it was signed. A later edit voids it; it is never removed
    or moved to another record (db/migrations/sql/14_signatures.sql).
    """

    __tablename__ = "electronic_signature"
    __table_args__ = (
        Index("ix_electronic_signature_entity", "entity", "entity_id", "signed_at"),
        CheckConstraint("length(record_digest) = 32", name="digest_is_sha256"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    signer_name: Mapped[str] = mapped_column(short_text())
    """As it was when the person signed."""
    meaning: Mapped[str] = mapped_column(short_text(80))
    entity: Mapped[str] = mapped_column(short_text(40))
    entity_id: Mapped[UUID]
    record_digest: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]
    voided_at: Mapped[datetime | None] = mapped_column(default=None)
    voided_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    void_reason: Mapped[str | None] = mapped_column(short_text(300), default=None)
