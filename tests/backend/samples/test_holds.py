"""Holds: several at once, who may release which, and what has to be shown."""

from collections.abc import Callable

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import hold_rules, queries, service
from backend.samples.errors import RegistrationRefused, TransitionRefused
from backend.samples.ids import HoldKind, SampleId
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]


def held(session: WriteSession, *kinds: HoldKind) -> SampleId:
    sample = make_sample(session).id
    for kind in kinds:
        service.set_hold(session, EVERYBODY, sample_id=sample, kind=kind, reason="Seen at intake")
    return sample


def test_every_kind_of_hold_says_who_may_release_it() -> None:
    assert set(hold_rules.RELEASE) == set(HoldKind)


def test_each_of_several_holds_is_released_on_its_own(session: WriteSession) -> None:
    sample = held(session, HoldKind.PAYMENT, HoldKind.QUARANTINE)

    service.release_hold(session, EVERYBODY, sample_id=sample, kind=HoldKind.PAYMENT, reason="Paid")

    standing = queries.get_sample(session, EVERYBODY, sample).standing
    assert standing.holds == {HoldKind.QUARANTINE}
    with pytest.raises(TransitionRefused, match="on hold: quarantine"):
        service.change_status(session, EVERYBODY, sample_id=sample, action="start")


def test_who_releases_and_why_is_kept_on_the_hold(session: WriteSession) -> None:
    sample = held(session, HoldKind.TEMPERATURE_EXPOSURE)

    service.release_hold(
        session,
        EVERYBODY,
        sample_id=sample,
        kind=HoldKind.TEMPERATURE_EXPOSURE,
        reason="Still intact",
        evidence="TapeStation run 4411, DIN 8.2",
    )

    (hold,) = queries.get_sample(session, EVERYBODY, sample).holds
    assert (hold.released_by_name, hold.release_reason, hold.release_evidence) == (
        EVERYBODY.name,
        "Still intact",
        "TapeStation run 4411, DIN 8.2",
    )


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if hold_rules.RELEASE[kind].evidence])
def test_some_holds_ask_what_shows_that_they_may_go(session: WriteSession, kind: HoldKind) -> None:
    sample = held(session, kind)

    with pytest.raises(RegistrationRefused) as refusal:
        service.release_hold(session, EVERYBODY, sample_id=sample, kind=kind, reason="Fine")

    assert refusal.value.fields["evidence"] == hold_rules.RELEASE[kind].evidence


def test_a_legal_hold_is_not_for_the_bench_to_release(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = held(session, HoldKind.LEGAL_HOLD)
    bench = principal_of(
        Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.SAMPLES_HOLD
    )

    with pytest.raises(PermissionDenied):
        service.release_hold(
            session,
            bench,
            sample_id=sample,
            kind=HoldKind.LEGAL_HOLD,
            reason="Settled",
            evidence="Letter 12",
        )
