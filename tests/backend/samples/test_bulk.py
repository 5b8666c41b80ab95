"""One act for many samples: each answers for itself, nothing happens behind a refusal."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import queries, service
from backend.samples.errors import RegistrationRefused, SampleNotFound
from backend.samples.ids import HoldKind, SampleId
from tests.factories.samples import EVERYBODY, make_samples

PrincipalOf = Callable[..., Principal]


def _hold(session: WriteSession, keys: list[SampleId]) -> list[tuple[str, ...]]:
    outcomes = service.hold_samples(
        session, EVERYBODY, sample_ids=keys, kind=HoldKind.QUARANTINE, reason="Thawed"
    )
    return [tuple(outcome.reasons) for outcome in outcomes]


def test_those_on_hold_already_say_so_and_the_others_are_held(session: WriteSession) -> None:
    first, second, third = sorted(make_samples(session, 3))
    _hold(session, [second])

    reasons = _hold(session, [third, second, first])

    assert [len(each) for each in reasons] == [0, 1, 0]
    assert "is on this hold already" in reasons[1][0]
    held = queries.holds_of(session, EVERYBODY, [first, second, third])
    assert held == {key: [HoldKind.QUARANTINE] for key in (first, second, third)}


def test_release_frees_those_held_and_names_the_others(session: WriteSession) -> None:
    first, second = sorted(make_samples(session, 2))
    _hold(session, [first])

    outcomes = service.release_samples(
        session,
        EVERYBODY,
        sample_ids=[first, second],
        kind=HoldKind.QUARANTINE,
        reason="Checked",
    )

    assert [bool(outcome.reasons) for outcome in outcomes] == [False, True]
    assert queries.holds_of(session, EVERYBODY, [first, second]) == {}


def test_without_a_reason_nothing_is_held(session: WriteSession) -> None:
    keys = make_samples(session, 2)

    with pytest.raises(RegistrationRefused, match="reason"):
        service.hold_samples(
            session, EVERYBODY, sample_ids=keys, kind=HoldKind.PAYMENT, reason="  "
        )

    assert queries.holds_of(session, EVERYBODY, keys) == {}


def test_who_may_not_hold_is_refused(session: WriteSession, principal_of: PrincipalOf) -> None:
    keys = make_samples(session, 1)

    with pytest.raises(PermissionDenied):
        service.hold_samples(
            session,
            principal_of(Permission.SAMPLES_VIEW),
            sample_ids=keys,
            kind=HoldKind.PAYMENT,
            reason="Unpaid",
        )


def test_somebody_elses_sample_is_not_there(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    keys = make_samples(session, 1)

    with pytest.raises(SampleNotFound):
        service.hold_samples(
            session,
            principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_HOLD),
            sample_ids=keys,
            kind=HoldKind.PAYMENT,
            reason="Unpaid",
        )


def test_each_hold_stands_in_the_trail(session: WriteSession) -> None:
    keys = make_samples(session, 3)

    _hold(session, keys)

    count = select(func.count()).where(AuditEntry.action == "samples.hold_set")
    assert session.scalar(count) == len(keys)
