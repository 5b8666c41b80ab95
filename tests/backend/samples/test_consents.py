"""Consent: what it allows, and that a withdrawal reaches everything made from a sample."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import AppError, PermissionDenied, Unavailable
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.samples import consents, lineage, queries, service
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import (
    ConsentNotFound,
    ConsentStillWithdrawn,
    ConsentTaken,
    ConsentWithdrawn,
    DrawRefused,
    RegistrationRefused,
    TransitionRefused,
)
from backend.samples.ids import HoldKind, SampleId
from backend.samples.making_schemas import Aliquoting, Portion
from backend.samples.models import Sample
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

PrincipalOf = Callable[..., Principal]


def accepted(session: WriteSession, project: str | None = None) -> SampleId:
    sample = make_sample(session, project, volume_ul=Decimal(1000)).id
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample, action=action)
    return sample


def part(session: WriteSession, parent: SampleId) -> SampleId:
    aliquoting = Aliquoting(portions=(Portion(volume_ul=Decimal(1)),))
    made = service.make_aliquots(session, EVERYBODY, sample_id=parent, aliquoting=aliquoting)
    return made[0].id


def agree(
    session: WriteSession, *samples: SampleId, reference: str = "C-0417", days: int = 365
) -> None:
    expires_on = clock.utc_now().date() + timedelta(days=days)
    service.record_consent(
        session,
        EVERYBODY,
        consent=ConsentGiven(reference=reference, scope="Research", expires_on=expires_on),
    )
    service.tie_consent(session, EVERYBODY, sample_ids=samples, reference=reference)


def withdraw(session: WriteSession, reference: str = "C-0417") -> list[str]:
    return service.withdraw_consent(
        session, EVERYBODY, reference=reference, reason="Letter of the donor"
    )


def is_stamped(session: WriteSession, sample: SampleId) -> bool:
    return (
        HoldKind.CONSENT_WITHDRAWN in queries.get_sample(session, EVERYBODY, sample).standing.holds
    )


def test_a_withdrawal_stamps_the_sample_and_all_that_came_from_it(session: WriteSession) -> None:
    donor, stranger = accepted(session), accepted(session)
    child = part(session, donor)
    grandchild = part(session, child)
    agree(session, donor)

    stamped = withdraw(session)

    assert len(stamped) == 3
    assert [is_stamped(session, each) for each in (donor, child, grandchild, stranger)] == [
        True,
        True,
        True,
        False,
    ]


def test_what_is_stamped_is_not_used_in_any_way(session: WriteSession) -> None:
    donor = accepted(session)
    child = part(session, donor)
    agree(session, donor)
    withdraw(session)

    with pytest.raises(DrawRefused, match="consent"):
        part(session, child)
    with pytest.raises(TransitionRefused) as refusal:
        service.change_status(session, EVERYBODY, sample_id=child, action="start")

    said = " ".join(refusal.value.reasons)
    assert "on hold: consent withdrawn" in said
    assert "consent C-0417 is withdrawn" in said


def test_an_expired_consent_blocks_what_was_made_from_it_too(session: WriteSession) -> None:
    donor = accepted(session)
    child = part(session, donor)
    agree(session, donor, days=-1)

    with pytest.raises(DrawRefused, match="consent C-0417 expired on"):
        part(session, child)
    service.extend_consent(
        session,
        EVERYBODY,
        reference="c-0417",
        expires_on=clock.utc_now().date(),
        reason="The donor signed again",
    )

    part(session, child)


def test_a_hold_for_withdrawn_consent_set_by_hand_reaches_the_descendants(
    session: WriteSession,
) -> None:
    donor = accepted(session)
    child = part(session, donor)

    service.set_hold(
        session,
        EVERYBODY,
        sample_id=donor,
        kind=HoldKind.CONSENT_WITHDRAWN,
        reason="Told on the phone",
    )

    assert is_stamped(session, child)


def test_a_child_registered_from_a_file_later_is_stamped_at_birth(session: WriteSession) -> None:
    project = make_project(session).code
    donor = accepted(session, project)
    agree(session, donor)
    withdraw(session)
    barcode = queries.get_sample(session, EVERYBODY, donor).row.barcode

    made = service.register_batch(
        session,
        EVERYBODY,
        registrations=[registration(project, parent_barcode=barcode)],
        import_id=new_id(),
    )

    assert is_stamped(session, made.ids[0])
    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.entity_id == made.ids[0], AuditEntry.action == "samples.hold_set"
        )
    ).one()
    assert entry.reason == "Consent C-0417: Letter of the donor"


def test_the_hold_goes_only_with_a_new_consent_and_its_reference(session: WriteSession) -> None:
    donor = accepted(session)
    agree(session, donor)
    withdraw(session)
    release = {
        "sample_id": donor,
        "kind": HoldKind.CONSENT_WITHDRAWN,
        "reason": "The donor agreed again",
    }

    with pytest.raises(RegistrationRefused, match="reference of the donor's new consent"):
        service.release_hold(session, EVERYBODY, **release)
    with pytest.raises(ConsentStillWithdrawn):
        service.release_hold(session, EVERYBODY, **release, evidence="C-0418")
    agree(session, donor, reference="C-0418")
    service.release_hold(session, EVERYBODY, **release, evidence="C-0418")

    hold = queries.get_sample(session, EVERYBODY, donor).holds[-1]
    assert (hold.release_evidence, hold.released_by_name) == ("C-0418", EVERYBODY.name)
    part(session, donor)


def test_a_withdrawn_consent_is_withdrawn_for_good(session: WriteSession) -> None:
    donor = accepted(session)
    agree(session, donor)
    withdraw(session)

    for act in (
        lambda: withdraw(session),
        lambda: service.tie_consent(
            session, EVERYBODY, sample_ids=[accepted(session)], reference="C-0417"
        ),
    ):
        with pytest.raises(ConsentWithdrawn):
            act()


def test_a_reference_is_on_record_once_however_it_is_spelled(session: WriteSession) -> None:
    agree(session)

    with pytest.raises(ConsentTaken):
        agree(session, reference="c-0417")


def test_consents_of_other_peoples_samples_are_not_there(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    agree(session, accepted(session))
    stranger = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_HOLD)

    with pytest.raises(ConsentNotFound):
        consents.get_consent(session, stranger, "C-0417")
    with pytest.raises(ConsentNotFound):
        service.withdraw_consent(session, stranger, reference="C-0417", reason="Prank")


def test_who_may_not_hold_withdraws_nothing(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    agree(session, accepted(session))

    with pytest.raises(PermissionDenied):
        service.withdraw_consent(
            session,
            principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS),
            reference="C-0417",
            reason="Letter",
        )


def test_a_sample_tells_the_consents_that_bind_it(session: WriteSession) -> None:
    donor = accepted(session)
    child = part(session, donor)
    agree(session, donor)

    (found,) = consents.consents_of(session, EVERYBODY, child)

    assert (found.reference, found.scope, found.problem) == ("C-0417", "Research", None)


def withdrawing(_: SampleId) -> None:
    """Withdraw until it is done; the database may ask one of two who wait in a circle again."""
    for _attempt in range(5):
        try:
            with writing() as session:
                withdraw(session)
        except Unavailable:
            continue
        return


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
@pytest.mark.parametrize("turn", range(3))
def test_no_child_made_at_the_same_moment_escapes_a_withdrawal(turn: int) -> None:
    with writing() as session:
        project = make_project(session).code
        donor = accepted(session, project)
        middle = [part(session, donor) for _ in range(2)]
        agree(session, donor)
        barcode = queries.get_sample(session, EVERYBODY, donor).row.barcode
    start = Barrier(9)

    def by_hand(parent: SampleId) -> None:
        with writing() as session:
            part(session, parent)

    def from_file(_: SampleId) -> None:
        with writing() as session:
            service.register_batch(
                session,
                EVERYBODY,
                registrations=[registration(project, parent_barcode=barcode)],
                import_id=new_id(),
            )

    def do(act: Callable[[SampleId], None], parent: SampleId) -> bool:
        start.wait(30)
        try:
            act(parent)
        except Unavailable:
            raise  # nobody may wait for another in a circle
        except AppError:
            return False
        return True

    acts = [(withdrawing, donor)]
    acts += [(by_hand, parent) for parent in (donor, middle[0], middle[1], donor)]
    acts += [(from_file, donor) for _ in range(4)]
    with ThreadPoolExecutor(len(acts)) as people:
        list(people.map(lambda pair: do(*pair), acts[turn:] + acts[:turn]))

    with reading() as session:
        below = lineage.descendants_of([donor])
        family = [donor, *session.scalars(select(below.c.id))]
        free = [
            each
            for each in family
            if HoldKind.CONSENT_WITHDRAWN
            not in queries.holds_of(session, EVERYBODY, [SampleId(each)]).get(SampleId(each), [])
        ]
    assert len(family) >= 7
    assert free == []
    with reading() as session:
        assert session.get_one(Sample, donor).volume_ul is not None
