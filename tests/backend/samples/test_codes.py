"""Codes of tubes: series made here, bought tubes, and which codes are taken at registration."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select

from backend.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.events.models import AuditEntry
from backend.samples import codes, issuing, service
from backend.samples.codes import ForeignCodes, Series
from backend.samples.errors import BarcodeRefused, BarcodeTaken
from backend.samples.ids import MaterialType
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

HMG = Series(prefix="HMG", digits=7)


def test_a_code_of_a_series_closes_with_its_check_character() -> None:
    code = codes.code_of(HMG, 1234)

    assert code.startswith("HMG-0001234")
    assert codes.misread(code, [HMG]) is None


def test_a_misread_code_of_a_series_is_told_from_a_strangers() -> None:
    code = codes.code_of(HMG, 1234)
    misread = code.replace("1234", "1243")

    assert "misread" in (codes.misread(misread, [HMG]) or "")
    assert codes.misread(misread, []) is None


def test_a_series_of_a_material_goes_before_one_for_all() -> None:
    rna = Series(prefix="RNX", digits=7, material_types=(MaterialType.RNA,))

    assert codes.series_for([HMG, rna], MaterialType.RNA) == rna
    assert codes.series_for([HMG, rna], MaterialType.GDNA) == HMG
    assert codes.series_for([rna], MaterialType.GDNA) is None


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("FD0001", "FD00100", "different lengths"),
        ("FD0100", "FD0001", "comes after"),
        ("FD0001", "FX0100", "begin differently"),
        ("ABC", "ABD", "end in a number"),
        ("A00000000", "A99999999", "at most"),
    ],
)
def test_two_codes_that_span_no_range_are_refused(first: str, last: str, why: str) -> None:
    refused = codes.tubes_between(first, last)

    assert isinstance(refused, str)
    assert why in refused


def test_a_range_holds_its_ends_and_nothing_of_another_length() -> None:
    tubes = codes.tubes_between("1234500098", "1234500102")

    assert not isinstance(tubes, str)
    assert tubes.count == 5
    assert tubes.holds("1234500098")
    assert tubes.holds("1234500102")
    assert not tubes.holds("1234500103")
    assert not tubes.holds("12345000980")
    assert not tubes.holds("FD34500098")


def test_samples_take_their_codes_from_the_series(session: WriteSession) -> None:
    service.set_series(session, EVERYBODY, prefix="hmg", digits=7, start_at=12)

    first, second = make_sample(session), make_sample(session)

    assert first.barcode == codes.code_of(HMG, 12)
    assert second.barcode == codes.code_of(HMG, 13)


def test_the_next_number_of_each_series_is_known(session: WriteSession) -> None:
    service.set_series(session, EVERYBODY, prefix="HMG", digits=7, start_at=12)
    service.set_series(session, EVERYBODY, prefix="NEW", digits=7, is_active=False)
    before = issuing.next_numbers(session)

    make_sample(session)

    assert before == {"HMG": 12, "NEW": 1}
    assert issuing.next_numbers(session) == {"HMG": 13, "NEW": 1}


def test_a_number_that_a_tube_carries_already_is_left_out(session: WriteSession) -> None:
    service.set_series(session, EVERYBODY, prefix="HMG", digits=7)
    make_sample(session, barcode=codes.code_of(HMG, 1))

    assert make_sample(session).barcode == codes.code_of(HMG, 2)


def test_a_batch_takes_its_codes_from_the_series_in_the_order_of_its_rows(
    session: WriteSession,
) -> None:
    service.set_series(session, EVERYBODY, prefix="HMG", digits=7)
    project = make_project(session).code
    rows = [registration(project) for _ in range(3)]

    made = service.register_batch(session, EVERYBODY, registrations=rows, import_id=new_id())

    assert made.barcodes == [codes.code_of(HMG, number) for number in (1, 2, 3)]


def test_a_series_keeps_its_width_and_a_used_up_one_says_so(session: WriteSession) -> None:
    service.set_series(session, EVERYBODY, prefix="HMG", digits=4, start_at=9999)
    make_sample(session)

    with pytest.raises(Conflict, match="last number"):
        make_sample(session)
    with pytest.raises(Conflict, match="has 4 digits"):
        service.set_series(session, EVERYBODY, prefix="HMG", digits=6)


def test_a_series_that_cannot_be_is_refused_by_field(session: WriteSession) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.set_series(session, EVERYBODY, prefix="1;drop", digits=3, start_at=0)

    assert set(refused.value.fields) == {"prefix", "digits", "start_at"}


@pytest.mark.slow
def test_two_who_register_at_once_get_two_numbers(committed_database: Engine) -> None:
    with writing() as session:
        service.set_series(session, EVERYBODY, prefix="HMG", digits=7)
        project = make_project(session).code
    made: list[str] = []
    together = Barrier(4)

    def register() -> None:
        with writing() as session:
            together.wait()
            made.append(make_sample(session, project).barcode)

    threads = [Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [codes.code_of(HMG, number) for number in (1, 2, 3, 4)]


def test_a_bought_tube_is_taken_once(session: WriteSession) -> None:
    service.add_tube_range(session, EVERYBODY, first="fd0001", last="FD0100", note="Lot 7")
    service.set_foreign_codes(session, EVERYBODY, ForeignCodes.RANGES)

    made = make_sample(session, barcode="FD0042")

    assert made.barcode == "FD0042"
    assert [each.used for each in issuing.list_tube_ranges(session)] == [1]
    with pytest.raises(BarcodeTaken, match="FD0042 already belongs"):
        make_sample(session, barcode="FD0042")


def test_a_tube_of_no_range_is_refused_where_the_laboratory_asks_for_ranges(
    session: WriteSession,
) -> None:
    make_sample(session, barcode="STRAY-1")
    service.set_foreign_codes(session, EVERYBODY, ForeignCodes.RANGES)

    with pytest.raises(BarcodeRefused, match="no registered range") as refused:
        make_sample(session, barcode="STRAY-2")

    assert "barcode" in refused.value.fields


def test_codes_made_here_need_no_range(session: WriteSession) -> None:
    service.set_foreign_codes(session, EVERYBODY, ForeignCodes.RANGES)

    assert make_sample(session).barcode.startswith("DNA-")


def test_a_misread_code_is_refused_at_the_bench(session: WriteSession) -> None:
    service.set_series(session, EVERYBODY, prefix="HMG", digits=7)

    with pytest.raises(BarcodeRefused, match="misread"):
        make_sample(session, barcode=codes.code_of(HMG, 77).replace("77", "78"))


def test_a_list_refuses_only_the_rows_whose_code_is_of_no_range(session: WriteSession) -> None:
    service.add_tube_range(session, EVERYBODY, first="FD0001", last="FD0100")
    service.set_foreign_codes(session, EVERYBODY, ForeignCodes.RANGES)
    project = make_project(session).code
    rows = [registration(project, barcode=code) for code in ("FD0001", "XX0002", "FD0003")]

    made = service.register_batch(session, EVERYBODY, registrations=rows, import_id=new_id())

    assert made.barcodes == ["FD0001", "FD0003"]
    assert [(row, field) for row, field, _ in made.refused] == [(1, "barcode")]


def test_ranges_do_not_overlap_until_one_is_closed(session: WriteSession) -> None:
    range_id = service.add_tube_range(session, EVERYBODY, first="FD0001", last="FD0100")

    with pytest.raises(Conflict, match="FD0001 to FD0100"):
        service.add_tube_range(session, EVERYBODY, first="FD0100", last="FD0200")

    service.close_tube_range(session, EVERYBODY, range_id=range_id, reason="Sent back")
    service.add_tube_range(session, EVERYBODY, first="FD0100", last="FD0200")
    with pytest.raises(NotFound):
        service.close_tube_range(session, EVERYBODY, range_id=range_id, reason="Again")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "samples.tube_range_closed")
    ).one()
    assert entry.reason == "Sent back"


def test_who_may_not_configure_sets_nothing_up(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    person = principal_of(Permission.SAMPLES_REGISTER)

    with pytest.raises(PermissionDenied):
        service.set_series(session, person, prefix="HMG", digits=7)
    with pytest.raises(PermissionDenied):
        service.add_tube_range(session, person, first="A1", last="A9")
    with pytest.raises(PermissionDenied):
        service.set_foreign_codes(session, person, ForeignCodes.RANGES)
