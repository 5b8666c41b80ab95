"""One signature under the discarding of several samples: exactly those, and used once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.auth.views import Locked, Refused
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import queries, service, signing, stored_queries
from backend.samples.custody_models import CustodyBlock
from backend.samples.disposal_models import SignedDisposal, SignedDisposalSample
from backend.samples.errors import (
    DiscardRefused,
    DisposalNotSigned,
    RegistrationRefused,
    SampleNotFound,
)
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import (
    BulkKind,
    Custody,
    DisposalId,
    DisposalMeaning,
    HoldKind,
    Lifecycle,
    MaterialType,
    SampleId,
)
from backend.samples.schemas import BulkInput, DisposalWitness, SampleFilters, SampleOrder
from backend.samples.stored_models import SampleAct, SampleQueryBlock
from backend.samples.views import TransitionOutcome
from backend.storage import service as storage_service
from backend.storage.models import Placement
from backend.work.models import Job
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.factories.storage import make_freezer, make_tube, stand

PrincipalOf = Callable[..., Principal]
WHY = "End of the study"


@dataclass(frozen=True, slots=True)
class Two:
    """Who discards, and who signs beside them."""

    technician: Principal
    witness: DisposalWitness


@pytest.fixture
def two(session: WriteSession, principal_of: PrincipalOf) -> Two:
    service.set_handling(
        session,
        EVERYBODY,
        material=MaterialType.GDNA,
        rules=HandlingRules(disposal_witnessed=True),
    )
    user = make_user(session, name="Tomasz Nowak", email="tomasz@laboratory.example")
    technician = principal_of(
        Permission.ACCOUNT_SELF,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_VIEW,
        name=user.name,
        user_id=user.id,
    )
    email = make_user(session, Role.TECHNICIAN, name="Ines K").email
    return Two(technician, DisposalWitness(email=email, password=PASSWORD))


def three(session: WriteSession) -> list[SampleId]:
    return [make_sample(session).id for _ in range(3)]


def discard(session: WriteSession, two: Two, keys: list[SampleId], **given: Any) -> Any:
    facts = {"reason": WHY, "witness": two.witness} | given
    return service.discard_together(
        session,
        two.technician,
        sample_ids=keys,
        take_out=storage_service.take_out_together,
        **facts,
    )


def signed(session: WriteSession, two: Two, keys: list[SampleId]) -> DisposalId:
    outcome = service.sign_disposal(
        session, two.technician, sample_ids=keys, reason=WHY, witness=two.witness
    )
    assert not isinstance(outcome, (Refused, Locked))
    return outcome


def lifecycles(session: WriteSession, keys: list[SampleId]) -> set[Lifecycle]:
    return {Lifecycle(queries.get_sample(session, EVERYBODY, key).lifecycle) for key in keys}


def reasons(outcomes: list[TransitionOutcome]) -> dict[SampleId, str]:
    return {each.sample_id: " ".join(each.reasons) for each in outcomes}


def test_one_signature_stands_under_every_sample_and_in_each_audit_entry(
    session: WriteSession, two: Two
) -> None:
    keys = three(session)

    outcomes = discard(session, two, keys)

    assert set(reasons(outcomes).values()) == {""}
    assert lifecycles(session, keys) == {Lifecycle.DISPOSED}
    per_sample = [signing.signatures_of_sample(session, EVERYBODY, key) for key in keys]
    assert {(each.id, each.signer_name, each.meaning) for (each,) in per_sample} == {
        (per_sample[0][0].id, "Ines K", DisposalMeaning.WITNESSED)
    }
    kept = session.scalars(select(SignedDisposal)).one()
    assert (kept.samples, kept.reason, kept.used_at is not None) == (3, WHY, True)
    told = session.scalars(
        select(AuditEntry.entity_id).where(
            AuditEntry.action == "samples.disposal_signed", AuditEntry.reason == WHY
        )
    )
    assert set(told) == set(keys)


def test_what_stands_in_storage_leaves_its_place_first(session: WriteSession, two: Two) -> None:
    project, freezer = make_project(session), make_freezer(session, rows=2, columns=3)
    tube = make_tube(session, project, custody=Custody.IN_STORAGE)
    stand(session, tube, freezer.box_id, 1, 1)

    outcomes = discard(session, two, [tube])

    assert reasons(outcomes) == {tube: ""}
    stay = session.scalars(select(Placement).where(Placement.sample_id == tube)).one()
    assert lifecycles(session, [tube]) == {Lifecycle.DISPOSED}
    assert (stay.removed_at is not None, stay.removal_reason) == (True, WHY)


def test_whoever_may_not_touch_storage_is_told_that_it_stands_there(
    session: WriteSession, two: Two, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id
    service.set_custody(session, EVERYBODY, sample_id=sample, custody=Custody.IN_STORAGE)
    without = principal_of(
        Permission.ACCOUNT_SELF,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        user_id=two.technician.user_id,
    )

    outcomes = discard(session, Two(without, two.witness), [sample])

    assert "still stands in storage" in reasons(outcomes)[sample]


def test_each_that_may_not_go_says_why_and_the_others_go(session: WriteSession, two: Two) -> None:
    held, promised, kept, fine = (
        make_sample(session).id,
        make_sample(session).id,
        make_sample(session, material_type=MaterialType.BLOOD, temperature_class="-80").id,
        make_sample(session).id,
    )
    service.set_hold(session, EVERYBODY, sample_id=held, kind=HoldKind.LEGAL_HOLD, reason="Court")
    session.add(CustodyBlock(sample_id=promised, reason="It is offered to Ada. Wait."))
    service.set_handling(
        session, EVERYBODY, material=MaterialType.BLOOD, rules=HandlingRules(keep_for_days=3650)
    )

    said = reasons(discard(session, two, [held, promised, kept, fine]))

    assert "legal hold" in said[held]
    assert said[promised] == "It is offered to Ada. Wait."
    assert "kept until" in said[kept]
    assert said[fine] == ""
    assert lifecycles(session, [held, promised, kept]) == {Lifecycle.REGISTERED}
    assert signing.signatures_of_sample(session, EVERYBODY, held) == []


def test_an_approval_by_who_manages_projects_lets_them_go_before_their_time(
    session: WriteSession, two: Two
) -> None:
    service.set_handling(
        session, EVERYBODY, material=MaterialType.GDNA, rules=HandlingRules(keep_for_days=3650)
    )
    keys = three(session)
    approving = {"password": PASSWORD, "meaning": DisposalMeaning.APPROVED}
    ines = make_user(session, Role.PRINCIPAL_INVESTIGATOR, name="Ines PI").email

    with pytest.raises(RegistrationRefused, match="may not approve"), session.begin_nested():
        discard(session, two, keys, witness=DisposalWitness(email=two.witness.email, **approving))
    discard(session, two, keys, witness=DisposalWitness(email=ines, **approving))

    assert lifecycles(session, keys) == {Lifecycle.DISPOSED}


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("tomasz@laboratory.example", PASSWORD, "second person"),
        ("nobody@laboratory.example", PASSWORD, ""),
        (None, "not it at all", ""),
    ],
)
def test_who_does_not_sign_leaves_everything_as_it_is(
    session: WriteSession, two: Two, email: str | None, password: str, said: str
) -> None:
    keys = three(session)
    wrong = DisposalWitness(email=email or two.witness.email, password=password)

    outcome = discard(session, two, keys, witness=wrong)

    assert isinstance(outcome, Refused)
    assert said in outcome.message
    assert lifecycles(session, keys) == {Lifecycle.REGISTERED}
    assert session.scalars(select(SignedDisposal)).all() == []


def test_wrong_passwords_in_a_row_lock_the_signing(session: WriteSession, two: Two) -> None:
    keys = three(session)
    wrong = DisposalWitness(email=two.witness.email, password="not it at all")

    outcomes = [discard(session, two, keys, witness=wrong) for _ in range(12)]

    assert isinstance(outcomes[0], Refused)
    assert isinstance(outcomes[-1], Locked)
    assert isinstance(discard(session, two, keys), Locked)


def test_a_signature_is_good_for_exactly_what_was_named(session: WriteSession, two: Two) -> None:
    keys = three(session)
    disposal = signed(session, two, keys)
    other = make_sample(session).id

    for given in (
        {"sample_ids": [*keys, other], "reason": WHY},
        {"sample_ids": keys[:2], "reason": WHY},
        {"sample_ids": [*keys[:2], other], "reason": WHY},
        {"sample_ids": keys, "reason": "Another reason"},
    ):
        with pytest.raises(DisposalNotSigned, match="3 other samples"), session.begin_nested():
            service.discard_samples(session, two.technician, disposal_id=disposal, **given)
    assert lifecycles(session, keys) == {Lifecycle.REGISTERED}


def test_a_signature_is_used_once(session: WriteSession, two: Two) -> None:
    keys = three(session)
    disposal = signed(session, two, keys)
    given = {"sample_ids": keys, "reason": WHY, "disposal_id": disposal}
    service.discard_samples(session, two.technician, **given)

    with pytest.raises(DisposalNotSigned, match="used already"):
        service.discard_samples(session, two.technician, **given)


def test_a_voided_signature_and_somebody_elses_do_not_do(
    session: WriteSession, two: Two, principal_of: PrincipalOf
) -> None:
    keys = three(session)
    disposal = signed(session, two, keys)
    given = {"sample_ids": keys, "reason": WHY, "disposal_id": disposal}
    other = principal_of(
        *two.technician.permissions, user_id=make_user(session, Role.TECHNICIAN).id
    )

    with pytest.raises(DisposalNotSigned, match="for you"), session.begin_nested():
        service.discard_samples(session, other, **given)
    auth_service.void_signatures(
        session, EVERYBODY, entity="disposal", entity_id=disposal, reason="Wrong list"
    )
    with pytest.raises(DisposalNotSigned, match="voided"):
        service.discard_samples(session, two.technician, **given)


def test_all_or_none_names_what_stands_in_the_way_and_takes_the_signature_back(
    session: WriteSession, two: Two
) -> None:
    keys = three(session)
    service.set_hold(session, EVERYBODY, sample_id=keys[1], kind=HoldKind.LEGAL_HOLD, reason="x")

    with pytest.raises(DiscardRefused, match="legal hold"), session.begin_nested():
        discard(session, two, keys, all_or_none=True)

    assert lifecycles(session, keys) == {Lifecycle.REGISTERED}
    assert session.scalars(select(SignedDisposal)).all() == []


def test_an_unseen_sample_refuses_all(
    session: WriteSession, two: Two, principal_of: PrincipalOf
) -> None:
    keys = three(session)
    blind = principal_of(
        Permission.ACCOUNT_SELF, Permission.SAMPLES_TRANSITION, user_id=two.technician.user_id
    )

    with pytest.raises(SampleNotFound), session.begin_nested():
        discard(session, Two(blind, two.witness), keys)

    assert session.scalars(select(SignedDisposalSample)).all() == []


def test_without_a_witness_each_says_that_it_needs_one(session: WriteSession, two: Two) -> None:
    keys = three(session)

    outcomes = discard(session, two, keys, witness=None)

    assert all("needs a witness" in said for said in reasons(outcomes).values())


def ask(session: WriteSession, two: Two, disposal: DisposalId, query_id: Any) -> None:
    act = BulkInput(kind=BulkKind.STATUS, action="dispose", reason=WHY)
    service.request_act(session, two.technician, query_id=query_id, act=act, disposal_id=disposal)


def query_of(session: WriteSession, two: Two) -> tuple[Any, list[SampleId]]:
    code = make_project(session).code
    for _ in range(3):
        make_sample(session, code)
    kept = service.store_query(
        session,
        two.technician,
        filters=SampleFilters(project_codes=(code,)),
        order=SampleOrder(),
    )
    return kept.id, stored_queries.named_by(session, two.technician, kept.id)


def test_a_worker_is_told_which_signature_and_never_a_password(
    session: WriteSession, two: Two
) -> None:
    query_id, keys = query_of(session, two)

    ask(session, two, signed(session, two, keys), query_id)

    act = session.scalars(select(SampleAct)).one()
    job = session.get_one(Job, act.job_id)
    events = session.scalars(select(OutboxEvent.payload)).all()
    assert act.disposal_id is not None
    assert PASSWORD not in f"{act.said}{job.arguments}{events}"
    assert two.witness.email not in f"{act.said}{job.arguments}"


def test_asking_twice_with_one_signature_is_refused(session: WriteSession, two: Two) -> None:
    query_id, keys = query_of(session, two)
    disposal = signed(session, two, keys)
    ask(session, two, disposal, query_id)

    with pytest.raises(DisposalNotSigned, match="used already"):
        ask(session, two, disposal, query_id)


def test_a_selection_that_changed_since_is_refused_at_the_block(
    session: WriteSession, two: Two
) -> None:
    query_id, keys = query_of(session, two)
    ask(session, two, signed(session, two, keys), query_id)
    changed = [*keys, make_sample(session).id]
    session.execute(
        update(SampleQueryBlock).where(SampleQueryBlock.query_id == query_id).values(ids=changed)
    )
    act_id = session.scalars(select(SampleAct.id)).one()

    with pytest.raises(DisposalNotSigned, match="3 other samples"), session.begin_nested():
        service.act_on_block(session, two.technician, act_id=act_id)

    assert lifecycles(session, keys) == {Lifecycle.REGISTERED}
