"""Signatures: bound to a record and a person, voided by edits, never removed."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from backend.auth import rules, service
from backend.auth.errors import SignatureImpossible
from backend.auth.models import SignInAttempt, User
from backend.auth.views import Locked, Refused, SignatureView
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from tests.factories.people import PASSWORD, make_user

PrincipalOf = Callable[..., Principal]

RECORD = {"sample": "DNA-1", "verdict": "pass", "volume_ul": 10}
DIGEST = service.digest_of(RECORD)


def person(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    user = make_user(session, name="Ada Marsh")
    return principal_of(Permission.ACCOUNT_SELF, name=user.name, user_id=user.id)


def sign(
    session: WriteSession, principal: Principal, password: str = PASSWORD, entity_id: object = None
) -> SignatureView | Refused | Locked:
    return service.sign(
        session,
        principal,
        password=password,
        meaning="approval",
        entity="record",
        entity_id=entity_id or new_id(),  # type: ignore[arg-type] # any record
        record_digest=DIGEST,
    )


def test_a_signature_shows_name_time_meaning_and_what_was_signed(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, record = person(session, principal_of), new_id()

    sign(session, ada, entity_id=record)

    (signature,) = service.signatures_of(session, entity="record", entity_id=record)
    assert (signature.signer_name, signature.meaning) == ("Ada Marsh", "approval")
    assert signature.record_digest == DIGEST.hex()
    assert signature.voided_at is None


def test_one_record_has_one_digest_and_an_edited_one_another() -> None:
    turned = dict(reversed(RECORD.items()))

    assert service.digest_of(turned) == DIGEST
    assert service.digest_of({**RECORD, "verdict": "fail"}) != DIGEST


def test_a_wrong_password_signs_nothing_and_is_counted(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, record = person(session, principal_of), new_id()

    outcome = sign(session, ada, "not it at all", entity_id=record)

    assert isinstance(outcome, Refused)
    assert service.signatures_of(session, entity="record", entity_id=record) == []
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_who_tries_too_often_waits_and_the_right_password_waits_too(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada = person(session, principal_of)
    for _ in range(rules.ACCOUNT_FREE_FAILURES + 1):
        sign(session, ada, "not it at all")

    assert isinstance(sign(session, ada), Locked)


def test_signing_is_no_sign_in(session: WriteSession, principal_of: PrincipalOf) -> None:
    ada = person(session, principal_of)

    sign(session, ada)

    assert session.get_one(User, ada.user_id).last_signed_in_at is None


def test_an_edit_voids_a_signature_once_and_keeps_it(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, record = person(session, principal_of), new_id()
    sign(session, ada, entity_id=record)

    counts = [
        service.void_signatures(
            session, ada, entity="record", entity_id=record, reason="Value corrected"
        )
        for _ in range(2)
    ]

    (signature,) = service.signatures_of(session, entity="record", entity_id=record)
    assert counts == [1, 0]
    assert (signature.void_reason, signature.voided_by_name) == ("Value corrected", "Ada Marsh")


def test_machinery_signs_nothing(session: WriteSession) -> None:
    worker = machinery("worker", Permission.ACCOUNT_SELF, request_id="job-1")

    with pytest.raises(SignatureImpossible):
        sign(session, worker)


def test_nobody_is_their_own_witness(session: WriteSession, principal_of: PrincipalOf) -> None:
    ada = person(session, principal_of)
    email = session.get_one(User, ada.user_id).email

    outcome = service.witness(
        session,
        ada,
        email=email.upper(),
        password=PASSWORD,
        meaning="witness",
        entity="record",
        entity_id=new_id(),
        record_digest=DIGEST,
    )

    assert isinstance(outcome, Refused)


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM electronic_signature",
        "UPDATE electronic_signature SET meaning = 'review'",
        "UPDATE electronic_signature SET entity_id = gen_random_uuid()",
    ],
)
def test_the_database_keeps_a_signature_under_its_record(
    session: WriteSession, principal_of: PrincipalOf, act: str
) -> None:
    sign(session, person(session, principal_of))

    with pytest.raises(DBAPIError, match=r"never removed|stays as it was given"):
        session.execute(text(act))
