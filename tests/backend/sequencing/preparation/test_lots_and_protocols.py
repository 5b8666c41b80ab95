"""Lots of reagents and versions of protocols."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.errors import RegistrationRefused
from backend.sequencing.preparation import lots, protocols, queries
from backend.sequencing.preparation.errors import (
    LotTaken,
    ProtocolFrozen,
    ProtocolRefused,
    WorksheetInput,
)
from backend.sequencing.preparation.ids import ProtocolState
from backend.sequencing.preparation.lot_models import ReagentLot
from tests.factories.preparation import (
    BENCH,
    lot_in,
    lot_of,
    make_input,
    make_lot,
    make_protocol,
    make_worksheet,
    protocol_in,
)
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_person, make_project, says

pytestmark = pytest.mark.usefixtures("frozen_clock")


def test_a_lot_is_received_and_counted_anew(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    today = clock.utc_now().date()
    key = lots.receive_lot(session, ada, lot=lot_in(lot="A7", opened_on=today))

    lots.correct_reactions(session, ada, lot_id=key, left=40, reason="A strip fell down")

    lot = lot_of(session, key)
    assert (lot.reactions_left, lot.reactions_total, lot.refusal) == (40, 96, None)
    assert lot.opened_on == today
    told = session.scalars(select(OutboxEvent.type).where(OutboxEvent.aggregate_id == key)).all()
    assert sorted(told) == [
        "sequencing.lot_changed",
        "sequencing.lot_received",
    ]


def test_one_lot_of_a_kit_stands_once_however_it_is_spelled(session: WriteSession) -> None:
    make_lot(session, lot="A7", catalogue_number="ABC")

    with pytest.raises(LotTaken, match="Lot a7 of abc is on record already"):
        make_lot(session, lot="a7", catalogue_number="abc")

    assert session.scalar(select(func.count()).select_from(ReagentLot)) == 1


def test_what_cannot_be_of_a_lot_is_refused(session: WriteSession) -> None:
    key, today = make_lot(session), clock.utc_now().date()

    with pytest.raises(WorksheetInput, check=says("still to come")):
        make_lot(session, received_on=today + timedelta(days=2))
    with pytest.raises(WorksheetInput, check=says("came with 96 reactions")):
        lots.correct_reactions(session, EVERYBODY, lot_id=key, left=97, reason="Counted")
    with pytest.raises(RegistrationRefused, match="A reason is needed"):
        lots.correct_reactions(session, EVERYBODY, lot_id=key, left=9, reason=" ")


def test_an_expired_or_used_up_lot_cannot_be_put_on_a_worksheet(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    sample = make_input(session, make_project(session, ada))
    today = clock.utc_now().date()
    old = make_lot(session, lot="OLD", expires_on=today - timedelta(days=1))
    empty = make_lot(session, lot="EMPTY")
    lots.correct_reactions(session, ada, lot_id=empty, left=0, reason="Counted")

    with pytest.raises(WorksheetInput) as refused:
        make_worksheet(session, ada, [sample], lot_ids=(old, empty))

    assert "Lot OLD of DNA Prep expired" in refused.value.fields["lot_ids"]
    assert "Lot EMPTY of DNA Prep is used up" in refused.value.fields["lot_ids"]
    assert "expired" in (lot_of(session, old).refusal or "")


def test_the_worksheets_of_a_lot_are_listed(session: WriteSession) -> None:
    ada = make_person(session, *BENCH)
    lot = make_lot(session)
    sheet = make_worksheet(
        session, ada, [make_input(session, make_project(session, ada))], lot_ids=(lot,)
    )

    assert lot_of(session, lot).worksheets == [sheet.code]


def test_a_draft_is_changed_and_a_published_version_is_followed_by_the_next(
    session: WriteSession,
) -> None:
    first = protocols.save_draft(session, EVERYBODY, protocol=protocol_in(name="WGS"))
    again = protocols.save_draft(
        session, EVERYBODY, protocol=protocol_in(name="WGS", input_ng_target="60")
    )
    protocols.publish_protocol(session, EVERYBODY, protocol_id=first)
    second = protocols.save_draft(session, EVERYBODY, protocol=protocol_in(name="WGS"))

    assert first == again
    versions = [each for each in queries.list_protocols(session, EVERYBODY) if each.name == "WGS"]
    assert [(each.version, each.state) for each in versions] == [
        (2, ProtocolState.DRAFT),
        (1, ProtocolState.PUBLISHED),
    ]
    assert versions[1].wish.target_ng == 60
    assert second != first
    assert [each.id for each in queries.protocols_in_force(session, EVERYBODY)] == [first]


def test_a_published_version_stays_as_it_is(session: WriteSession) -> None:
    key = make_protocol(session, name="WGS")

    with pytest.raises(ProtocolFrozen, match="WGS v1 is published and stays as it is"):
        protocols.publish_protocol(session, EVERYBODY, protocol_id=key)


def test_everything_wrong_with_a_protocol_is_said_at_once(session: WriteSession) -> None:
    wrong = protocol_in(input_ng_target="500", pipette_min_ul="30", index_pairs="A1 U1")

    with pytest.raises(ProtocolRefused) as refused:
        protocols.save_draft(session, EVERYBODY, protocol=wrong)

    assert set(refused.value.fields) == {"input_ng_target", "pipette_min_ul", "index_pairs"}


def test_a_protocol_without_index_pairs_is_not_published(session: WriteSession) -> None:
    key = protocols.save_draft(session, EVERYBODY, protocol=protocol_in(index_pairs=""))

    with pytest.raises(ProtocolRefused, check=says("It has no index pairs")):
        protocols.publish_protocol(session, EVERYBODY, protocol_id=key)


def test_who_may_only_look_changes_neither(session: WriteSession) -> None:
    eve = make_person(session, Permission.SEQUENCING_VIEW)
    lot = make_lot(session)

    with pytest.raises(PermissionDenied):
        lots.receive_lot(session, eve, lot=lot_in())
    with pytest.raises(PermissionDenied):
        lots.correct_reactions(session, eve, lot_id=lot, left=1, reason="Counted")
    with pytest.raises(PermissionDenied):
        protocols.save_draft(session, eve, protocol=protocol_in())
    assert [each.id for each in queries.list_lots(session, eve)] == [lot]
