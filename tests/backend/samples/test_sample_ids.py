"""Many barcodes at once are asked for in one question."""

import pytest

from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import queries
from backend.samples.errors import SampleNotFound
from tests.backend.storage.test_plans import statements
from tests.factories.sequencing import make_libraries, make_person, make_project


def test_the_keys_of_many_barcodes_are_one_question_in_the_order_asked_for(
    session: WriteSession,
) -> None:
    ada = make_person(session, Permission.SAMPLES_VIEW)
    first, second, third = make_libraries(session, make_project(session, ada), 3)
    codes = [third.barcode, f" {first.barcode.lower()} ", second.barcode, third.barcode]

    with statements(session) as asked:
        found = queries.sample_ids_of(ReadSession(session), ada, codes)

    assert found == [third.id, first.id, second.id, third.id]
    assert len(asked) == 1


def test_the_first_barcode_that_one_may_not_see_is_named(session: WriteSession) -> None:
    ada = make_person(session, Permission.SAMPLES_VIEW)
    (mine,) = make_libraries(session, make_project(session, ada), 1)
    (theirs,) = make_libraries(session, make_project(session), 1)

    with pytest.raises(SampleNotFound, match=theirs.barcode):
        queries.sample_ids_of(ReadSession(session), ada, [mine.barcode, theirs.barcode, "NONE-1"])
