"""The address of a view of the samples, and the columns that it names."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.samples.ids import SampleId, Status
from backend.samples.schemas import Amounts, SampleFilters, SampleOrder, SampleSort
from backend.samples.views import SampleRow
from dashboard.pages.samples import address, columns, panels
from dashboard.pages.samples.address import ListAddress

BERLIN = ZoneInfo("Europe/Berlin")

PAIRS = st.lists(
    st.one_of(
        st.tuples(st.just("status"), st.sampled_from([each.value for each in Status])),
        st.tuples(st.just("project"), st.text("AB:,%&=+ é", min_size=1).filter(str.strip)),
        st.tuples(st.just("text"), st.text("ab:,%&=+ é", min_size=1, max_size=20)),
        st.tuples(st.just("hold"), st.sampled_from(["yes", "no"])),
    )
    .map(lambda pair: (pair[0], pair[1].strip()))
    .filter(lambda pair: bool(pair[1])),
    max_size=5,
    unique=True,
)
ORDERS = st.builds(SampleOrder, by=st.sampled_from(SampleSort), descending=st.booleans())


@given(pairs=PAIRS, order=ORDERS)
def test_a_view_survives_the_way_through_its_address(
    pairs: list[tuple[str, str]], order: SampleOrder
) -> None:
    query = address.to_query(pairs, order, ("barcode", "volume"))

    read = address.parse_search(query)

    assert read == ListAddress(pairs=tuple(pairs), order=order, columns=("barcode", "volume"))


def test_the_links_of_the_overview_are_understood() -> None:
    read = address.parse({"f": "status:pending"})

    assert address.filters_of(read.pairs, BERLIN) == SampleFilters(statuses=(Status.PENDING,))


def test_several_values_of_a_key_are_alternatives_and_keys_add_up() -> None:
    read = address.parse({"f": "status:pending,status:failed,below:20"})

    assert address.filters_of(read.pairs, BERLIN) == SampleFilters(
        statuses=(Status.PENDING, Status.FAILED), volume_ul=Amounts(below=Decimal(20))
    )


def test_days_are_the_laboratorys_and_the_last_one_counts() -> None:
    read = address.parse({"f": "from:2026-11-01,to:2026-11-01"})

    filters = address.filters_of(read.pairs, BERLIN)

    assert filters.created_from == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert filters.created_before == datetime(2026, 11, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "part", ["status:gone", "colour:red", "from:2026-13-01", "below:much", "hold:maybe", "status"]
)
def test_what_cannot_be_read_is_named_and_left_out(part: str) -> None:
    read = address.parse({"f": f"{part},type:rna"})

    assert read.pairs == (("type", "rna"),)
    assert len(read.unread) == 1


def test_an_unknown_sort_is_newest_first() -> None:
    assert address.parse({"sort": "-colour"}).order == SampleOrder()


def test_the_search_field_leads_to_a_text_filter() -> None:
    assert address.parse({"q": " DNA-26 "}).pairs == (("text", "DNA-26"),)


def test_the_barcode_is_always_shown() -> None:
    assert columns.chosen_columns(["volume", "bogus"]) == ("barcode", "volume")


def test_the_grids_own_sort_wins_over_the_address() -> None:
    asked = columns.order_of([{"colId": "volume", "sort": "asc"}], SampleOrder())

    assert asked == SampleOrder(by=SampleSort.VOLUME, descending=False)


def test_a_count_by_status_leads_to_those_and_back() -> None:
    here = address.parse({"f": "type:rna,status:failed"})

    drawn = {str(vars(each)["href"]) for each in panels.facets(here, {"failed": 3})}

    assert "/samples?f=type:rna" in drawn
    assert "/samples?f=type:rna,status:failed,status:pending" in drawn


def test_nobody_has_counted_yet_is_said_and_no_figure_shown() -> None:
    assert panels.facets(ListAddress(), None) == []
    (words,) = panels.count_words(None, 5)
    assert vars(words)["children"] == "Counting"


@given(st.dictionaries(st.sampled_from(["f", "q", "sort", "cols"]), st.text(max_size=60)))
def test_no_address_is_an_error(query: dict[str, str]) -> None:
    read = address.parse(query)

    address.filters_of(read.pairs, BERLIN)
    assert address.parse(dict(parse_qsl(address.href(read).partition("?")[2]))).pairs == read.pairs


@pytest.mark.parametrize(
    ("expires_on", "said"),
    [
        (None, ""),
        (date(2026, 11, 29), ""),
        (date(2026, 11, 28), "28\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026"),
    ],
)
def test_a_row_says_that_its_sample_expired_by_the_laboratorys_day(
    expires_on: date | None, said: str
) -> None:
    # Half past eleven at night in London is tomorrow in Berlin.
    now = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    row = SampleRow(
        id=SampleId(new_id()),
        barcode="DNA-1",
        name="Tube",
        project_code="P-1",
        material_type="gdna",
        status="pending",
        subject_code=None,
        volume_ul=None,
        concentration_ng_per_ul=None,
        rin=None,
        din=None,
        temperature_class="-20",
        received_at=None,
        created_at=now,
        custody="not_placed",
        qc_verdict="none",
        priority="normal",
        expires_on=expires_on,
    )

    cells = columns.row_cells(row, location=None, holds=[], alarmed=[], zone=BERLIN, now=now)

    assert cells["status"]["expired"] == said
