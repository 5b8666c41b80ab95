"""What is typed into the search box is understood whole, or what is not is named with its place."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples import finding
from backend.samples.finding_terms import Pair, filters_of, pairs_of
from backend.samples.ids import (
    ArrivalCondition,
    HoldKind,
    MaterialType,
    Priority,
    QcVerdict,
    Status,
)
from backend.samples.schemas import Amounts, Days, Instants, SampleChoices, SampleFilters

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 25)
"""A Wednesday."""


def _filters(typed: str) -> SampleFilters:
    reading = finding.read(typed, TODAY)
    assert reading.findings == ()
    return filters_of(reading.pairs, BERLIN, TODAY)


def _said(typed: str) -> list[tuple[str, str]]:
    return [(each.typed, each.message) for each in finding.read(typed, TODAY).findings]


@pytest.mark.parametrize(
    ("typed", "bounds"),
    [
        ("volume < 50 uL", Amounts(below=Decimal(50))),
        ("volume<50", Amounts(below=Decimal(50))),
        ("vol<=50µL", Amounts(most=Decimal(50))),
        ("volume ≥ 500 nL", Amounts(least=Decimal("0.5"))),
        ("volume > 1.5 ml", Amounts(above=Decimal(1500))),
        ("volume:10..50 uL", Amounts(least=Decimal(10), most=Decimal(50))),
        ("volume:500nL..2uL", Amounts(least=Decimal("0.5"), most=Decimal(2))),
        ("volume:..20", Amounts(most=Decimal(20))),
        ("volume=7", Amounts(least=Decimal(7), most=Decimal(7))),
        ("volume > 10 volume < 50", Amounts(above=Decimal(10), below=Decimal(50))),
    ],
)
def test_a_volume_is_compared_in_the_unit_that_is_written(typed: str, bounds: Amounts) -> None:
    assert _filters(typed).volume_ul == bounds


@pytest.mark.parametrize(
    ("typed", "least"),
    [
        ("conc >= 10 ng/uL", Decimal(10)),
        ("conc>=10ng/µl", Decimal(10)),
        ("concentration >= 10 pg/uL", Decimal("0.01")),
        ("conc >= 10 ug/mL", Decimal(10)),
        ("conc >= 10 ng/mL", Decimal("0.01")),
        ("conc >= 2 mg/ml", Decimal(2000)),
    ],
)
def test_a_concentration_is_converted_to_nanograms_per_microlitre(
    typed: str, least: Decimal
) -> None:
    assert _filters(typed).concentration_ng_per_ul == Amounts(least=least)


def test_words_around_conditions_are_the_text_that_names_start_with() -> None:
    filters = _filters('liver "lobe: 3" rin<7 biopsy type:rna')

    assert filters.search == "liver lobe: 3 biopsy"
    assert filters.rin == Amounts(below=Decimal(7))
    assert filters.material_types == (MaterialType.RNA,)


def test_words_of_closed_vocabularies_are_taken_as_people_write_them() -> None:
    filters = _filters(
        'status:"In storage",failed zone:-80C,rt qc:passed priority:HIGH hold:legal_hold'
    )

    assert filters == SampleFilters(
        statuses=(Status.IN_STORAGE, Status.FAILED),
        temperature_classes=("-80", "room"),
        qc_verdicts=(QcVerdict.PASS,),
        priorities=(Priority.HIGH,),
        hold_kinds=(HoldKind.LEGAL_HOLD,),
    )


def test_a_place_a_project_a_subject_and_a_consent_are_named() -> None:
    filters = _filters("box:ULT-03/2/C/B-0418 project:HELIX-2 subject:S-1 consent:IC-7")

    assert filters == SampleFilters(
        place="ULT-03/2/C/B-0418",
        project_codes=("HELIX-2",),
        subject_code="S-1",
        consent="IC-7",
    )


def test_how_samples_arrived_is_asked_in_the_words_of_the_desk() -> None:
    filters = _filters('arrival:thawed,"label unreadable",hemolyzed -arrival:good')

    assert filters.arrivals == (
        ArrivalCondition.THAWED,
        ArrivalCondition.LABEL_UNREADABLE,
        ArrivalCondition.HAEMOLYSED,
    )
    assert filters.without == SampleChoices(arrivals=(ArrivalCondition.GOOD,))
    assert "Write one of good, thawed" in _said("arrival:melted")[0][1]


def test_a_minus_sign_leaves_out() -> None:
    filters = _filters("-status:failed -project:OLD -hold:yes")

    assert filters.without == SampleChoices(statuses=(Status.FAILED,), project_codes=("OLD",))
    assert filters.on_hold is False


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("today", date(2026, 11, 25), date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 24), date(2026, 11, 24)),
        ("thisweek", date(2026, 11, 23), date(2026, 11, 29)),
        ("lastmonth", date(2026, 10, 1), date(2026, 10, 31)),
        ("7d", date(2026, 11, 19), date(2026, 11, 25)),
        ("2026-11-01", date(2026, 11, 1), date(2026, 11, 1)),
        ("2026-11-01..yesterday", date(2026, 11, 1), date(2026, 11, 24)),
        ("2026-11-01..", date(2026, 11, 1), None),
    ],
)
def test_days_are_words_dates_and_ranges(typed: str, first: date, last: date | None) -> None:
    assert _filters(f"collected:{typed}").collected == Days(first=first, last=last)


def test_days_of_moments_are_the_laboratorys() -> None:
    filters = _filters("created:2026-11-01 received>2026-11-01")

    assert filters.created_from == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert filters.created_before == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert filters.received == Instants(since=datetime(2026, 11, 1, 23, tzinfo=UTC))


def test_an_expiry_looks_ahead() -> None:
    assert _filters("expires:30d").expires == Days(first=TODAY, last=date(2026, 12, 25))
    assert _filters("expires:past").expires == Days(last=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("typed", "piece", "word"),
    [
        ("rna volume < 50 gallons", "volume < 50 gallons", "nL, uL or mL"),
        ("conc > 4 nM", "conc > 4 nM", "fragment size"),
        ("volume < 1,5", "volume < 1,5", "point"),
        ("volume < ", "volume < ", "number"),
        ("status:gone rna", "status:gone", "pending"),
        ("colour:red", "colour:red", "quotes"),
        ("created:2026-13-01", "created:2026-13-01", "today"),
        ("expires:past created:past", "created:past", "today"),
        ('rna "liver', '"liver', "second quote"),
        ("-volume<5", "-volume<5", "Turn"),
        ("-subject:S-1", "-subject:S-1", "-status:"),
        ("status<5", "status<5", "volume, conc and rin"),
        ("box:", "box:", "value"),
        ("rin < 7 hold:perhaps", "hold:perhaps", "yes, no"),
    ],
)
def test_what_is_not_understood_is_named_with_what_to_write(
    typed: str, piece: str, word: str
) -> None:
    ((found, message),) = _said(typed)

    assert found == piece
    assert word in message


def test_what_is_understood_beside_a_finding_is_kept_for_the_person() -> None:
    reading = finding.read("type:rna volume < 5 gallons", TODAY)

    assert reading.pairs == (("type", "rna"),)
    assert (reading.findings[0].start, reading.findings[0].end) == (9, 27)


TEXTS = st.text("ab:,\"\\<>=-.é 0'", min_size=1, max_size=20).map(str.strip).filter(bool)
NUMBERS = st.decimals(0, 100_000, places=3).map(lambda n: format(n.normalize(), "f"))
PAIRS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["status", "-status"]), st.sampled_from(list(Status))),
        st.tuples(st.sampled_from(["project", "-project", "subject", "place"]), TEXTS),
        st.tuples(st.just("hold"), st.sampled_from(["yes", *HoldKind])),
        st.tuples(
            st.sampled_from(["volume", "conc", "rin"]),
            st.builds("{}{}".format, st.sampled_from(["<", ">=", ">", "<=", ""]), NUMBERS),
        ),
        st.tuples(
            st.sampled_from(["created", "received", "collected", "expires"]),
            st.sampled_from(["today", "7d", ">=2026-01-02", "2026-01-02..2026-02-01", "..today"]),
        ),
    ).map(lambda pair: (pair[0], str(pair[1]))),
    max_size=5,
    unique=True,
)


@given(pairs=PAIRS, text=st.none() | TEXTS)
def test_what_is_written_is_read_as_the_same(pairs: list[Pair], text: str | None) -> None:
    whole = [*([] if text is None else [("text", text)]), *pairs]

    reading = finding.read(finding.write(whole), TODAY)

    assert reading.findings == ()
    assert list(reading.pairs) == whole


@given(pairs=PAIRS, text=st.none() | TEXTS)
def test_filters_survive_the_way_through_the_language(pairs: list[Pair], text: str | None) -> None:
    whole = [*([] if text is None else [("text", text)]), *pairs]
    filters = filters_of(whole, BERLIN, TODAY)

    typed = finding.write(pairs_of(filters, BERLIN))

    assert _filters(typed) == filters


@given(st.text(max_size=60) | st.text('volume<>=:50 uL-"status.,', max_size=30))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    reading = finding.read(typed, TODAY)

    filters_of(reading.pairs, BERLIN, TODAY)
    assert all(typed[each.start : each.end] == each.typed for each in reading.findings)


def test_the_beginning_of_a_sprec_code_is_sought_in_any_capitals() -> None:
    assert _filters("sprec:ser-?-A").sprec == "SER-?-A"
    assert _filters("sprec:SER-SST-A-B-N-A-A").sprec == "SER-SST-A-B-N-A-A"


@pytest.mark.parametrize("typed", ["SERUM", "SER-SST-AB", "SER%", "S?R", "-SER", "A-B-C"])
def test_what_begins_no_sprec_code_is_said(typed: str) -> None:
    reading = finding.read(f"sprec:{typed}", TODAY)

    assert reading.pairs == ()
    assert "begins no SPREC code" in reading.findings[0].message
