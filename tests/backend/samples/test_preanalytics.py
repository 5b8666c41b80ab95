"""The time before storage: recorded, coded, overridden, inherited."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import listed, pages, preanalytics, service, sprec_codes, windows
from backend.samples.errors import PreanalyticalNotFound, RegistrationRefused
from backend.samples.ids import LineageKind, ProjectId, SampleId
from backend.samples.ledger_models import SampleParent
from backend.samples.making_schemas import Aliquoting, Portion
from backend.samples.models import Sample
from backend.samples.preanalytical.tables import Vessel
from backend.samples.preanalytical_models import SamplePreanalytical
from backend.samples.preanalytical_schemas import FluidFacts, SolidFacts
from backend.samples.schemas import SampleFilters
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample

PrincipalOf = Callable[..., Principal]


def urine(hours: int = 3) -> FluidFacts:
    stored_at = clock.utc_now() - timedelta(days=1)
    return FluidFacts(
        specimen="URN",
        container="PPS",
        collected_at=stored_at - timedelta(hours=hours),
        kept_at_c=Decimal(4),
        is_spun=False,
        stored_at=stored_at,
        storage_c=Decimal(-80),
        vessel=Vessel.CRYOTUBE,
    )


def recorded(session: WriteSession) -> SampleId:
    sample = make_sample(session, volume_ul=Decimal(1000)).id
    service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=urine())
    return sample


def trail(session: WriteSession, sample: SampleId, kind: str) -> list[AuditEntry]:
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.entity_id == sample, AuditEntry.action == kind)
            .order_by(AuditEntry.id)
        )
    )


def test_the_code_follows_from_what_is_recorded(session: WriteSession) -> None:
    sample = recorded(session)

    view = preanalytics.preanalytical_of(session, EVERYBODY, sample)

    assert view is not None
    assert (view.code, view.version) == ("URN-PPS-D-N-N-N-D", 1)


def test_a_later_record_keeps_old_and_new_in_the_trail(session: WriteSession) -> None:
    sample = recorded(session)

    service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=urine(hours=5))

    newest = trail(session, sample, "samples.preanalytical_recorded")[-1]
    assert newest.old_values is not None
    assert newest.new_values is not None
    assert newest.old_values["sprec"] == "URN-PPS-D-N-N-N-D"
    assert newest.new_values["sprec"] == "URN-PPS-F-N-N-N-D"


def test_an_override_counts_until_it_is_cleared(session: WriteSession) -> None:
    sample = recorded(session)

    set_by_hand = service.override_sprec(
        session, EVERYBODY, sample_id=sample, code="urn-pps-b-n-n-n-d", reason="Courier's log"
    )
    cleared = service.clear_sprec_override(
        session, EVERYBODY, sample_id=sample, reason="The log was of another tube"
    )

    assert set_by_hand.code == "URN-PPS-B-N-N-N-D"
    assert cleared.code == "URN-PPS-D-N-N-N-D"
    assert [entry.reason for entry in trail(session, sample, "samples.sprec_overridden")] == [
        "Courier's log",
        "The log was of another tube",
    ]


@pytest.mark.parametrize(("code", "reason"), [("URN-PPS-?-N-N-N-D", "Log"), ("URN", "Log")])
def test_what_is_no_code_overrides_nothing(session: WriteSession, code: str, reason: str) -> None:
    sample = recorded(session)

    with pytest.raises(RegistrationRefused, match="seven elements"):
        service.override_sprec(session, EVERYBODY, sample_id=sample, code=code, reason=reason)


def test_an_override_without_a_reason_is_refused(session: WriteSession) -> None:
    sample = recorded(session)

    with pytest.raises(RegistrationRefused, match="reason"):
        service.override_sprec(
            session, EVERYBODY, sample_id=sample, code="URN-PPS-B-N-N-N-D", reason=" "
        )


def test_nothing_is_overridden_where_nothing_is_recorded(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(PreanalyticalNotFound, match="Nothing is recorded"):
        service.override_sprec(
            session, EVERYBODY, sample_id=sample, code="URN-PPS-B-N-N-N-D", reason="Log"
        )


def test_the_future_is_not_recorded(session: WriteSession) -> None:
    sample = make_sample(session).id
    facts = FluidFacts(specimen="URN", collected_at=clock.utc_now() + timedelta(hours=1))

    with pytest.raises(RegistrationRefused) as refusal:
        service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=facts)

    assert set(refusal.value.fields) == {"collected_at"}


def test_times_out_of_order_are_refused() -> None:
    now = clock.utc_now()

    with pytest.raises(ValidationError, match="follow one another"):
        FluidFacts(specimen="URN", collected_at=now, stored_at=now - timedelta(hours=1))


def portion_of(session: WriteSession, sample: SampleId) -> SampleId:
    aliquoting = Aliquoting(portions=(Portion(volume_ul=Decimal(50)),))
    (child,) = service.make_aliquots(session, EVERYBODY, sample_id=sample, aliquoting=aliquoting)
    return child.id


def accepted(session: WriteSession) -> SampleId:
    sample = recorded(session)
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample, action=action)
    return sample


def test_an_aliquot_shows_its_parents_code_without_the_parents_storage(
    session: WriteSession,
) -> None:
    child = portion_of(session, accepted(session))

    view = preanalytics.preanalytical_of(session, EVERYBODY, child)

    assert view is not None
    assert view.code == "URN-PPS-D-N-N-N-X"
    assert view.inherited_from is not None


def test_an_inherited_code_is_found_and_taken_out_like_an_own_one(session: WriteSession) -> None:
    parent = accepted(session)
    child, sibling = portion_of(session, parent), portion_of(session, parent)
    grandchild = portion_of(session, child)
    service.record_preanalytical(session, EVERYBODY, sample_id=sibling, facts=urine(hours=5))
    keys = [parent, child, sibling, grandchild]

    views = {key: preanalytics.preanalytical_of(session, EVERYBODY, key) for key in keys}
    taken_out = sprec_codes.codes_of(session, None, keys)

    assert taken_out == {key: view.code for key, view in views.items() if view is not None}
    assert taken_out[grandchild] == "URN-PPS-D-N-N-N-X"
    assert found(session, "URN-PPS-D") == {parent, child, grandchild}
    assert found(session, "URN-PPS-D-N-N-N-X") == {child, grandchild}
    assert found(session, "URN-PPS-D-N-N-N-D") == {parent}
    assert found(session, "URN-PPS-F") == {sibling}


def test_a_code_of_a_project_that_is_not_seen_is_not_inherited(session: WriteSession) -> None:
    other = make_project(session)
    parent, child = recorded(session), make_sample(session, other.code).id
    session.add(SampleParent(child_id=child, parent_id=parent, kind=LineageKind.ALIQUOT))
    session.flush()

    seen = listed.conditions(Sample, [other.id], SampleFilters(sprec="URN"), seen=[other.id])

    assert found(session, "URN") == {parent, child}
    assert session.scalars(select(Sample.id).where(*seen)).all() == []
    assert sprec_codes.codes_of(session, [other.id], [child]) == {}


def test_who_may_not_edit_samples_records_nothing(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id

    with pytest.raises(PermissionDenied):
        service.record_preanalytical(
            session, principal_of(Permission.SAMPLES_VIEW), sample_id=sample, facts=urine()
        )


def found(session: WriteSession, sought: str) -> set[SampleId]:
    filters = SampleFilters(sprec=sought)
    wanted = listed.conditions(Sample, None, filters, seen=None)
    return {SampleId(key) for key in session.scalars(select(Sample.id).where(*wanted))}


def test_a_sample_is_found_by_the_beginning_of_its_code_and_by_any_element(
    session: WriteSession,
) -> None:
    sample = recorded(session)

    assert all(
        sample in found(session, sought)
        for sought in (
            "U",
            "URN",
            "URN-PPS-",
            "urn-pps-d-n",
            "?-PPS",
            "URN-?-D",
            "URN-PPS-?-N-?-N-D",
        )
    )
    assert not any(
        sample in found(session, sought) for sought in ("SER", "URN-PET", "URN-?-A", "?-?-?-X")
    )


def test_what_is_found_follows_the_facts_and_the_code_set_by_hand(session: WriteSession) -> None:
    sample = recorded(session)

    service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=urine(hours=5))
    assert (sample in found(session, "URN-PPS-D"), sample in found(session, "URN-PPS-F")) == (
        False,
        True,
    )
    service.override_sprec(
        session, EVERYBODY, sample_id=sample, code="URN-PPS-A-N-N-N-A", reason="Bench book"
    )
    assert (sample in found(session, "URN-PPS-F"), sample in found(session, "URN-PPS-A")) == (
        False,
        True,
    )
    service.clear_sprec_override(session, EVERYBODY, sample_id=sample, reason="A mistake")
    assert sample in found(session, "URN-PPS-F")
    assert not listed.can_be_prepared(SampleFilters(sprec="URN"))


def test_nobody_can_write_a_code_that_does_not_follow(session: WriteSession) -> None:
    sample = recorded(session)
    stale = update(SamplePreanalytical).where(SamplePreanalytical.sample_id == sample)

    with pytest.raises(DBAPIError, match="can only be updated to DEFAULT"):
        session.execute(stale.values(code="SER-SST-A-N-N-N-A"))


@pytest.mark.parametrize("sees_parent", [True, False])
def test_a_code_from_another_project_is_found_in_a_narrowed_list_by_who_sees_both(
    session: WriteSession, principal_of: PrincipalOf, *, sees_parent: bool
) -> None:
    other = make_project(session)
    parent, child = recorded(session), make_sample(session, other.code).id
    session.add(SampleParent(child_id=child, parent_id=parent, kind=LineageKind.ALIQUOT))
    session.flush()
    reader = make_user(session)
    person = principal_of(Permission.SAMPLES_VIEW, user_id=UserId(reader.id))
    for sample in (child, parent) if sees_parent else (child,):
        project = session.get_one(Sample, sample).project_id
        service.add_member(session, EVERYBODY, project_id=ProjectId(project), user_id=reader.id)
    filters = SampleFilters(project_codes=(other.code,), sprec="URN")

    rows = windows.first_rows(session, person, filters=filters, limit=5)
    page = orjson.loads(pages.json_page(session, person, filters=filters))

    expected = [child] if sees_parent else []
    assert [row.id for row in rows] == expected
    assert [each["id"] for each in page["items"]] == [str(key) for key in expected]


def tissue(**facts: object) -> SolidFacts:
    fixed_at = clock.utc_now() - timedelta(days=3)
    known = {
        "specimen": "TIS",
        "collection": "SRG",
        "collected_at": fixed_at - timedelta(minutes=12),
        "fixation": "SNP",
        "fixed_at": fixed_at,
        "storage_c": Decimal(-80),
        "vessel": Vessel.CRYOTUBE,
    }
    return SolidFacts.model_validate(known | facts)


def test_a_tissue_is_coded_as_a_solid_and_found_by_it(session: WriteSession) -> None:
    sample = make_sample(session, material_type="tissue").id
    service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=urine())

    view = service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=tissue())

    assert (view.code, view.version) == ("TIS-SRG-X-C-SNP-N-D", 2)
    row = session.scalars(
        select(SamplePreanalytical).where(SamplePreanalytical.sample_id == sample)
    ).one()
    assert (row.is_solid, row.container, row.is_spun) == (True, None, None)
    [entry] = trail(session, sample, "samples.preanalytical_recorded")[1:]
    assert (entry.new_values or {})["fixation"] == "SNP"
    found = session.scalars(sprec_codes.having_code(None, "tis-srg-?-c-?-n")).all()
    assert found == [sample]


def test_a_tissues_override_is_a_code_of_a_solid(session: WriteSession) -> None:
    sample = make_sample(session, material_type="tissue").id
    service.record_preanalytical(session, EVERYBODY, sample_id=sample, facts=tissue())

    with pytest.raises(RegistrationRefused, match="such as TIS-SRG"):
        service.override_sprec(
            session, EVERYBODY, sample_id=sample, code="SER-SST-A-B-N-A-A", reason="Form"
        )
    view = service.override_sprec(
        session, EVERYBODY, sample_id=sample, code="tis-srg-b-c-snp-n-d", reason="Operation report"
    )

    assert view.code == "TIS-SRG-B-C-SNP-N-D"


def test_a_tissue_is_not_fixed_before_it_is_collected() -> None:
    with pytest.raises(ValidationError, match="follow one another in time"):
        tissue(fixed_at=clock.utc_now() - timedelta(days=4))
