"""Discarding: a reason always, a witness and patience where the laboratory's rules ask."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.auth.views import Refused
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import queries, rules, service, volumes
from backend.samples.errors import TransitionRefused
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import Custody, HoldKind, Lifecycle, MaterialType, SampleId
from backend.samples.schemas import Countersigner
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]


@pytest.fixture
def technician(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    user = make_user(session, name="Tomasz Nowak", email="tomasz@laboratory.example")
    return principal_of(
        Permission.ACCOUNT_SELF,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        name=user.name,
        user_id=user.id,
    )


def countersigner(session: WriteSession, role: Role, *, password: str = PASSWORD) -> Countersigner:
    return Countersigner(email=make_user(session, role, name="Ines K").email, password=password)


def discard(session: WriteSession, who: Principal, sample: SampleId, **given: Any) -> Any:
    return service.dispose_sample(
        session, who, sample_id=sample, **{"reason": "End of the study", **given}
    )


def ask_for(session: WriteSession, **given: Any) -> None:
    service.set_handling(
        session, EVERYBODY, material=MaterialType.GDNA, rules=HandlingRules(**given)
    )


def test_a_discarded_sample_stays_on_record_with_its_reason(
    session: WriteSession, technician: Principal
) -> None:
    sample = make_sample(session).id

    status = discard(session, technician, sample)

    detail = queries.get_sample(session, EVERYBODY, sample)
    assert (status, detail.lifecycle) == ("discarded", "disposed")
    assert detail.transitions[-1].reason == "End of the study"
    assert volumes.ledger_of(session, EVERYBODY, sample)[-1].cause == "disposal"


def test_a_refused_disposal_names_everything_that_stands_against_it(
    session: WriteSession, technician: Principal
) -> None:
    ask_for(session, keep_for_days=30, disposal_witnessed=True)
    sample = make_sample(session).id
    service.set_hold(session, EVERYBODY, sample_id=sample, kind=HoldKind.LEGAL_HOLD, reason="Court")
    service.set_custody(session, EVERYBODY, sample_id=sample, custody=Custody.IN_STORAGE)

    with pytest.raises(TransitionRefused) as refusal:
        discard(session, technician, sample, reason="")

    said = " ".join(refusal.value.reasons)
    assert len(refusal.value.reasons) == 5
    assert all(
        words in said for words in ("reason", "legal hold", "storage", "kept until", "witness")
    )


def test_where_a_witness_is_asked_for_a_second_person_signs(
    session: WriteSession, technician: Principal
) -> None:
    ask_for(session, disposal_witnessed=True)
    sample = make_sample(session).id

    with pytest.raises(TransitionRefused, match="needs a witness"):
        service.change_status(
            session, technician, sample_id=sample, action="dispose", reason="End of the study"
        )
    wrong = countersigner(session, Role.TECHNICIAN, password="not it at all")
    refused = discard(session, technician, sample, countersigner=wrong)
    before = queries.get_sample(session, EVERYBODY, sample).lifecycle
    right = countersigner(session, Role.TECHNICIAN)
    discard(session, technician, sample, countersigner=right)

    assert isinstance(refused, Refused)
    assert before == "registered"
    (signature,) = auth_service.signatures_of(session, entity="sample", entity_id=sample)
    assert (signature.signer_name, signature.meaning) == ("Ines K", "witness of the disposal")
    assert queries.get_sample(session, EVERYBODY, sample).lifecycle == "disposed"


def test_nobody_witnesses_what_they_do_themselves(
    session: WriteSession, technician: Principal
) -> None:
    ask_for(session, disposal_witnessed=True)
    sample = make_sample(session).id
    own = Countersigner(email="Tomasz@laboratory.example", password=PASSWORD)

    outcome = discard(session, technician, sample, countersigner=own)

    assert isinstance(outcome, Refused)
    assert queries.get_sample(session, EVERYBODY, sample).lifecycle == "registered"


def test_before_its_time_it_takes_somebody_who_answers_for_projects(
    session: WriteSession, technician: Principal
) -> None:
    ask_for(session, keep_for_days=3650)
    sample = make_sample(session).id

    with pytest.raises(TransitionRefused, match="may not approve less"), session.begin_nested():
        discard(session, technician, sample, countersigner=countersigner(session, Role.TECHNICIAN))
    investigator = countersigner(session, Role.PRINCIPAL_INVESTIGATOR)
    discard(session, technician, sample, countersigner=investigator)

    assert queries.get_sample(session, EVERYBODY, sample).lifecycle == "disposed"


def test_many_at_once_answer_each_for_itself(session: WriteSession, technician: Principal) -> None:
    ask_for(session, disposal_witnessed=True)
    dna = make_sample(session).id
    blood = make_sample(
        session,
        material_type=MaterialType.BLOOD,
        temperature_class="-80",
    ).id

    outcomes = service.change_statuses(
        session, technician, sample_ids=[dna, blood], action="dispose", reason="End of the study"
    )

    reasons = {outcome.sample_id: len(outcome.reasons) for outcome in outcomes}
    assert reasons == {dna: 1, blood: 0}


def test_nothing_brings_back_what_is_gone() -> None:
    for gone in (Lifecycle.DISPOSED, Lifecycle.DESTROYED, Lifecycle.LOST, Lifecycle.RETURNED):
        assert rules.possible_actions(gone) == []


def test_what_takes_a_step_back_starts_where_the_step_ends() -> None:
    for step in rules.TRANSITIONS:
        if step.undone_by is not None:
            assert step.after in rules.BY_ACTION[step.undone_by].before
