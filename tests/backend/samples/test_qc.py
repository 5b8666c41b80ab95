"""Quality control: thresholds in versions, nothing passes for want of a value, overruling signs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.auth.views import Refused
from backend.core.errors import Conflict, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import qc_queries, qc_rules, queries, service, signing
from backend.samples.amending import Amendment
from backend.samples.errors import RegistrationRefused, SampleNotFound
from backend.samples.ids import MaterialType, Metric, QcOutcome, QcVerdict, SampleId
from backend.samples.qc_rules import Limits
from backend.samples.qc_schemas import Measured, ThresholdIn, ThresholdsIn
from backend.samples.views import JudgementView
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]

DIN = ThresholdIn(metric=Metric.DIN, fail_low=Decimal(5), warn_low=Decimal(7))
RATIO = ThresholdIn(
    metric=Metric.A260_280,
    fail_low=Decimal("1.6"),
    warn_low=Decimal("1.7"),
    warn_high=Decimal("1.9"),
    fail_high=Decimal("2.1"),
)


def publish(session: WriteSession, *thresholds: ThresholdIn, application: str = "") -> None:
    given_ = ThresholdsIn(
        material_type=MaterialType.GDNA,
        application=application,
        thresholds=thresholds,
        reason="Validated in run 12",
    )
    service.publish_thresholds(session, EVERYBODY, given=given_)


def measure(session: WriteSession, sample: SampleId, **values: str) -> JudgementView | None:
    measured = [
        Measured(metric=Metric[name.upper()], value=Decimal(value), method="TapeStation")
        for name, value in values.items()
    ]
    return service.record_measurements(session, EVERYBODY, sample_id=sample, measured=measured)


def verdict_of(session: WriteSession, sample: SampleId) -> str:
    return queries.get_sample(session, EVERYBODY, sample).row.qc_verdict


@pytest.mark.parametrize(
    ("din", "verdict"), [("7", "pass"), ("6.9", "pass_with_warning"), ("4.9", "fail")]
)
def test_a_measurement_is_judged_by_the_published_limits(
    session: WriteSession, din: str, verdict: str
) -> None:
    publish(session, DIN)
    sample = make_sample(session).id

    judgement = measure(session, sample, din=din)

    assert judgement is not None
    assert (judgement.verdict, judgement.thresholds) == (verdict, "gdna v1")
    assert verdict_of(session, sample) == verdict
    assert queries.get_sample(session, EVERYBODY, sample).row.din == Decimal(din)


def test_a_missing_required_value_is_pending_and_never_passed(session: WriteSession) -> None:
    publish(session, DIN, RATIO)
    sample = make_sample(session).id

    judgement = measure(session, sample, din="8")

    assert judgement is not None
    assert judgement.outcome is QcOutcome.PENDING
    assert judgement.findings[0].said == "A260/280 is required and was not measured."
    assert verdict_of(session, sample) == "none"


def test_what_was_told_at_registration_counts_until_somebody_measures(
    session: WriteSession,
) -> None:
    publish(session, DIN, RATIO)
    sample = make_sample(session, a260_280=Decimal("1.8")).id

    judgement = measure(session, sample, din="8")

    assert judgement is not None
    assert judgement.verdict is QcVerdict.PASS


def test_a_judgement_keeps_the_version_that_it_rests_on(session: WriteSession) -> None:
    publish(session, DIN)
    sample = make_sample(session).id
    measure(session, sample, din="6")
    publish(session, ThresholdIn(metric=Metric.DIN, fail_low=Decimal(3)))

    measure(session, sample, din="6")

    told = qc_queries.judgements_of(session, EVERYBODY, sample)
    assert [(each.thresholds, each.verdict.value) for each in told] == [
        ("gdna v2", "pass"),
        ("gdna v1", "pass_with_warning"),
    ]


def test_the_samples_analysis_has_limits_of_its_own(session: WriteSession) -> None:
    publish(session, DIN)
    publish(session, ThresholdIn(metric=Metric.DIN, fail_low=Decimal(8)), application="Long read")
    sample = make_sample(session, analysis="long read").id

    judgement = measure(session, sample, din="7.5")

    assert judgement is not None
    assert (judgement.verdict, judgement.thresholds) == ("fail", "gdna long read v1")


def test_a_later_measurement_takes_the_place_of_an_earlier_one(session: WriteSession) -> None:
    publish(session, DIN)
    sample = make_sample(session).id
    measure(session, sample, din="4")

    measure(session, sample, din="8")

    told = qc_queries.measurements_of(session, EVERYBODY, sample)
    assert [each.value for each in told] == [8, 4]
    assert verdict_of(session, sample) == "pass"


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [("din", "11", "DIN must be 1 to 10"), ("volume", "10", "ledger")],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_kept(
    session: WriteSession, metric: str, value: str, said: str
) -> None:
    sample = make_sample(session).id

    with pytest.raises(RegistrationRefused, match=said):
        measure(session, sample, concentration="40", **{metric: value})

    assert qc_queries.measurements_of(session, EVERYBODY, sample) == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"fail_low": Decimal(7), "warn_low": Decimal(5)}, "must rise"),
        ({}, "has no limit"),
        ({"fail_low": Decimal(50)}, "can be 1 to 10"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(
    session: WriteSession, limits: dict[str, Any], said: str
) -> None:
    with pytest.raises(RegistrationRefused, match=said):
        publish(session, ThresholdIn(metric=Metric.DIN, **limits))


def test_a_draft_does_not_write_over_a_version_that_nobody_saw(session: WriteSession) -> None:
    publish(session, DIN)
    draft = ThresholdsIn(material_type=MaterialType.GDNA, thresholds=(RATIO,), reason="Run 13")
    publish(session, DIN)

    with pytest.raises(Conflict, match="Version 2 was published"):
        service.publish_thresholds(session, EVERYBODY, given=draft, replaces=1)
    made = service.publish_thresholds(session, EVERYBODY, given=draft, replaces=2)

    assert made.version == 3


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE qc_threshold SET fail_low = 1",
        "DELETE FROM qc_threshold_set",
        "UPDATE sample_measurement SET value = 9",
        "DELETE FROM qc_judgement",
    ],
)
def test_what_is_published_measured_or_judged_is_frozen(session: WriteSession, act: str) -> None:
    publish(session, DIN)
    measure(session, make_sample(session).id, din="6")

    with pytest.raises(DBAPIError, match="written once"):
        session.execute(text(act))


def investigator(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    user = make_user(session, name="Ines Karlsson")
    return principal_of(
        Permission.ACCOUNT_SELF,
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_OVERRIDE_QC,
        name=user.name,
        user_id=user.id,
    )


def overrule(
    session: WriteSession,
    principal: Principal,
    sample: SampleId,
    *,
    password: str = PASSWORD,
    reason: str = "The only sample of this donor",
) -> Any:
    return service.override_verdict(
        session,
        principal,
        sample_id=sample,
        verdict=QcVerdict.FAIL_PROCEED,
        reason=reason,
        password=password,
    )


def failed(session: WriteSession) -> SampleId:
    publish(session, DIN)
    sample = make_sample(session).id
    measure(session, sample, din="4")
    return sample


def test_overruling_takes_a_role_a_reason_and_a_signature(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ines, sample = investigator(session, principal_of), failed(session)

    with pytest.raises(PermissionDenied):
        overrule(session, principal_of(Permission.SAMPLES_EDIT), sample)
    with pytest.raises(RegistrationRefused, match="reason"):
        overrule(session, ines, sample, reason=" ")
    refused = overrule(session, ines, sample, password="not it at all")
    still = verdict_of(session, sample)
    done = overrule(session, ines, sample)

    assert isinstance(refused, Refused)
    assert (still, verdict_of(session, sample)) == ("fail", "fail_proceed")
    assert (done.is_override, done.outcome, done.signature.signer_name) == (
        True,
        QcOutcome.FAIL,
        "Ines Karlsson",
    )


def test_a_new_measurement_voids_the_signature_and_the_thresholds_judge_again(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ines, sample = investigator(session, principal_of), failed(session)
    overrule(session, ines, sample)

    measure(session, sample, din="4.2")

    now, before = qc_queries.judgements_of(session, EVERYBODY, sample)[:2]
    assert (now.verdict, now.is_override) == (QcVerdict.FAIL, False)
    assert before.signature is not None
    assert before.signature.voided_at is not None
    assert "judged anew" in (before.signature.void_reason or "")


_Values = st.dictionaries(
    st.sampled_from(list(Metric)), st.decimals("0", "10", places=1), max_size=6
)
_Edges = st.lists(st.decimals("0", "10", places=1), min_size=4, max_size=4).map(sorted)
_Limits = st.lists(
    st.builds(
        lambda metric, edges, required: Limits(
            metric=metric,
            is_required=required,
            fail_low=edges[0],
            warn_low=edges[1],
            warn_high=edges[2],
            fail_high=edges[3],
        ),
        st.sampled_from(list(Metric)),
        _Edges,
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda limits: limits.metric,
)


@given(limits=_Limits, measured=_Values)
def test_a_pass_has_every_required_value_inside_every_limit(
    limits: list[Limits], measured: dict[Metric, Decimal]
) -> None:
    outcome, findings = qc_rules.judge(limits, measured)

    assert [finding.metric for finding in findings] == [limit.metric for limit in limits]
    missing = [each for each in limits if each.is_required and each.metric not in measured]
    if missing or not any(each.metric in measured for each in limits):
        assert outcome in {QcOutcome.PENDING, QcOutcome.FAIL}
    inside = [
        each.warn_low <= measured[each.metric] <= each.warn_high  # type: ignore[operator] # both set
        for each in limits
        if each.metric in measured
    ]
    assert (outcome is QcOutcome.PASS) == (not missing and bool(inside) and all(inside))


def test_each_edit_that_voids_a_signature_says_what_it_was(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ines, sample = investigator(session, principal_of), make_sample(session).id

    # No thresholds are published: nothing judges anew, and the signed record is an older one.
    overrule(session, ines, sample)
    measure(session, sample, din="4.2")
    overrule(session, ines, sample)
    amend(session, sample, concentration_ng_per_ul=Decimal(12))
    overrule(session, ines, sample)
    amend(session, sample, name="Another name")

    signed = signing.signatures_of_sample(session, EVERYBODY, sample)
    said = [each.void_reason for each in reversed(signed)]
    barcode = queries.get_sample(session, EVERYBODY, sample).row.barcode
    assert said == [
        f"DIN of {barcode} measured anew.",
        f"A list changed concentration ng per ul of {barcode}.",
        None,
    ]
    assert [each.voided_by_name for each in reversed(signed)] == [EVERYBODY.name] * 2 + [None]


def test_signatures_of_invisible_samples_are_not_told(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id

    with pytest.raises(SampleNotFound):
        signing.signatures_of_sample(session, principal_of(Permission.SAMPLES_VIEW), sample)


def amend(session: WriteSession, sample: SampleId, **changes: Any) -> None:
    version = queries.get_sample(session, EVERYBODY, sample).version
    amendment = Amendment(sample_id=sample, version=version, changes=changes)
    refused = service.amend_samples(
        session, EVERYBODY, amendments=[amendment], reason="Sent again", import_id=new_id()
    )
    assert refused == {}
