"""Steps of a sample's life: all guards answer at once, and a change of many answers per tube."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import queries, rules, service
from backend.samples.errors import HoldAlreadySet, HoldNotFound, TransitionRefused
from backend.samples.ids import Custody, HoldKind, Lifecycle, QcVerdict, SampleId
from backend.samples.rules import Standing
from tests.factories.samples import EVERYBODY, judge_by_hand, make_sample


def _accepted(session: WriteSession) -> SampleId:
    sample = make_sample(session).id
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample, action=action)
    return sample


def test_a_sample_goes_from_the_desk_to_sequenced(session: WriteSession) -> None:
    sample = _accepted(session)
    judge_by_hand(session, sample)

    started = service.change_status(session, EVERYBODY, sample_id=sample, action="start")
    completed = service.change_status(session, EVERYBODY, sample_id=sample, action="complete")

    assert (started, completed) == ("in_sequencing", "completed")
    steps = queries.get_sample(session, EVERYBODY, sample).transitions
    assert [step.action for step in steps] == [
        "register",
        "receive",
        "accept",
        "start",
        "complete",
    ]


def test_a_refusal_names_every_guard_that_failed(session: WriteSession) -> None:
    sample = make_sample(session, volume_ul=None).id
    service.set_hold(
        session, EVERYBODY, sample_id=sample, kind=HoldKind.QUARANTINE, reason="Torn bag"
    )

    with pytest.raises(TransitionRefused) as refusal:
        service.change_status(session, EVERYBODY, sample_id=sample, action="start")

    assert len(refusal.value.reasons) == 4
    said = " ".join(refusal.value.reasons)
    assert all(words in said for words in ("it is registered", "quarantine", "Quality", "volume"))


def test_a_step_that_needs_a_reason_is_refused_without_one(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(TransitionRefused, match="needs a reason"):
        service.change_status(session, EVERYBODY, sample_id=sample, action="reject", reason=" ")


def test_a_reason_is_kept_in_the_audit_trail(session: WriteSession) -> None:
    sample = make_sample(session).id

    service.change_status(
        session, EVERYBODY, sample_id=sample, action="reject", reason="Label unreadable"
    )

    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.entity_id == sample, AuditEntry.action == "samples.status_changed"
        )
    ).one()
    assert entry.reason == "Label unreadable"
    assert (entry.old_values, entry.new_values) == (
        {"lifecycle": "registered"},
        {"lifecycle": "rejected"},
    )


def test_a_change_of_many_answers_for_each_sample(session: WriteSession) -> None:
    fine, stuck = make_sample(session).id, _accepted(session)

    outcomes = service.change_statuses(
        session, EVERYBODY, sample_ids=[fine, stuck], action="receive"
    )

    reasons = {outcome.sample_id: outcome.reasons for outcome in outcomes}
    assert reasons[fine] == ()
    assert "it is accepted" in reasons[stuck][0]


def test_a_hold_is_set_once_and_released_with_a_reason(session: WriteSession) -> None:
    sample = make_sample(session).id
    held = {"sample_id": sample, "kind": HoldKind.LEGAL_HOLD, "reason": "Court order"}
    service.set_hold(session, EVERYBODY, **held)

    with pytest.raises(HoldAlreadySet):
        service.set_hold(session, EVERYBODY, **held)
    lifted = {**held, "evidence": "Letter of 3 November"}
    service.release_hold(session, EVERYBODY, **lifted)

    with pytest.raises(HoldNotFound):
        service.release_hold(session, EVERYBODY, **lifted)


def test_placing_changes_the_status_and_leaves_a_step(session: WriteSession) -> None:
    sample = _accepted(session)

    service.set_custody(session, EVERYBODY, sample_id=sample, custody=Custody.IN_STORAGE)

    detail = queries.get_sample(session, EVERYBODY, sample)
    assert detail.row.status == "in_storage"
    assert detail.transitions[-1].action == "place"


@given(
    lifecycle=st.sampled_from(Lifecycle),
    custody=st.sampled_from(Custody),
    verdict=st.sampled_from(QcVerdict),
    holds=st.frozensets(st.sampled_from(HoldKind)),
)
def test_nothing_that_stands_in_storage_is_discarded_and_nothing_held_is_sequenced(
    lifecycle: Lifecycle, custody: Custody, verdict: QcVerdict, holds: frozenset[HoldKind]
) -> None:
    standing = Standing(
        lifecycle=lifecycle, custody=custody, qc_verdict=verdict, holds=holds, has_volume=True
    )

    discard = rules.failing_guards(rules.BY_ACTION["dispose"], standing, "Expired")
    start = rules.failing_guards(rules.BY_ACTION["start"], standing, None)

    assert discard or custody is not Custody.IN_STORAGE
    assert discard or HoldKind.LEGAL_HOLD not in holds
    assert start or not holds
