"""A consent is named as a sample is registered: one at a time, in a batch, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import AppError, Unavailable
from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import consents, queries, service
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import HoldKind
from backend.samples.models import Sample
from backend.samples.past.reading import sample_as_of
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration


def record(session: WriteSession, reference: str = "C-0417") -> None:
    consent = ConsentGiven(reference=reference, scope="Research", expires_on=None)
    service.record_consent(session, EVERYBODY, consent=consent)


def withdraw(session: WriteSession) -> None:
    service.withdraw_consent(session, EVERYBODY, reference="C-0417", reason="Letter of the donor")


def references(session: WriteSession, sample: Sample) -> list[str]:
    return [view.reference for view in consents.consents_of(session, EVERYBODY, sample.id)]


def test_a_sample_is_under_the_consent_that_its_registration_names(session: WriteSession) -> None:
    record(session)

    made = make_sample(session, consent="c-0417 ")

    (view,) = consents.consents_of(session, EVERYBODY, made.id)
    assert (view.reference, view.tied_samples) == ("C-0417", None)
    then = sample_as_of(session, EVERYBODY, made.barcode, at=clock.utc_now())
    (told,) = [field for field in then.fields if field.name == "consent"]
    assert (told.then, told.today) == ("C-0417", "C-0417")


def test_a_consent_that_nobody_recorded_is_refused_by_name(session: WriteSession) -> None:
    with pytest.raises(RegistrationRefused, match="No consent has the reference C-9") as refusal:
        make_sample(session, consent="C-9")

    assert set(refusal.value.fields) == {"consent"}
    assert session.scalars(select(Sample)).all() == []


def test_a_withdrawn_consent_takes_no_more_samples(session: WriteSession) -> None:
    record(session)
    withdraw(session)

    with pytest.raises(RegistrationRefused, match="C-0417 is withdrawn"):
        make_sample(session, consent="C-0417")


def test_of_a_batch_the_rows_with_a_wrong_consent_stay_out_and_say_why(
    session: WriteSession,
) -> None:
    record(session)
    project = make_project(session).code
    rows = [
        registration(project, name="Under it", consent="C-0417"),
        registration(project, name="Unknown", consent="C-9"),
        registration(project, name="Without"),
    ]

    done = service.register_batch(session, EVERYBODY, registrations=rows, import_id=new_id())

    assert [(row, field) for row, field, _ in done.refused] == [(1, "consent")]
    assert done.refused[0][2].startswith("No consent has the reference C-9. Record it first")
    samples = session.scalars(select(Sample).order_by(Sample.name)).all()
    tied = {sample.name: references(session, sample) for sample in samples}
    assert tied == {"Under it": ["C-0417"], "Without": []}


def _register(session: WriteSession, project: str) -> None:
    make_sample(session, project, consent="C-0417")


def _register_many(session: WriteSession, project: str) -> None:
    rows = [registration(project, consent="C-0417") for _ in range(3)]
    service.register_batch(session, EVERYBODY, registrations=rows, import_id=new_id())


def _withdraw(session: WriteSession, _: str) -> None:
    withdraw(session)


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
def test_no_sample_registered_at_the_same_moment_escapes_a_withdrawal() -> None:
    with writing() as session:
        project = make_project(session).code
        record(session)
        make_sample(session, project, consent="C-0417")
    acts = [_withdraw, *[_register, _register_many] * 3]
    start = Barrier(len(acts))

    def do(act: Callable[[WriteSession, str], None]) -> None:
        start.wait(30)
        try:
            with writing() as session:
                act(session, project)
        except Unavailable:
            raise  # nobody may wait for another in a circle
        except AppError:
            return

    with ThreadPoolExecutor(len(acts)) as people:
        list(people.map(do, acts))

    with reading() as session:
        keys = session.scalars(select(Sample.id).where(Sample.consent_id.is_not(None))).all()
        standing = [queries.get_sample(session, EVERYBODY, key).standing for key in keys]
    assert keys
    assert all(HoldKind.CONSENT_WITHDRAWN in each.holds for each in standing)
