"""The page that checks sheets: what is shown of one, what the acts on it make, what is refused."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.sheets.checking import examine
from dashboard import gate
from dashboard.pages.sheets import drawing, held, ids
from dashboard.pages.sheets.callbacks import acted, show
from dashboard.pages.sheets.held import Held
from dashboard.pages.sheets.words import shown
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.support.sheets import AVITI, V1, V2

RUN_INFO = b"""<RunInfo><Run Id="R1"><Reads>
<Read Number="1" NumCycles="151" IsIndexedRead="N"/>
<Read Number="2" NumCycles="8" IsIndexedRead="Y"/>
<Read Number="3" NumCycles="8" IsIndexedRead="Y" IsReverseComplement="Y"/>
<Read Number="4" NumCycles="151" IsIndexedRead="N"/>
</Reads></Run></RunInfo>"""


def sheet(text: str) -> Held:
    return held.taken(text.encode(), "sheet.csv")


def drawn(text: str) -> str:
    one = sheet(text)
    parts = drawing.result(one.name, one.mark, held.look(one, None), None)
    return "".join(json.dumps(each.to_plotly_json(), default=_plain) for each in parts)


def _plain(component: Any) -> Any:
    return component.to_plotly_json()


def test_what_was_understood_is_shown_with_its_places() -> None:
    told = drawn(V2)

    for words in ("Illumina, second format", "3, of 3 samples", "R1 151, I1 10, I2 10, R2 151"):
        assert words in told
    assert "AdapterRead1" in told
    assert "CCGCGGTT" in told


def test_fix_all_rests_where_nothing_can_be_mended_at_once() -> None:
    def rests(text: str) -> bool:
        return show(sheet(text).kept(), None)[2]

    assert rests(V2)
    assert not rests(V2.replace("1,S1,", "1, S1,"))
    assert show(None, None)[2]


def test_a_finding_has_its_line_its_column_its_code_and_a_button() -> None:
    told = drawn(V2.replace("1,S1,", "1, S1,"))

    assert '"spaces"' in told
    assert "Leave them out, line 20" in told
    assert '"type": "sheets-fix"' in told


def test_one_fix_changes_its_cell_and_nothing_else() -> None:
    before = sheet(V2.replace("1,S1,", "1, S1,").replace("1,S2,", "1, S2,"))
    seen = held.look(before, None)
    place = next(n for n, each in enumerate(seen.findings) if each.line == 20)

    after = held.fixed(before, None, place)

    assert after.content.decode() == V2.replace("1,S2,", "1, S2,")
    assert after.undone().content == before.content


def test_all_fixes_are_made_at_once_and_taken_back_at_once() -> None:
    before = sheet(V2.replace("1,S1,CCGCGGTT", "1, S1,ccgcggtt"))

    after = acted(ids.FIX_ALL, before, None, None)

    assert after is not None
    assert after.content.decode() == V2
    assert acted(ids.UNDO, after, None, None) == Held(before.name, before.content)


def test_a_press_on_a_text_that_has_changed_changes_nothing() -> None:
    before = sheet(V2.replace("1,S1,", "1, S1,"))

    late = acted({"type": "sheets-fix", "place": 0, "of": "another"}, before, None, None)

    assert late is before


@pytest.mark.parametrize("text", [V1, V2, AVITI])
def test_i5_turned_round_twice_is_what_it_was(text: str) -> None:
    once = held.turned(sheet(text))
    twice = held.turned(once)

    was, turned, again = (examine(each.encode()) for each in (text, once.content.decode(), ""))
    assert once.content != text.encode()
    assert examine(twice.content).sheet == was.sheet
    assert turned.sheet != was.sheet
    assert again.sheet is None


def test_i5_is_not_turned_while_one_cannot_be_read() -> None:
    with pytest.raises(SheetRefused, match="S1 on line 20 cannot be read"):
        held.turned(sheet(V2.replace("AGCGCTAG", "AGCGZTAG")))


def test_the_first_format_becomes_the_second_by_what_run_info_says() -> None:
    info = held.run_info(held.taken(RUN_INFO, "RunInfo.xml").kept())

    after = held.converted(sheet(V1), info, I5Orientation.FORWARD)

    made = examine(after.content).sheet
    assert made is not None
    assert made.dialect.value == "illumina_v2"
    # The run reads i5 reversed, whatever was chosen, and a sheet of the second format has it
    # forward.
    assert made.samples[0].index2 == ("TTAGCGCT",)
    assert any("turned round" in each for each in after.notes)


def test_a_sheet_with_errors_is_not_converted() -> None:
    with pytest.raises(SheetRefused, match="Correct the sheet's errors first"):
        held.converted(sheet(V1.replace("S2", "S 2/")), None, None)


def test_a_text_that_is_too_large_is_refused_with_its_sentence() -> None:
    with pytest.raises(SheetRefused, match="larger than 5 MB"):
        held.taken(b"x" * 5_000_001, "large.csv")


def test_hostile_cells_are_shown_as_what_they_are() -> None:
    assert shown("a\x00b\x1b[31m") == "a␀b␛[31m"
    assert shown("abc\u202ecba") == "abc⟨U+202E⟩cba"
    assert shown("x" * 500).endswith("… (500 characters)")
    assert shown("=HYPERLINK(1)") == "=HYPERLINK(1)"


def test_a_text_of_nothing_a_sheet_has_is_shown_safely() -> None:
    told = drawn("\x00=cmd|' /C calc'!A0\n" + "y" * 70_000)

    assert "No sample sheet" in told
    assert "y" * 500 not in told


def test_long_sheets_are_cut_and_it_is_said() -> None:
    rows = "".join(f"1,L{number},,,\n" for number in range(300))

    told = drawn(V2 + rows)

    assert "And 103 more that are not shown." in told


@pytest.mark.parametrize(
    ("dropped", "saved"),
    [
        ('../x".html\r\nEvil: 1', "x_.csv"),
        ("run 7.CSV", "run_7.CSV"),
        ("sheet.json", "sheet.csv"),
        ("../..", "pasted.csv"),
    ],
)
def test_the_name_of_the_file_to_save_is_harmless(dropped: str, saved: str) -> None:
    assert held.file_name(Held(dropped, b"")) == saved


@pytest.fixture
def browser(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.ANALYST)


def post(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_opens_and_takes_a_dropped_sheet(browser: FlaskClient) -> None:
    assert "Drop a sample sheet" in post(browser, page_request("/sequencing/sheets"))
    url = "data:text/csv;base64," + base64.b64encode(V2.encode()).decode()

    told = post(
        browser,
        callback_request(
            "sheets-sheet.data...sheets-said",
            inputs=[(ids.FILE, "contents", url), (ids.FILE, "filename", "a.csv")],
        ),
    )

    assert json.loads(told)["response"][ids.SHEET]["data"]["name"] == "a.csv"


def test_two_sheets_are_compared(browser: FlaskClient) -> None:
    other = held.taken(V2.replace("GGACTTGG", "GGACTTGC").encode(), "old.csv")

    told = post(
        browser,
        callback_request(
            "sheets-difference",
            inputs=[
                (ids.SHEET, "data", sheet(V2).kept()),
                (ids.OTHER, "data", other.kept()),
            ],
        ),
    )

    assert "index1 was GGACTTGC, is GGACTTGG" in told
    assert "old.csv" in told
