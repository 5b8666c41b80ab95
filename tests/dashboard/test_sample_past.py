"""A sample's page as of an instant, what was signed of it, and whether its entries verify."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import pytest
from dash import html
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from backend.auth.ids import Role
from backend.auth.views import SignatureView
from backend.core.ids import new_id
from backend.core.principal import UserId
from backend.core.transaction import reading, writing
from backend.events.queries import entity_history
from backend.events.views import ChainChecks, ChainCheckView, RecordChain
from backend.samples import queries, service
from backend.samples.past.replaying import settled
from dashboard import gate
from dashboard.pages.samples import detail_ids as ids
from dashboard.pages.samples import past_address
from dashboard.pages.samples.detail_events import chain_state
from dashboard.pages.samples.detail_past_callbacks import show_past
from dashboard.pages.samples.detail_signatures import signature_table, standing_at
from dashboard.pages.samples.detail_timeline import timeline
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_sample

NBSP = "\N{NO-BREAK SPACE}"
LISBON = ZoneInfo("Europe/Lisbon")
NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SignedIn = Callable[..., FlaskClient]


def drawn(client: FlaskClient, path: str, search: str) -> str:
    asked = callback_request(
        "page.children",
        inputs=[("url", "pathname", path), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    answer = client.post(gate.CALLBACKS, json=asked, headers=csrf_headers(client))
    return json.dumps(answer.get_json(), ensure_ascii=False).replace(NBSP, " ")


def corrected() -> tuple[str, datetime]:
    """Return a sample whose volume was corrected, and an instant before that."""
    with writing() as session:
        made = make_sample(session, volume_ul=Decimal(50), name="Tube of a test")
    with writing() as session:
        before = session.execute(select(func.clock_timestamp())).scalar_one()
        service.correct_volume(
            session, EVERYBODY, sample_id=made.id, measured_ul=Decimal("42.5"), reason="Weighed"
        )
    return made.barcode, before


def test_the_page_of_a_past_instant_says_so_marks_what_differs_and_offers_no_act(
    signed_in: SignedIn, bound_database: Engine
) -> None:
    code, before = corrected()

    page = drawn(
        signed_in(Role.TECHNICIAN), f"/samples/{code}", past_address.past_search(before, LISBON)
    )

    assert "As of " in page
    assert "1 field differs from today. Nothing can be done" in page
    assert "50 µL" in page
    assert "today 42.5 µL" in page
    assert "Back to now" in page
    assert "data-dialog" not in page
    assert ids.BODY not in page


@pytest.mark.parametrize(
    ("asof", "said"),
    [
        ("yesterday", "This time cannot be read"),
        ("2001-01-01T00:00:00+00:00", "There is no record of that time"),
        ("2999-01-01T00:00:00+00:00", "still to come"),
    ],
)
def test_a_time_without_a_record_is_told_in_a_sentence(
    signed_in: SignedIn, bound_database: Engine, asof: str, said: str
) -> None:
    code, _ = corrected()

    page = drawn(signed_in(Role.TECHNICIAN), f"/samples/{code}", f"?asof={quote(asof)}")

    assert said in page
    assert "Back to now" in page


def test_the_page_of_now_leads_from_each_event_to_the_record_then(
    signed_in: SignedIn, bound_database: Engine
) -> None:
    code, _ = corrected()

    page = drawn(signed_in(Role.TECHNICIAN), f"/samples/{code}", "")

    assert f"/samples/{code}?asof=" in page
    assert "Not verified yet: no check of the chain has run." in page


def test_each_line_of_the_history_leads_to_the_record_as_of_its_moment(
    signed_in: SignedIn, bound_database: Engine
) -> None:
    code, _ = corrected()
    with reading() as session:
        key = queries.get_by_barcode(session, EVERYBODY, code).row.id
        entries = entity_history(session, "sample", key)

    page = drawn(signed_in(Role.TECHNICIAN), f"/samples/{code}", "?tab=history")

    assert page.count("As of this moment") == len(entries) == 2
    led = [
        past_address.parse_asof(unquote(to), LISBON) for to in re.findall(r'asof=([^"\\]+)', page)
    ]
    assert led == [settled(list(reversed(entries)), entry.at) for entry in entries]


def test_what_a_link_leads_to_holds_all_that_the_act_wrote(bound_database: Engine) -> None:
    code, before = corrected()
    with reading() as session:
        version = queries.get_by_barcode(session, EVERYBODY, code).version

    assert version == 2
    assert (
        past_address.parse_asof(
            past_address.past_search(before, LISBON)
            .partition("=")[2]
            .replace("%3A", ":")
            .replace("%2B", "+"),
            LISBON,
        )
        == before
    )


def test_a_time_is_the_laboratorys_and_its_minute_counts_to_the_end() -> None:
    summer = past_address.parse_asof("2026-07-01T10:00", LISBON)

    assert summer == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    assert past_address.parse_asof("2026-07-01T10:00:00 01:00", LISBON) == summer
    assert past_address.end_of_minute(NINE, NINE + HOUR).second == 59
    assert past_address.end_of_minute(NINE, NINE) == NINE
    assert past_address.past_search(summer, LISBON) == "?asof=2026-07-01T10%3A00%3A00%2B01%3A00"


def signature(**given: object) -> SignatureView:
    facts: dict[str, object] = {
        "id": new_id(),
        "signer_id": UserId(new_id()),
        "signer_name": "Ines Karlsson",
        "meaning": "approval of a quality control override",
        "record_digest": "ab" * 32,
        "signed_at": NINE,
        "voided_at": None,
        "voided_by_name": None,
        "void_reason": None,
        **given,
    }
    return SignatureView(**facts)  # type: ignore[arg-type]  # facts of a test


VOIDED = signature(
    voided_at=NINE + 2 * HOUR,
    voided_by_name="Tomasz Nowak",
    void_reason="DNA-1 was judged anew by gdna v2: fail.",
)


def test_a_voided_signature_stays_and_says_by_what_who_and_when() -> None:
    shown = str(html.Div(signature_table([VOIDED, signature()], zone=LISBON))).replace("\\xa0", " ")

    assert "Voided 18 Nov 2026, 11:00 by Tomasz Nowak" in shown
    assert "judged anew by gdna v2: fail." in shown
    assert "Valid" in shown
    assert shown.count("Ines Karlsson") == 2


def test_a_signature_that_was_voided_later_was_valid_then() -> None:
    assert standing_at([VOIDED], NINE - HOUR) == []
    assert standing_at([VOIDED], NINE + HOUR)[0].voided_at is None
    assert standing_at([VOIDED], NINE + 3 * HOUR) == [VOIDED]


def test_the_timeline_tells_a_signature_and_what_voided_it() -> None:
    told = timeline([], [], [], [VOIDED], registered_at=NINE - HOUR)

    assert [(each.title, each.by) for each in told] == [
        ("Signature voided", "Tomasz Nowak"),
        ("Signed", "Ines Karlsson"),
        ("Registered", ""),
    ]
    assert "voided by Tomasz Nowak: DNA-1 was judged anew" in told[1].detail


def check(**given: object) -> ChainCheckView:
    facts: dict[str, object] = {
        "at": NINE,
        "is_whole": False,
        "from_pos": 0,
        "to_pos": 1204,
        "broken_pos": None,
        "said": None,
        **given,
    }
    return ChainCheckView(**facts)  # type: ignore[arg-type]  # facts of a test


def words(chain: RecordChain) -> str:
    return str(chain_state(chain, zone=LISBON, now=NINE))


def test_the_chain_of_a_record_is_told_in_words() -> None:
    good, broken = check(), check(to_pos=9, broken_pos=10, said="Changed.")
    whole = ChainChecks(last=good, whole=good)

    assert "2 entries verify: chain followed to position 1,204" in words(
        RecordChain(sealed=2, unsealed=0, verified=2, checks=whole)
    )
    assert "1 entry waits for the next check." in words(
        RecordChain(sealed=2, unsealed=1, verified=2, checks=whole)
    )
    assert "broken at position 10" in words(
        RecordChain(sealed=2, unsealed=0, verified=1, checks=ChainChecks(last=broken, whole=None))
    )
    assert "Not verified yet" in words(
        RecordChain(sealed=0, unsealed=1, verified=0, checks=ChainChecks(last=None, whole=None))
    )


def test_a_time_that_cannot_be_meant_is_refused_at_its_field(signed_in: SignedIn) -> None:
    with signed_in(Role.TECHNICIAN).application.app_context():
        assert show_past(1, "", "DNA-1") == "Choose date and time."
        assert "still to come" in show_past(1, "2999-01-01T10:00", "DNA-1")


def test_the_trail_says_what_the_program_found_by_itself(
    signed_in: SignedIn, bound_database: Engine
) -> None:
    page = drawn(signed_in(Role.ADMINISTRATOR), "/admin", "?tab=audit")

    assert "The program checks the chain every quarter of an hour" in page
