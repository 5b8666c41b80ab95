"""Before thresholds are published: which verdicts would differ, as judging itself would say."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import qc_effects, qc_rules, service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import MaterialType, Metric, QcVerdict, SampleId
from backend.samples.qc_effects import ThresholdsEffect
from backend.samples.qc_rules import Limits
from backend.samples.qc_schemas import Measured, ThresholdIn, ThresholdsIn
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY, judge_by_hand, make_project, make_sample

PrincipalOf = Callable[..., Principal]

LENIENT = ThresholdIn(metric=Metric.DIN, fail_low=Decimal(3))
STRICT = ThresholdIn(metric=Metric.DIN, fail_low=Decimal(5), warn_low=Decimal(7))


def thresholds(*limits: ThresholdIn, application: str = "") -> ThresholdsIn:
    return ThresholdsIn(
        material_type=MaterialType.GDNA,
        application=application,
        thresholds=limits,
        reason="Run 12",
    )


def effect(session: WriteSession, *limits: ThresholdIn, application: str = "") -> ThresholdsEffect:
    asked = thresholds(*limits, application=application)
    return qc_effects.effect_of(session, EVERYBODY, given=asked)


def measured(session: WriteSession, sample: SampleId, **values: str) -> None:
    given_ = [
        Measured(metric=Metric[name.upper()], value=Decimal(value), method="TapeStation")
        for name, value in values.items()
    ]
    service.record_measurements(session, EVERYBODY, sample_id=sample, measured=given_)


def scene(session: WriteSession) -> None:
    """Judge three samples leniently: 4, 6 and 8 pass."""
    service.publish_thresholds(session, EVERYBODY, given=thresholds(LENIENT))
    for din in ("4", "6", "8"):
        measured(session, make_sample(session).id, din=din)


def test_verdicts_that_would_differ_are_counted_by_what_they_become(
    session: WriteSession,
) -> None:
    scene(session)

    found = effect(session, STRICT)

    assert (found.judged, found.differing, found.overruled, found.is_whole) == (3, 2, 0, True)
    assert {(each.was, each.would_be, each.count) for each in found.changes} == {
        (QcVerdict.PASS, QcVerdict.FAIL, 1),
        (QcVerdict.PASS, QcVerdict.PASS_WITH_WARNING, 1),
    }
    assert effect(session, LENIENT).changes == []


def test_what_nobody_measured_would_be_pending_when_it_is_required(session: WriteSession) -> None:
    scene(session)
    size = ThresholdIn(metric=Metric.FRAGMENT_SIZE, fail_low=Decimal(100))

    asked, not_asked = (
        effect(session, LENIENT, size),
        effect(session, LENIENT, size.model_copy(update={"is_required": False})),
    )

    assert [(each.would_be, each.count) for each in asked.changes] == [(QcVerdict.NONE, 3)]
    assert not_asked.differing == 0


def test_a_person_s_override_stands_and_is_counted_apart(session: WriteSession) -> None:
    scene(session)
    sample = make_sample(session).id
    measured(session, sample, din="2")
    user = make_user(session)
    service.override_verdict(
        session,
        replace(EVERYBODY, user_id=user.id, name=user.name),
        sample_id=sample,
        verdict=QcVerdict.PASS,
        reason="Blank lane",
        password=PASSWORD,
    )

    found = effect(session, LENIENT)

    assert (found.judged, found.overruled, found.differing) == (3, 1, 0)


def test_a_verdict_by_hand_counts_and_what_is_not_judged_does_not(session: WriteSession) -> None:
    judge_by_hand(session, make_sample(session, din=Decimal(2)).id)
    make_sample(session, din=Decimal(2))

    found = effect(session, LENIENT)

    assert (found.judged, found.differing) == (1, 1)


def test_an_analysis_with_thresholds_of_its_own_is_asked_for_by_its_name(
    session: WriteSession,
) -> None:
    scene(session)
    own = thresholds(LENIENT, application="Long read")
    service.publish_thresholds(session, EVERYBODY, given=own)
    measured(session, make_sample(session, analysis=" long READ ").id, din="4")

    of_all, of_its_own = effect(session, STRICT), effect(session, STRICT, application="LONG read")

    assert (of_all.judged, of_all.differing) == (3, 2)
    assert (of_its_own.judged, of_its_own.differing) == (1, 1)


def test_only_projects_that_the_reader_sees_are_counted(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    scene(session)
    user, project = make_user(session), make_project(session)
    service.add_member(session, EVERYBODY, project_id=project.id, user_id=user.id)
    measured(session, make_sample(session, project.code).id, din="4")
    member = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_CONFIGURE, user_id=user.id)

    found = qc_effects.effect_of(session, member, given=thresholds(STRICT))

    assert (found.judged, found.differing, found.is_whole) == (1, 1, False)


def test_counting_takes_the_right_to_publish_and_limits_that_can_be(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    with pytest.raises(PermissionDenied):
        qc_effects.effect_of(
            session, principal_of(Permission.SAMPLES_VIEW), given=thresholds(STRICT)
        )
    with pytest.raises(RegistrationRefused, match="must rise"):
        effect(session, STRICT.model_copy(update={"fail_low": Decimal(9)}))


_EDGES = st.lists(
    st.one_of(st.none(), st.decimals("1", "10", places=1)), min_size=4, max_size=4
).map(
    lambda edges: dict(
        zip(
            ("fail_low", "warn_low", "warn_high", "fail_high"),
            _rising(edges),
            strict=True,
        )
    )
)
_LIMITS = st.dictionaries(
    st.sampled_from([Metric.DIN, Metric.RIN, Metric.DV200]),
    st.tuples(_EDGES.filter(lambda edges: any(edges.values())), st.booleans()),
    min_size=1,
)


def _rising(edges: list[Decimal | None]) -> list[Decimal | None]:
    given_ = iter(sorted(edge for edge in edges if edge is not None))
    return [None if edge is None else next(given_) for edge in edges]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    limits=_LIMITS,
    values=st.dictionaries(
        st.sampled_from([Metric.DIN, Metric.RIN, Metric.DV200]),
        st.decimals("1", "10", places=1),
    ),
)
def test_counting_in_the_database_says_what_judging_says(
    session: WriteSession,
    limits: dict[Metric, tuple[dict[str, Decimal | None], bool]],
    values: dict[Metric, Decimal],
) -> None:
    nested = session.begin_nested()
    sample = make_sample(session).id
    if values:
        given_ = [Measured(metric=key, value=value, method="X") for key, value in values.items()]
        service.record_measurements(session, EVERYBODY, sample_id=sample, measured=given_)
    judge_by_hand(session, sample)
    # One metric must be required; a volume that everybody has asks nothing of anybody.
    asked = [ThresholdIn(metric=Metric.VOLUME, fail_low=Decimal(1))] + [
        ThresholdIn(metric=metric, is_required=required, **edges)
        for metric, (edges, required) in limits.items()
    ]

    found = effect(session, *asked)
    nested.rollback()

    outcome, _ = qc_rules.judge(
        [Limits(**each.model_dump()) for each in asked], {**values, Metric.VOLUME: Decimal(50)}
    )
    verdict = qc_rules.VERDICT_OF[outcome]
    became = [] if verdict is QcVerdict.PASS else [verdict]
    assert [each.would_be for each in found.changes] == became
