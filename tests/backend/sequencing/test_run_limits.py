"""One limit of runs changed on its page: a version of all, with what it changed."""

import pytest

from backend.core.errors import Conflict, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing.run_folders.limit_changes import differences, key_of
from backend.sequencing.run_folders.limits import RunLimit, known_limits, limit_for
from backend.sequencing.runs import limit_changes, limit_sets
from backend.sequencing.runs.errors import LimitsRefused
from backend.sequencing.runs.limit_changes import RunLimitIn
from tests.factories.sequencing import make_person, says

MISEQ = "miseq_v3 301-301"


@pytest.fixture
def ada(session: WriteSession) -> Principal:
    return make_person(session, Permission.SEQUENCING_CONFIGURE, Permission.SEQUENCING_VIEW)


def miseq(**figures: object) -> RunLimitIn:
    given = {"model": "miseq_v3", "cycles_from": 301, "cycles_to": 301, "clusters_pf_warn": 18}
    return RunLimitIn.model_validate(given | {"q30_warn": 75, "error_warn": 5} | figures)


def put(
    session: WriteSession,
    who: Principal,
    limit: RunLimitIn,
    *,
    replaces: str = MISEQ,
    reason: str = "Our own runs",
) -> int:
    return limit_changes.set_limit(
        session, who, based_on=0, replaces=replaces, limit=limit, reason=reason
    )


def test_one_limit_is_changed_and_the_others_stay(session: WriteSession, ada: Principal) -> None:
    version = put(session, ada, miseq(q30_fail=60))

    kept, limits = limit_sets.limits_in_force(session)
    assert (version, kept, len(limits)) == (1, 1, len(known_limits()))
    held = limit_for(limits, "miseq_v3", 301)
    assert held is not None
    assert (held.q30_warn, held.q30_fail, held.library_reads_fail) == (75, 60, None)


def test_the_history_says_what_each_version_changed(session: WriteSession, ada: Principal) -> None:
    put(session, ada, miseq(library_reads_fail=13.5, undetermined_warn=5, undetermined_fail=14))
    limit_changes.drop_limit(session, ada, based_on=1, key=MISEQ, reason="No more of it")

    second, first = limit_changes.list_versions(ReadSession(session), ada)

    assert first.changes == ("MiSeq, v3, 301 cycles: q30, warn below 70 → 75.",)
    assert (first.reason, first.published_by_name) == ("Our own runs", "Ada")
    assert second.changes == ("MiSeq, v3, 301 cycles: taken out.",)
    assert (first.limits, second.limits) == (len(known_limits()), len(known_limits()) - 1)


def test_a_new_limit_is_added_beside_the_others(session: WriteSession, ada: Principal) -> None:
    put(session, ada, miseq(cycles_from=201, cycles_to=250), replaces="")

    limits = limit_sets.limits_in_force(session)[1]
    assert len(limits) == len(known_limits()) + 1
    assert differences(known_limits(), limits) == ["MiSeq, v3, 201–250 cycles: new."]


@pytest.mark.parametrize(
    ("limit", "reason", "said"),
    [
        ({"q30_fail": 80}, "Ours", "q30: what fails must not be more than what warns"),
        ({"cycles_from": 302}, "Ours", "The cycles must run from a number"),
        (
            {"cycles_from": 151, "cycles_to": 301},
            "Ours",
            "MiSeq, v3, 151 cycles have a limit already",
        ),
        ({"model": "sanger"}, "Ours", "“sanger” is no make that runs are known of"),
        ({}, " ", "Write why the limits change"),
    ],
)
def test_what_is_wrong_with_a_limit_is_said_and_nothing_is_kept(
    session: WriteSession,
    ada: Principal,
    limit: dict[str, object],
    reason: str,
    said: str,
) -> None:
    with pytest.raises(LimitsRefused, check=says(said)):
        put(session, ada, miseq(**limit), reason=reason)

    assert limit_sets.limits_in_force(session)[0] == 0


def test_a_version_that_nothing_differs_in_is_refused(
    session: WriteSession, ada: Principal
) -> None:
    held = next(each for each in known_limits() if key_of(each) == MISEQ)
    same = RunLimitIn.model_validate(
        {name: getattr(held, name) for name in RunLimitIn.model_fields}
    )

    with pytest.raises(LimitsRefused, match="Nothing differs"):
        put(session, ada, same)


def test_of_two_people_the_second_is_told(session: WriteSession, ada: Principal) -> None:
    put(session, ada, miseq())

    with pytest.raises(Conflict, match="Version 1 of the limits was published meanwhile"):
        put(session, ada, miseq(q30_warn=80))
    with pytest.raises(Conflict, match="not there any more"):
        limit_changes.drop_limit(session, ada, based_on=1, key="miseq_v3 1-2", reason="Gone")


def test_who_may_not_configure_changes_nothing(session: WriteSession) -> None:
    reader = make_person(session, Permission.SEQUENCING_VIEW)

    with pytest.raises(PermissionDenied):
        put(session, reader, miseq())
    with pytest.raises(PermissionDenied):
        limit_changes.drop_limit(session, reader, based_on=0, key=MISEQ, reason="No")
    assert limit_changes.list_versions(ReadSession(session), reader) == []


def test_limits_of_unknown_makes_are_named_by_their_key() -> None:
    own = RunLimit(model="own", cycles_from=50, cycles_to=60)

    assert differences([], [own]) == ["own, 50–60 cycles: new."]
