"""Who hears of storage, of what they hold in hand and of their parcels."""

from collections.abc import Callable

from backend.auth.ids import Role
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.views import EventView
from backend.notifications import consuming
from backend.notifications.ids import Kind, Severity
from tests.factories.notifications import told_to
from tests.factories.people import make_user

Fact = Callable[..., EventView]


def test_those_who_set_up_storage_hear_of_calibrations_that_come_due(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    keeper = make_user(session, Role.ADMINISTRATOR)
    days = {"first_on": "2026-12-01", "last_on": "2026-12-03"}

    consuming.tell(
        session, fact("telemetry.calibrations_due", codes=["A", "B"], lead_days=7, **days)
    )

    (told,) = told_to(session, keeper.id)
    assert (told.kind, told.href, told.severity) == (
        Kind.CALIBRATION_DUE,
        "/sensors",
        Severity.INFO,
    )
    assert told.title == "2 calibrations due within 7 days"
    assert person.user_id is not None
    assert told_to(session, person.user_id) == []


def test_those_who_set_up_storage_hear_that_a_backup_unit_is_to_be_emptied(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    keeper = make_user(session, Role.ADMINISTRATOR)
    backup = {"label": "ULT-09", "due_on": "2026-12-01", "reason": "for ULT-04", "samples": 12}

    consuming.tell(session, fact("storage.move_back_due", **backup))

    (told,) = told_to(session, keeper.id)
    assert (told.kind, told.href, told.severity) == (
        Kind.MOVE_BACK_DUE,
        "/storage/ULT-09",
        Severity.WARNING,
    )
    assert told.body == (
        "12 samples stand in it. Move them back, or set a later day. Why it was filled: for ULT-04"
    )


def test_who_has_tubes_in_hand_is_reminded_and_later_those_who_answer_for_storage(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    keeper = make_user(session, Role.ADMINISTRATOR)
    assert person.user_id is not None
    codes = ["DNA-1", "DNA-2", "DNA-3"]

    consuming.tell(
        session,
        fact("storage.hand_reminded", holder_id=str(person.user_id), tubes=4, first=codes),
    )
    consuming.tell(session, fact("storage.hand_escalated", name="Ada", tubes=1, first=codes[:1]))

    (own,) = told_to(session, person.user_id)
    assert (own.kind, own.href) == (Kind.IN_HAND, "/storage")
    assert own.title == "4 tubes in your hand for more than an hour"
    assert own.body == "DNA-1, DNA-2, DNA-3 and 1 more. Put them back, or place them."
    (theirs,) = told_to(session, keeper.id)
    assert theirs.kind is Kind.LEFT_IN_HAND
    assert theirs.title == "Ada has had 1 tube in hand for more than four hours"


def test_only_those_named_hear_of_a_late_parcel(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    other = make_user(session, Role.TECHNICIAN)
    event = fact(
        "custody.parcel_late",
        code="INC-00003",
        party="from Clinic",
        expected_on="2026-11-28",
        page="/custody/incoming/INC-00003",
        people=[str(person.user_id)],
    )

    consuming.tell(session, event)

    assert person.user_id is not None
    (notice,) = told_to(session, person.user_id)
    assert notice.title == "INC-00003 from Clinic is late: it was expected on 2026-11-28"
    assert (notice.kind, notice.href) == (Kind.PARCEL_LATE, "/custody/incoming/INC-00003")
    assert told_to(session, other.id) == []
