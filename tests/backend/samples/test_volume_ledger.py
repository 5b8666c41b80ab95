"""The volume ledger: every µL has a line, nothing goes below nothing, whoever draws at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.core.errors import AppError, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.samples import locking, queries, service, volumes
from backend.samples.errors import DrawRefused, RegistrationRefused
from backend.samples.ids import HoldKind, SampleId, VolumeCause
from backend.samples.ledger_models import SampleVolumeEntry
from backend.samples.models import Sample
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]


def accepted(session: WriteSession, volume_ul: Decimal | None = Decimal(50)) -> SampleId:
    sample = make_sample(session, volume_ul=volume_ul).id
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample, action=action)
    return sample


def use(session: WriteSession, sample: SampleId, volume_ul: str, **more: bool) -> None:
    service.use_volume(
        session,
        EVERYBODY,
        sample_id=sample,
        volume_ul=Decimal(volume_ul),
        reason="Qubit",
        **more,
    )


def told(
    session: WriteSession, sample: SampleId
) -> list[tuple[str, Decimal | None, Decimal | None]]:
    lines = volumes.ledger_of(session, EVERYBODY, sample)
    return [(line.cause.value, line.delta_ul, line.balance_ul) for line in lines]


def test_registering_is_the_first_line_and_each_movement_one_more(session: WriteSession) -> None:
    sample = accepted(session)

    use(session, sample, "12.5")
    service.return_volume(
        session, EVERYBODY, sample_id=sample, volume_ul=Decimal("2.5"), reason="Not needed"
    )
    service.correct_volume(
        session, EVERYBODY, sample_id=sample, measured_ul=Decimal(38), reason="Weighed"
    )

    assert told(session, sample) == [
        ("registered", Decimal(50), Decimal(50)),
        ("use", Decimal("-12.5"), Decimal("37.5")),
        ("return", Decimal("2.5"), Decimal(40)),
        ("correction", Decimal(-2), Decimal(38)),
    ]
    assert queries.get_sample(session, EVERYBODY, sample).row.volume_ul == 38


def test_a_tube_that_nothing_was_drawn_from_tells_what_was_registered(
    session: WriteSession,
) -> None:
    sample = accepted(session)

    assert told(session, sample) == [("registered", Decimal(50), Decimal(50))]
    assert session.scalar(select(func.count()).select_from(SampleVolumeEntry)) == 0


def test_more_than_there_is_cannot_be_drawn_and_nothing_changes(session: WriteSession) -> None:
    sample = accepted(session)

    with pytest.raises(DrawRefused, match=r"It holds 50 µL, and 50\.001 µL are asked for"):
        use(session, sample, "50.001")

    assert told(session, sample) == [("registered", Decimal(50), Decimal(50))]


def test_a_refusal_names_everything_that_stands_against_it(session: WriteSession) -> None:
    sample = make_sample(session).id
    service.set_hold(session, EVERYBODY, sample_id=sample, kind=HoldKind.PAYMENT, reason="Unpaid")

    with pytest.raises(DrawRefused) as refusal:
        use(session, sample, "60")

    said = " ".join(refusal.value.reasons)
    assert len(refusal.value.reasons) == 3
    assert all(words in said for words in ("it is registered", "payment", "It holds 50 µL"))


def test_an_unknown_volume_is_drawn_only_when_the_person_says_so(session: WriteSession) -> None:
    sample = accepted(session, volume_ul=None)

    with pytest.raises(DrawRefused, match="Nobody knows how much is in it"):
        use(session, sample, "5")
    use(session, sample, "5", balance_unknown_is_fine=True)
    service.correct_volume(
        session, EVERYBODY, sample_id=sample, measured_ul=Decimal(20), reason="Weighed"
    )
    use(session, sample, "4")

    assert told(session, sample) == [
        ("use", Decimal(-5), None),
        ("correction", None, Decimal(20)),
        ("use", Decimal(-4), Decimal(16)),
    ]


def test_the_last_drop_ends_its_life(session: WriteSession) -> None:
    sample = accepted(session)

    use(session, sample, "50")

    detail = queries.get_sample(session, EVERYBODY, sample)
    assert (detail.lifecycle, detail.row.volume_ul) == ("depleted", 0)
    assert detail.transitions[-1].reason == "Nothing is left in it."


def test_a_tube_found_not_to_be_empty_is_used_again(session: WriteSession) -> None:
    sample = accepted(session)
    use(session, sample, "50")
    service.correct_volume(
        session, EVERYBODY, sample_id=sample, measured_ul=Decimal(3), reason="Spun down"
    )

    service.change_status(
        session, EVERYBODY, sample_id=sample, action="reopen", reason="3 µL are left"
    )

    assert queries.get_sample(session, EVERYBODY, sample).lifecycle == "accepted"


@pytest.mark.parametrize(("action", "cause"), [("deplete", "use"), ("dispose", "disposal")])
def test_what_is_used_up_or_discarded_holds_nothing(
    session: WriteSession, action: str, cause: str
) -> None:
    sample = accepted(session)

    service.change_status(
        session, EVERYBODY, sample_id=sample, action=action, reason="End of project"
    )

    assert told(session, sample)[-1] == (cause, Decimal(-50), Decimal(0))


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        ("0", "0.001 µL or more"),
        ("-3", "0.001 µL or more"),
        ("1.0005", "three decimals"),
        ("100001", "or less"),
    ],
)
def test_a_volume_that_cannot_be_pipetted_is_refused_with_a_sentence(
    session: WriteSession, volume: str, said: str
) -> None:
    sample = accepted(session)

    with pytest.raises(RegistrationRefused, match=said) as refusal:
        use(session, sample, volume)

    assert "volume_ul" in refusal.value.fields


def test_a_movement_needs_a_reason_and_the_right_to_edit(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = accepted(session)
    reader = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)

    with pytest.raises(RegistrationRefused, match="reason"):
        service.use_volume(session, EVERYBODY, sample_id=sample, volume_ul=Decimal(1), reason=" ")
    with pytest.raises(PermissionDenied):
        service.use_volume(session, reader, sample_id=sample, volume_ul=Decimal(1), reason="PCR")


def test_each_movement_stands_in_the_trail_with_the_volume_before_and_after(
    session: WriteSession,
) -> None:
    sample = accepted(session)

    use(session, sample, "10")

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "samples.volume_changed")
    ).one()
    assert entry.old_values == {"volume_ul": "50.000"}
    assert entry.new_values == {"volume_ul": "40.000", "cause": "use", "delta_ul": "-10"}
    assert entry.reason == "Qubit"


def test_the_database_refuses_a_volume_without_its_line(session: WriteSession) -> None:
    sample = accepted(session)

    with pytest.raises(IntegrityError, match="changes by a line of its ledger"):
        session.execute(update(Sample).where(Sample.id == sample).values(volume_ul=Decimal(9)))


@pytest.mark.parametrize(
    "act", ["UPDATE sample_volume_entry SET reason = 'x'", "DELETE FROM sample_volume_entry"]
)
def test_the_database_refuses_to_change_a_line(session: WriteSession, act: str) -> None:
    use(session, accepted(session), "10")

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(act))


def test_the_database_refuses_a_line_that_does_not_follow(session: WriteSession) -> None:
    sample = accepted(session)
    row = locking.lock_sample(session, EVERYBODY, sample)

    with pytest.raises(IntegrityError, match="does not follow"):
        volumes.add_line(
            session,
            EVERYBODY,
            row,
            delta_ul=Decimal(-1),
            balance_ul=Decimal(48),
            cause=VolumeCause.USE,
            reason="Slip",
        )


_Moves = st.lists(
    st.tuples(
        st.sampled_from(["use", "return", "correct"]),
        st.decimals(min_value="0.001", max_value="60", places=3),
    ),
    max_size=12,
)


@given(moves=_Moves)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_balance_is_the_sum_of_the_lines_and_never_negative(
    session: WriteSession, moves: list[tuple[str, Decimal]]
) -> None:
    sample = accepted(session)

    for kind, volume in moves:
        try:
            match kind:
                case "use":
                    use(session, sample, str(volume))
                case "return":
                    service.return_volume(
                        session, EVERYBODY, sample_id=sample, volume_ul=volume, reason="Back"
                    )
                case _:
                    service.correct_volume(
                        session, EVERYBODY, sample_id=sample, measured_ul=volume, reason="Seen"
                    )
        except (DrawRefused, RegistrationRefused):
            continue

    lines = volumes.ledger_of(session, EVERYBODY, sample)
    balances = [line.balance_ul for line in lines]
    deltas = [line.delta_ul for line in lines if line.delta_ul is not None]
    held = queries.get_sample(session, EVERYBODY, sample).row.volume_ul
    assert sum(deltas, Decimal(0)) == balances[-1] == held
    assert all(balance is not None and balance >= 0 for balance in balances)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.slow
@given(volumes_ul=st.lists(st.integers(1, 40), min_size=12, max_size=12))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_twelve_people_who_draw_at_once_take_no_more_than_there_is(
    committed_database: Engine, volumes_ul: list[int]
) -> None:
    with writing() as session:
        sample = accepted(session, Decimal(100))
    start = Barrier(len(volumes_ul))

    def take(volume: int) -> int:
        start.wait(30)
        try:
            with writing() as session:
                use(session, sample, str(volume))
        except AppError:
            return 0
        return volume

    with ThreadPoolExecutor(len(volumes_ul)) as people:
        taken = list(people.map(take, volumes_ul))

    with reading() as session:
        lines = volumes.ledger_of(session, EVERYBODY, sample)
        held = queries.get_sample(session, EVERYBODY, sample).row.volume_ul
    assert held == 100 - sum(taken)
    assert all(line.balance_ul is not None and line.balance_ul >= 0 for line in lines)
    assert len(lines) == 1 + sum(volume > 0 for volume in taken)
    # Somebody was refused only where it truly no longer fitted.
    refused = [wanted for wanted, got in zip(volumes_ul, taken, strict=True) if got == 0]
    assert all(wanted > 0 for wanted in refused)
    assert not refused or sum(volumes_ul) > 100
