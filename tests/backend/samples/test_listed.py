"""Each filter leaves of the list the samples that it is about, and no others."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from backend.core import clock
from backend.core.sessions import WriteSession
from backend.samples import listed, queries, service
from backend.samples.ids import HoldKind, MaterialType
from backend.samples.models import Project, Sample
from backend.samples.schemas import (
    Amounts,
    Days,
    Instants,
    SampleChoices,
    SampleFilters,
)
from backend.samples.views import Registered
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.factories.storage import make_freezer, make_tube, stand


def _found(session: WriteSession, filters: SampleFilters) -> set[str]:
    scope = listed.scope_of(session, EVERYBODY, filters)
    statement = queries.visible_samples(EVERYBODY).with_only_columns(Sample.barcode)
    return set(
        session.scalars(statement.where(*listed.conditions(Sample, scope, filters, seen=scope)))
    )


def _tube(session: WriteSession, code: str, **facts: Any) -> Registered:
    return make_sample(session, code, material_type=MaterialType.GDNA, **facts)


def test_bounds_of_an_amount_count_or_do_not_as_they_say(session: WriteSession) -> None:
    code = make_project(session).code
    five, ten, unknown = (
        _tube(session, code, volume_ul=volume).barcode for volume in (Decimal(5), Decimal(10), None)
    )

    at_least, above, below, most = (
        _found(session, SampleFilters(project_codes=(code,), volume_ul=bounds))
        for bounds in (
            Amounts(least=Decimal(5)),
            Amounts(above=Decimal(5)),
            Amounts(below=Decimal(10)),
            Amounts(most=Decimal(10)),
        )
    )

    assert (at_least, above, below, most) == ({five, ten}, {ten}, {five}, {five, ten})
    assert unknown not in most


def test_days_and_moments_bound_when_it_was_collected_and_received(session: WriteSession) -> None:
    code = make_project(session).code
    now = clock.utc_now()
    old = _tube(
        session, code, collected_on=date(2026, 1, 1), received_at=now - timedelta(days=9)
    ).barcode
    new = _tube(session, code, collected_on=date(2026, 2, 1), received_at=now).barcode
    _tube(session, code)

    early = SampleFilters(project_codes=(code,), collected=Days(last=date(2026, 1, 1)))
    late = SampleFilters(
        project_codes=(code,), received=Instants(since=now - timedelta(days=1), before=None)
    )

    assert _found(session, early) == {old}
    assert _found(session, late) == {new}


def test_an_expiry_ahead_is_found(session: WriteSession) -> None:
    code = make_project(session).code
    soon, late = _tube(session, code), _tube(session, code)
    for made, on in ((soon, date(2026, 12, 1)), (late, date(2027, 12, 1))):
        sample = session.get_one(Sample, made.id)
        sample.expires_on = on
    session.flush()

    filters = SampleFilters(project_codes=(code,), expires=Days(last=date(2026, 12, 31)))

    assert _found(session, filters) == {soon.barcode}


def test_what_is_left_out_is_not_there(session: WriteSession) -> None:
    mine, other = make_project(session).code, make_project(session).code
    dna = _tube(session, mine).barcode
    make_sample(session, mine, material_type=MaterialType.LIBRARY)
    _tube(session, other)

    without = SampleChoices(material_types=(MaterialType.LIBRARY,), project_codes=(other.lower(),))
    filters = SampleFilters(project_codes=(mine, other), without=without)

    assert _found(session, filters) == {dna}


def test_a_project_is_found_however_its_code_is_written(session: WriteSession) -> None:
    code = make_project(session).code
    made = _tube(session, code).barcode

    assert _found(session, SampleFilters(project_codes=(code.lower(),))) == {made}


def test_only_open_holds_of_the_kind_count(session: WriteSession) -> None:
    code = make_project(session).code
    first, second, third = (_tube(session, code) for _ in range(3))
    for made, kind in ((first, HoldKind.QUARANTINE), (second, HoldKind.PAYMENT)):
        service.set_hold(session, EVERYBODY, sample_id=made.id, kind=kind, reason="Checks")
    service.set_hold(
        session, EVERYBODY, sample_id=third.id, kind=HoldKind.QUARANTINE, reason="Checks"
    )
    service.release_hold(
        session, EVERYBODY, sample_id=third.id, kind=HoldKind.QUARANTINE, reason="Checked"
    )

    filters = SampleFilters(project_codes=(code,), hold_kinds=(HoldKind.QUARANTINE,))

    assert _found(session, filters) == {first.barcode}


def test_a_place_holds_what_stands_anywhere_inside_it(session: WriteSession) -> None:
    project = session.get_one(Project, make_project(session).id)
    freezer = make_freezer(session, boxes=2, label="ULT-77")
    tubes = [make_tube(session, project) for _ in range(3)]
    first, second = (
        session.get_one(Sample, tube).barcode
        for tube, box in zip(tubes, freezer.box_ids, strict=False)
        if stand(session, tube, box, 1, 1)
    )

    by_label = _found(session, SampleFilters(place="b-1", project_codes=(project.code,)))
    by_path = _found(session, SampleFilters(place="ULT-77/1/A/B-2"))
    whole = _found(session, SampleFilters(place="ult-77"))
    nowhere = _found(session, SampleFilters(place="ULT-78"))

    assert (by_label, by_path) == ({first}, {second})
    assert (whole, nowhere) == ({first, second}, set())
