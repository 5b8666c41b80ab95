"""A verdict that a person decides, where no thresholds do: a reason and their signature."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from backend.auth import service as auth_service
from backend.auth.errors import SignatureImpossible
from backend.auth.views import Locked, Refused
from backend.core import clock
from backend.core.sessions import WriteSession
from backend.samples import qc_queries, queries, service
from backend.samples.errors import RegistrationRefused, ThresholdsDecide
from backend.samples.ids import MaterialType, Metric, QcVerdict, SampleId
from backend.samples.qc_models import QcJudgement
from backend.samples.qc_schemas import Measured, ThresholdIn, ThresholdsIn
from backend.samples.views import JudgementView
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_sample


def verdict_of(session: WriteSession, sample: SampleId) -> str:
    return queries.get_sample(session, EVERYBODY, sample).row.qc_verdict


def fail_by_thresholds(session: WriteSession, sample: SampleId) -> None:
    limit = ThresholdIn(metric=Metric.DIN, fail_low=Decimal(5))
    given = ThresholdsIn(material_type=MaterialType.GDNA, thresholds=(limit,), reason="Run 12")
    service.publish_thresholds(session, EVERYBODY, given=given)
    value = Measured(metric=Metric.DIN, value=Decimal(4), method="TapeStation")
    service.record_measurements(session, EVERYBODY, sample_id=sample, measured=[value])


def by_hand(
    session: WriteSession,
    sample: SampleId,
    verdict: QcVerdict = QcVerdict.PASS,
    *,
    password: str = PASSWORD,
    reason: str = "Gel looked fine",
) -> JudgementView | Refused | Locked:
    user = make_user(session, name="Tomas Lind")
    return service.record_qc_verdict(
        session,
        replace(EVERYBODY, user_id=user.id, name=user.name),
        sample_id=sample,
        verdict=verdict,
        reason=reason,
        password=password,
    )


def test_a_verdict_by_hand_is_signed(session: WriteSession) -> None:
    sample = make_sample(session).id

    refused = by_hand(session, sample, password="not it at all")
    still = verdict_of(session, sample)
    done = by_hand(session, sample)

    assert isinstance(refused, Refused)
    assert (still, verdict_of(session, sample)) == ("none", "pass")
    assert isinstance(done, JudgementView)
    assert done.signature is not None
    assert (done.is_override, done.signature.signer_name, done.signature.meaning) == (
        False,
        "Tomas Lind",
        "responsibility for a quality control verdict",
    )


def test_what_was_signed_can_be_shown_to_be_the_record(session: WriteSession) -> None:
    made = make_sample(session)

    done = by_hand(session, made.id)

    record: dict[str, object] = {
        "sample": made.barcode,
        "verdict": "pass",
        "instead_of": None,
        "thresholds": None,
        "findings": [],
        "reason": "Gel looked fine",
    }
    assert isinstance(done, JudgementView)
    assert done.signature is not None
    assert done.signature.record_digest == auth_service.digest_of(record).hex()


@pytest.mark.parametrize(
    ("given_", "said"),
    [({"reason": " "}, "rests on"), ({"verdict": QcVerdict.NONE}, "Choose the verdict")],
)
def test_a_verdict_by_hand_says_what_and_why(
    session: WriteSession, given_: dict[str, Any], said: str
) -> None:
    sample = make_sample(session).id

    with pytest.raises(RegistrationRefused, match=said):
        by_hand(session, sample, **given_)

    assert qc_queries.judgements_of(session, EVERYBODY, sample) == []


def test_nothing_signs_for_machinery(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(SignatureImpossible):
        service.record_qc_verdict(
            session,
            EVERYBODY,
            sample_id=sample,
            verdict=QcVerdict.PASS,
            reason="Gel looked fine",
            password=PASSWORD,
        )

    assert verdict_of(session, sample) == "none"


def test_the_database_keeps_no_unsigned_verdict_by_hand(session: WriteSession) -> None:
    sample = make_sample(session).id
    unsigned = QcJudgement(
        sample_id=sample,
        set_id=None,
        outcome=None,
        verdict=QcVerdict.PASS,
        findings=[],
        is_override=False,
        reason="Gel looked fine",
        signature_id=None,
        actor_id=None,
        actor_name="Nobody",
        at=clock.utc_now(),
    )
    session.add(unsigned)

    with pytest.raises(IntegrityError, match="by_hand_signed"):
        session.flush()


def test_a_verdict_by_hand_stands_only_where_no_thresholds_judge(session: WriteSession) -> None:
    sample = make_sample(session).id
    by_hand(session, sample)
    fail_by_thresholds(session, sample)

    with pytest.raises(ThresholdsDecide, match="gdna v1"):
        by_hand(session, sample)

    now, before = qc_queries.judgements_of(session, EVERYBODY, sample)
    assert verdict_of(session, sample) == "fail"
    assert (now.signature, before.signature is not None) == (None, True)
    assert before.signature is not None
    assert before.signature.voided_at is not None


def test_going_on_after_a_failure_is_for_who_may_overrule(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(ThresholdsDecide):
        by_hand(session, sample, QcVerdict.FAIL_PROCEED, reason="Rare")
