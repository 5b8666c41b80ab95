"""Parcels from outside: announced, received by scan: as named, over, short, damaged."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import incoming_queries, queries, service
from backend.custody.errors import IncomingNotFound, IncomingRefused, LinesOpen, NotAtThisStep
from backend.custody.ids import Arrival, Cause, IncomingId, IncomingState
from backend.custody.service import Announcement
from backend.custody.views import IncomingView
from backend.events.models import OutboxEvent
from backend.samples.errors import ProjectNotFound
from backend.samples.ids import Custody, Lifecycle
from backend.samples.models import Project, Sample
from tests.backend.custody.conftest import signed_in
from tests.factories.storage import make_tube


def expect_parcel(
    session: WriteSession, person: Principal, project: Project, *codes: str, days: int = 1
) -> IncomingView:
    announced = Announcement(
        project=project.code,
        sender="Clinic North",
        expected_on=clock.utc_now().date() + timedelta(days=days),
        carrier="Parcel Ltd",
        seal="S-9",
        document="AWB 17",
        codes=codes,
    )
    code = service.announce(session, person, announced=announced)
    return incoming_queries.get_incoming(session, person, code)


def again(session: WriteSession, person: Principal, parcel: IncomingView) -> IncomingView:
    return incoming_queries.get_incoming(session, person, parcel.code)


def test_a_parcel_is_received_by_scan_as_named_over_and_short(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    parcel = expect_parcel(session, ada, project, "B-1", " Tube two ", "", "b-1", "B-3")

    first = service.scan_incoming(session, ada, incoming_id=parcel.id, code="b-1")
    twice = service.scan_incoming(session, ada, incoming_id=parcel.id, code="B-1")
    named = service.scan_incoming(session, ada, incoming_id=parcel.id, code="TUBE TWO")
    over = service.scan_incoming(session, ada, incoming_id=parcel.id, code="X-9")
    service.scan_incoming(session, ada, incoming_id=parcel.id, code="X-9")
    short = service.close_incoming(session, ada, incoming_id=parcel.id, missing_are_short=True)

    found = again(session, ada, parcel)
    assert (first, twice, named, over, short) == (True, True, True, False, 1)
    assert [(line.code, line.arrival) for line in found.lines] == [
        ("B-1", Arrival.EXPECTED),
        ("Tube two", Arrival.EXPECTED),
        ("B-3", Arrival.SHORT),
    ]
    assert (found.over, found.state) == (("X-9",), IncomingState.RECEIVED)
    scans = select(func.count()).where(OutboxEvent.type == "custody.incoming_scanned")
    assert session.scalar(scans) == 3


def test_a_registered_sample_is_received_and_its_chain_begins(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project, lifecycle=Lifecycle.REGISTERED)
    barcode = session.get_one(Sample, tube).barcode
    parcel = expect_parcel(session, ada, project, barcode)

    service.scan_incoming(
        session,
        ada,
        incoming_id=parcel.id,
        code=barcode,
        arrival=Arrival.DAMAGED,
        condition="Cracked lid",
    )

    sample = session.get_one(Sample, tube)
    assert (sample.lifecycle, sample.custody) == (Lifecycle.RECEIVED, Custody.HAND_TRAY)
    [link] = queries.chain_of(session, ada, tube)
    assert (link.cause, link.to_label, link.condition) == (Cause.RECEIVED, "Ada", "Cracked lid")
    assert (link.seal, link.document) == ("S-9", "AWB 17")
    [line] = again(session, ada, parcel).lines
    assert (line.barcode, line.arrival) == (barcode, Arrival.DAMAGED)


def test_what_lacks_is_said_field_by_field_and_nothing_is_kept(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    announced = Announcement(project="", sender=" ", expected_on=None, seal="9" * 201)

    with pytest.raises(IncomingRefused) as refused:
        service.announce(session, ada, announced=announced)

    assert set(refused.value.fields) == {"project", "sender", "expected_on", "codes", "seal"}
    assert incoming_queries.expected(session, ada) == []


def test_damage_needs_a_word_and_open_lines_an_answer(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    parcel = expect_parcel(session, ada, project, "B-1")

    with pytest.raises(IncomingRefused):
        service.scan_incoming(
            session, ada, incoming_id=parcel.id, code="B-1", arrival=Arrival.DAMAGED
        )
    with pytest.raises(LinesOpen):
        service.close_incoming(session, ada, incoming_id=parcel.id)
    service.close_incoming(session, ada, incoming_id=parcel.id, missing_are_short=True)
    with pytest.raises(NotAtThisStep):
        service.scan_incoming(session, ada, incoming_id=parcel.id, code="B-1")

    assert again(session, ada, parcel).lines[0].arrival is Arrival.SHORT


def test_what_is_expected_stands_first_and_a_late_one_says_so(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    late = expect_parcel(session, ada, project, "B-1", days=-2)
    done = expect_parcel(session, ada, project, "B-2", days=-3)
    service.close_incoming(session, ada, incoming_id=done.id, missing_are_short=True)

    found = incoming_queries.expected(session, ada)

    assert [(each.code, each.is_late) for each in found] == [(late.code, True), (done.code, False)]
    assert queries.counts(session, ada).incoming == 1


def test_other_peoples_parcels_are_not_there(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    parcel = expect_parcel(session, ada, project, "B-1")
    stranger = signed_in(session, Role.PRINCIPAL_INVESTIGATOR, "Ina")

    with pytest.raises(IncomingNotFound):
        incoming_queries.get_incoming(session, stranger, parcel.code)
    with pytest.raises(IncomingNotFound):
        incoming_queries.get_incoming(session, stranger, "INC-x")
    with pytest.raises(IncomingNotFound):
        service.scan_incoming(session, stranger, incoming_id=IncomingId(parcel.id), code="B-1")
    with pytest.raises(ProjectNotFound):
        expect_parcel(session, stranger, project, "B-1")
    assert incoming_queries.expected(session, stranger) == []


def test_announcing_needs_its_right(session: WriteSession, project: Project) -> None:
    sam = signed_in(session, Role.SCIENTIST, "Sam")

    with pytest.raises(PermissionDenied):
        expect_parcel(session, sam, project, "B-1")
