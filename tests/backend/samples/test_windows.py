"""A window is that part of the plain ordered list, prepared or not, whatever happens meanwhile."""

import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from backend.core.principal import Origin, Permission, Principal
from backend.core.transaction import reading, writing
from backend.samples import listed, queries, service, windows
from backend.samples.ids import HoldKind, MaterialType, Priority, SampleId, Status
from backend.samples.models import Project, ProjectMember, Sample
from backend.samples.schemas import (
    Amounts,
    Days,
    SampleChoices,
    SampleFilters,
    SampleOrder,
    SampleSort,
)
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample

_numbers = itertools.count(1)
ORDERS = st.builds(SampleOrder, by=st.sampled_from(SampleSort), descending=st.booleans())
FILTERS = st.builds(
    SampleFilters,
    project_codes=st.sampled_from([(), ("ONE",), ("ONE", "TWO")]),
    statuses=st.sampled_from([(), (Status.PENDING,), (Status.PENDING, Status.REJECTED)]),
    material_types=st.sampled_from([(), (MaterialType.RNA,)]),
    priorities=st.sampled_from([(), (Priority.HIGH,)]),
    placed=st.sampled_from([None, False]),
    on_hold=st.sampled_from([None, None, None, True]),
    volume_ul=st.sampled_from([None, Amounts(below=Decimal(30)), Amounts(least=Decimal(5))]),
    rin=st.sampled_from([None, None, Amounts(above=Decimal(6))]),
    collected=st.sampled_from([None, None, Days(first=date(2026, 3, 1))]),
    without=st.sampled_from(
        [SampleChoices(), SampleChoices(statuses=(Status.REJECTED,), project_codes=("two",))]
    ),
    search=st.sampled_from([None, "tube 1", "S-2"]),
)


@pytest.fixture(scope="module")
def laboratory(module_database: Engine) -> Iterator[Engine]:
    """Yield a database with two projects and some samples of every kind."""
    with writing() as session:
        make_project(session, "ONE")
        make_project(session, "TWO")
    _register(40)
    return module_database


def _register(count: int) -> None:
    with writing() as session:
        for _ in range(count):
            number = next(_numbers)
            made = make_sample(
                session,
                ("ONE", "TWO")[number % 2],
                name=f"{'Tube' if number % 3 else 'tube'} {number * 7 % 23}",
                material_type=MaterialType.RNA if number % 4 == 0 else MaterialType.GDNA,
                temperature_class="-80",
                subject_code=f"S-{number % 5}" if number % 6 else None,
                volume_ul=Decimal(number * 13 % 50) if number % 7 else None,
                concentration_ng_per_ul=Decimal(number % 9) if number % 5 else None,
                rin=Decimal(number % 9 + 1) if number % 4 == 0 else None,
                collected_on=date(2026, 1 + number % 6, 9) if number % 3 else None,
                priority=Priority.HIGH if number % 3 == 0 else Priority.NORMAL,
            )
            if number % 11 == 0:
                service.set_hold(
                    session,
                    EVERYBODY,
                    sample_id=made.id,
                    kind=HoldKind.QUARANTINE,
                    reason="Leaks",
                )


def _reject_some(every: int) -> None:
    with writing() as session:
        keys = session.scalars(select(Sample.id).where(Sample.status == "pending")).all()
        for sample_id in list(keys)[::every]:
            service.change_status(
                session, EVERYBODY, sample_id=sample_id, action="reject", reason="Empty tube"
            )


def _rename_some(every: int) -> None:
    with writing() as session:
        keys = list(session.scalars(select(Sample.id).order_by(Sample.id)))
        for sample in session.scalars(select(Sample).where(Sample.id.in_(keys[::every]))):
            sample.name = f"tube {next(_numbers)}"
            measured = Decimal(next(_numbers) % 60)
            if measured != sample.volume_ul:
                service.correct_volume(
                    session,
                    EVERYBODY,
                    sample_id=SampleId(sample.id),
                    measured_ul=measured,
                    reason="Weighed",
                )


