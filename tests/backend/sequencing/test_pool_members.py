"""Libraries put into a draft and taken out of it again."""

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.sequencing.codes import request_code
from backend.sequencing.ids import PoolState
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling import service
from backend.sequencing.pooling.errors import PoolClosed, PoolRefused
from backend.sequencing.pooling.schemas import MembersIn, PoolChangeIn
from backend.sequencing.pooling.views import PoolView
from tests.factories.pools import draft, worked_request
from tests.factories.sequencing import make_libraries, make_person, make_project, make_request, says


def barcodes(view: PoolView) -> list[str]:
    return [part.barcode for part in view.parts]


def test_libraries_come_in_behind_the_others_and_go_out_again(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    first, second, third = libraries
    made = draft(session, ada, libraries[:2])

    added = service.change_members(
        session, ada, code=made.code, change=MembersIn(add=[third.barcode])
    )
    assert barcodes(added) == [first.barcode, second.barcode, third.barcode]
    assert added.version == made.version + 1

    dilution = PoolChangeIn(dilutions={first.barcode: 10})
    service.change_pool(session, ada, code=made.code, change=dilution)
    left = service.change_members(
        session, ada, code=made.code, change=MembersIn(remove=[first.barcode])
    )

    assert barcodes(left) == [second.barcode, third.barcode]
    assert left.settings.dilutions == {}
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "sequencing.pool_changed")
        .order_by(AuditEntry.id)
    ).all()
    assert entries[-1].new_values == {"libraries": [second.barcode, third.barcode]}


def test_a_whole_request_comes_in_by_its_code(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    made = draft(session, ada, libraries[:1])
    project = make_project(session, ada)
    other = make_request(session, project, make_libraries(session, project, 2))

    view = service.change_members(
        session, ada, code=made.code, change=MembersIn(requests=[request_code(other.number)])
    )

    assert len(view.parts) == 3


def test_everything_against_a_change_is_said_at_once_and_nothing_changes(
    session: WriteSession,
) -> None:
    ada, _, libraries = worked_request(session)
    made = draft(session, ada, libraries[:1])
    change = MembersIn(add=[libraries[0].barcode, "LIB-NONE"], remove=["LIB-OTHER"])

    with pytest.raises(PoolRefused) as refused:
        service.change_members(session, ada, code=made.code, change=change)

    said = " ".join(refused.value.fields.values())
    assert f"{libraries[0].barcode} is in {made.code} already" in said
    assert "LIB-NONE is in no open request of yours" in said
    assert "LIB-OTHER is not in this pool" in said
    pool = session.scalars(select(LibraryPool).where(LibraryPool.id == made.id)).one()
    assert pool.version == made.version


def test_the_last_library_is_not_taken_out(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    made = draft(session, ada, libraries[:1])

    with pytest.raises(PoolRefused, check=says("Cancel the pool instead")):
        service.change_members(
            session, ada, code=made.code, change=MembersIn(remove=[libraries[0].barcode])
        )


def test_only_a_draft_that_nobody_changed_since_is_changed(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    made = draft(session, ada, libraries[:2])
    stale = MembersIn(remove=[libraries[0].barcode], version=made.version + 1)

    with pytest.raises(PoolClosed, match="Somebody changed"):
        service.change_members(session, ada, code=made.code, change=stale)
    session.get_one(LibraryPool, made.id).state = PoolState.READY
    session.flush()
    with pytest.raises(PoolClosed, match="Only a draft's libraries"):
        service.change_members(
            session, ada, code=made.code, change=MembersIn(remove=[libraries[0].barcode])
        )


def test_who_may_not_prepare_changes_no_pool(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    made = draft(session, ada, libraries[:2])
    bob = make_person(session, Permission.SEQUENCING_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)

    with pytest.raises(PermissionDenied):
        service.change_members(
            session, bob, code=made.code, change=MembersIn(remove=[libraries[0].barcode])
        )