def _plain(principal: Principal, filters: SampleFilters, order: SampleOrder) -> list[str]:
    with reading() as session:
        scope = listed.scope_of(session, principal, filters)
        key = listed.sort_key(Sample, order.by)
        sorting = (key.desc(), Sample.id.desc()) if order.descending else (key, Sample.id)
        found = (
            queries.visible_samples(principal)
            .with_only_columns(Sample.barcode)
            .where(*listed.conditions(Sample, scope, filters, seen=scope))
            .order_by(*sorting)
        )
        return list(session.scalars(found))


def _windowed(
    principal: Principal, filters: SampleFilters, order: SampleOrder, size: int
) -> tuple[list[str], int | None]:
    found: list[str] = []
    with reading() as session:
        while True:
            start = len(found)
            window = windows.window(
                session, principal, filters=filters, order=order, start=start, end=start + size
            )
            found += [row.barcode for row in window.rows]
            if len(window.rows) < size:
                return found, window.total


def _prepare(principal: Principal, filters: SampleFilters, order: SampleOrder) -> None:
    with reading() as session:
        scope = listed.scope_of(session, principal, filters)
    with writing() as session:
        service.prepare_list(session, scope=scope, filters=filters, sort=order.by)


@given(
    filters=FILTERS,
    order=ORDERS,
    size=st.integers(7, 60),
    meanwhile=st.lists(st.sampled_from(["register", "reject", "rename", "clear"]), max_size=3),
)
@settings(max_examples=60, deadline=None)
@pytest.mark.usefixtures("laboratory")
def test_windows_are_the_plain_list_cut_in_pieces(
    filters: SampleFilters, order: SampleOrder, size: int, meanwhile: list[str]
) -> None:
    _prepare(EVERYBODY, filters, order)

    for act in meanwhile:
        match act:
            case "register":
                _register(3)
            case "reject":
                _reject_some(9)
            case "rename":
                _rename_some(7)
            case "clear":
                with writing() as session:
                    service.clear_lists(session)

    plain = _plain(EVERYBODY, filters, order)
    assert _windowed(EVERYBODY, filters, order, size) == (plain, len(plain))


@given(filters=FILTERS, order=ORDERS, size=st.integers(7, 60), is_prepared=st.booleans())
@settings(max_examples=30, deadline=None)
@pytest.mark.usefixtures("laboratory")
def test_a_members_windows_hold_the_samples_of_their_projects_and_of_no_other(
    filters: SampleFilters, order: SampleOrder, size: int, *, is_prepared: bool
) -> None:
    member = _member_of("ONE")
    # What is prepared for who sees everything must not serve a member.
    _prepare(EVERYBODY, filters, order)
    if is_prepared:
        _prepare(member, filters, order)

    found, total = _windowed(member, filters, order, size)

    plain = _plain(member, filters, order)
    assert (found, total) == (plain, len(plain))
    assert set(found) <= _barcodes_of("ONE")


@pytest.mark.usefixtures("laboratory")
def test_who_belongs_to_no_project_sees_an_empty_list() -> None:
    found = _windowed(_member_of(), SampleFilters(), SampleOrder(), 20)

    assert found == ([], 0)


def _member_of(*codes: str) -> Principal:
    with writing() as session:
        user = make_user(session)
        for code in codes:
            project_id = session.scalars(select(Project.id).where(Project.code == code)).one()
            session.add(ProjectMember(project_id=project_id, user_id=user.id))
    return Principal(
        user_id=user.id,
        name=user.name,
        permissions=frozenset({Permission.SAMPLES_VIEW}),
        origin=Origin.UI,
        request_id="r",
    )


def _barcodes_of(code: str) -> set[str]:
    with reading() as session:
        found = select(Sample.barcode).join(Project, Project.id == Sample.project_id)
        return set(session.scalars(found.where(Project.code == code)))
