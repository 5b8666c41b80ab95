"""A file dropped on Register: looked through, one cell fixed, registered; by keyboard; refused."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from backend.core import transaction
from backend.samples.models import Project, ProjectMember, Sample
from tests.factories.imports import make_long_draft
from tests.factories.people import PASSWORD, make_user
from tests.support.accessibility import look_at
from tests.support.browser import Complaints, MakeProfile, watched_page
from tests.support.sample_files import as_csv, form, manifest_rows
from tests.support.servers import Servers
from tests.support.web_server import web_server

SHOTS = Path(tempfile.gettempdir()) / "tracseq-import"


@pytest.fixture(scope="module")
def address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    servers.drop("tracseq_import")
    engine = transaction.make_engine(servers.clone_template("tracseq_import"))
    with web_server(engine, Path(tmp_path_factory.mktemp("import"))) as served:
        yield served
    engine.dispose()
    servers.drop("tracseq_import")


@pytest.fixture
def project(address: str, request: pytest.FixtureRequest) -> str:
    """Add a project of this test alone, with a technician in it, and return its code."""
    code = f"P{abs(hash(request.node.nodeid)) % 10**8}"
    with transaction.writing() as session:
        user = make_user(session, email=f"{code}@laboratory.example".lower())
        made = Project(code=code, name="Imports", owner_id=None)
        session.add(made)
        session.flush()
        session.add(ProjectMember(project_id=made.id, user_id=user.id))
    return code


@pytest.fixture
def page(
    lend_profile: MakeProfile, address: str, project: str, complaints: Complaints
) -> Iterator[Page]:
    opened = watched_page(lend_profile(address), complaints)
    opened.set_viewport_size({"width": 1440, "height": 900})
    opened.goto("/login")
    opened.get_by_label("Email").fill(f"{project}@laboratory.example".lower())
    opened.get_by_label("Password", exact=True).fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    # A technician sees every project; the one chosen here is offered on the next visit.
    opened.goto("/register/import")
    opened.get_by_label("Project", exact=True).select_option(project)
    return opened


def _drop(page: Page, name: str, content: bytes) -> None:
    page.goto("/register/import")
    expect(page).to_have_title("Import file · TracSeq")
    page.locator("#register-upload input[type=file]").set_input_files(
        files=[{"name": name, "mimeType": "text/plain", "buffer": content}]
    )


def _review(page: Page) -> None:
    page.wait_for_url("**/register?draft=*")
    expect(page.locator(".review-grid .ag-center-cols-container .ag-row").first).to_be_visible()


def _samples_in(project: str) -> int:
    with transaction.reading() as session:
        query = (
            select(func.count())
            .select_from(Sample)
            .join(Project, Project.id == Sample.project_id)
            .where(Project.code == project)
        )
        return session.scalar(query) or 0


def _codes(project: str, count: int, **wrong: str) -> bytes:
    rows = manifest_rows(count, {1: wrong} if wrong else None)
    for row in rows[1:]:
        row[0] = f"{project}-{row[0]}"
    return as_csv(rows)


def test_a_dropped_manifest_is_fixed_by_keyboard_and_registered(page: Page, project: str) -> None:
    content = _codes(project, 4, Sample_Type="RNA", Storage_Temp="-20°C")

    _drop(page, "manifest.csv", content)
    _review(page)
    expect(page.get_by_role("button", name="Errors 1")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator("#review-popover")).to_contain_text("RNA must be stored at −80 °C")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ready 4")).to_be_visible()
    page.get_by_role("button", name="Register 4 rows").press("Enter")

    expect(page.locator("#register-done")).to_contain_text("4 samples were registered.")
    assert _samples_in(project) == 4


def test_the_next_problem_of_a_long_draft_is_reached_on_its_page(page: Page, project: str) -> None:
    with transaction.writing() as session:
        draft = make_long_draft(session, project, 4_001, wrong_from=4_000)
    page.goto(f"/register?draft={draft}")
    expect(page.get_by_text("Rows 1 to 2,000 of 4,001")).to_be_visible()
    expect(page.locator("#register-grid .ag-row").first).to_be_visible()

    page.keyboard.press("F8")

    expect(page.get_by_text("Rows 4,001 to 4,001 of 4,001")).to_be_visible()
    expect(page.locator("#review-popover")).to_contain_text("Not known.")


def test_a_change_is_taken_back_after_a_reload_and_made_again(page: Page, project: str) -> None:
    _drop(page, "manifest.csv", _codes(project, 3, Storage_Temp="warm"))
    _review(page)
    page.keyboard.press("F8")
    expect(page.locator("#review-popover")).to_be_visible()
    page.keyboard.type("-80 °C", delay=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ready 3")).to_be_visible()

    page.reload()
    expect(page.get_by_role("button", name="Ready 3")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Errors 1")).to_be_visible()
    expect(page.locator("#register-said")).to_have_text("The last change was taken back.")
    page.keyboard.press("Control+y")

    expect(page.get_by_role("button", name="Ready 3")).to_be_visible()
    expect(page.locator("#register-said")).to_have_text("The change was made again.")


def test_the_rest_stays_a_draft_that_survives_a_reload(page: Page, project: str) -> None:
    _drop(page, "manifest.csv", _codes(project, 3, Storage_Temp="warm"))
    _review(page)
    page.get_by_label("When rows have errors").select_option("valid-rows")
    page.get_by_role("button", name="Register 2 rows").click()
    expect(page.locator("#register-done")).to_contain_text("2 samples were registered.")

    page.reload()

    expect(page.get_by_role("button", name="Errors 1")).to_be_visible()
    assert _samples_in(project) == 2


def test_rows_with_errors_need_a_choice_before_the_others_register(
    page: Page, project: str
) -> None:
    _drop(page, "manifest.csv", _codes(project, 3, Storage_Temp="warm"))
    _review(page)

    page.get_by_role("button", name="Register 2 rows").click()

    expect(page.get_by_label("When rows have errors")).to_be_focused()
    assert _samples_in(project) == 0
    page.get_by_label("When rows have errors").select_option("all-or-nothing")
    page.get_by_role("button", name="Register 2 rows").click()
    expect(page.locator("body")).to_contain_text("you asked for all or nothing")
    assert _samples_in(project) == 0


def test_a_list_sent_again_shows_what_it_changes_before_it_does(page: Page, project: str) -> None:
    _drop(page, "first.csv", _codes(project, 2))
    _review(page)
    page.get_by_role("button", name="Register 2 rows").click()
    expect(page.locator("#register-done")).to_contain_text("2 samples were registered.")

    _drop(page, "again.csv", _codes(project, 2, Volume_mL="2.4"))
    _review(page)
    page.get_by_label("Registered already").select_option("upsert")

    expect(page.get_by_role("button", name="Changes 1")).to_be_visible()
    expect(page.locator(".review-grid")).to_contain_text("Volume 2500 → 2400 µL")
    page.screenshot(path=str(SHOTS / "upsert.png"))
    assert look_at(page) == {}
    page.get_by_label("Why a sample is changed").fill("Measured again")
    page.get_by_role("button", name="Change 1 sample").click()
    expect(page.locator("#register-done")).to_contain_text("1 changed")


def test_a_mode_picked_at_once_outlasts_what_the_draft_said_before(
    page: Page, project: str
) -> None:
    held: list[Route] = []
    page.route(
        re.compile("_dash-update-component"),
        lambda route: (
            held.append(route)
            if "register-mode.value" in (route.request.post_data_json or {}).get("output", "")
            else route.continue_()
        ),
    )
    _drop(page, "choice.csv", _codes(project, 2))
    _review(page)
    mode = page.get_by_label("Registered already")

    mode.select_option("upsert")
    expect(page.get_by_role("button", name="Register 2 rows")).to_be_visible()
    for route in held:  # none, where the browser shows the context by itself
        route.continue_()

    page.wait_for_timeout(1_000)  # long enough for an answer to be taken
    expect(mode).to_have_value("upsert")
    page.unroute_all(behavior="wait")
    page.reload()
    expect(page.get_by_label("Registered already")).to_have_value("upsert")


def test_a_date_that_can_be_read_two_ways_stays_as_it_was_written(page: Page, project: str) -> None:
    _drop(page, "dates.csv", _codes(project, 2, Collection_Date="03/04/2026"))
    _review(page)

    cell = page.locator('.ag-row[row-index="1"] [col-id="collected_on"]')
    expect(cell).to_have_class(re.compile("is-(bad|doubtful)"))
    expect(cell).to_have_text("03/04/2026")
    chosen = page.get_by_role("button", name=re.compile("^(Errors|Warnings) 1")).first
    only = page.locator(f'[data-review-filter="{chosen.get_attribute("data-review-filter")}"]')
    only.click()
    page.get_by_role("button", name="Add rows").click()
    expect(page.get_by_role("button", name="All 3")).to_have_attribute("aria-pressed", "false")
    expect(only).to_have_attribute("aria-pressed", "true")


def test_a_cell_takes_the_text_above_and_codes_count_up(page: Page, project: str) -> None:
    rows = manifest_rows(4, {n: {"Notes": ""} for n in (1, 2, 3)})
    for number, row in enumerate(rows[1:]):
        row[0] = f"{project}-{number}"
        row[1] = "P-009" if number == 0 else ""
    _drop(page, "series.csv", as_csv(rows))
    _review(page)
    page.locator('.ag-row[row-index="0"] [col-id="subject"]').click()
    page.get_by_role("button", name="Count up").click()
    expect(page.locator('.ag-row[row-index="3"] [col-id="subject"]')).to_have_text("P-012")

    page.locator('.ag-row[row-index="1"] [col-id="subject"]').click()
    page.keyboard.press("Control+d")

    expect(page.locator('.ag-row[row-index="1"] [col-id="subject"]')).to_have_text("P-009")


def test_the_last_change_is_taken_back(page: Page, project: str) -> None:
    _drop(page, "manifest.csv", _codes(project, 3, Sample_Type="RNA", Storage_Temp="-20°C"))
    _review(page)
    page.get_by_role("button", name="Use −80 °C").first.click()
    expect(page.get_by_role("button", name="Ready 3")).to_be_visible()

    page.keyboard.press("Control+z")

    expect(page.get_by_role("button", name="Errors 1")).to_be_visible()


def test_the_same_file_twice_says_so(page: Page, project: str) -> None:
    content = _codes(project, 2)
    _drop(page, "manifest.csv", content)
    _review(page)
    page.get_by_role("button", name="Register 2 rows").click()
    expect(page.locator("#register-done")).to_contain_text("2 samples were registered.")

    _drop(page, "again.csv", content)

    expect(page.locator("#register-refused")).to_contain_text("was already imported on")
    assert _samples_in(project) == 2


def test_a_file_that_is_no_sample_list_is_refused_in_a_sentence(page: Page, project: str) -> None:
    _drop(page, "list.csv", b"barcode,message\nSQPD-1,gone\n")

    refused = page.locator("#register-refused")
    expect(refused).to_contain_text("no heading for the samples' name or type")
    assert _samples_in(project) == 0


def test_a_form_shows_what_was_understood_and_from_which_line(page: Page, project: str) -> None:
    _drop(page, "form.txt", form())
    _review(page)

    expect(page.get_by_role("button", name="Ready 2")).to_be_visible()
    page.locator("summary", has_text="What was understood").click()
    expect(page.locator(".under")).to_contain_text("2 index pairs (lines")
    expect(page.locator(".doubts")).to_contain_text("gives Sample Concentration 150 ng/μL")


def test_rows_are_pasted_from_a_spreadsheet(page: Page, project: str) -> None:
    page.goto("/register")
    expect(page.get_by_role("button", name="All 0")).to_be_visible()
    expect(page.locator("#register-grid")).to_be_visible()
    block = f"Sample name\tType\tZone\n{project}-A\tBlood\t4 °C\n{project}-B\tRNA\t-80"

    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const pasted = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
            document.querySelector("#register-grid").dispatchEvent(pasted);
        }""",
        block,
    )

    page.wait_for_url("**/register?draft=*")
    expect(page.get_by_role("button", name="Ready 2")).to_be_visible()


def test_the_review_reads_well_and_fits(page: Page, project: str) -> None:
    content = _codes(project, 3, Sample_Type="RNA", Storage_Temp="-20°C")
    _drop(page, "manifest.csv", content)
    _review(page)

    assert look_at(page) == {}


def test_without_the_role_the_page_refuses(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    guest = context.new_page()
    guest.goto("/login")
    guest.get_by_label("Email").fill("guest@laboratory.example")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Sign in").click()
    guest.wait_for_url("**/")

    guest.goto("/register/import")

    expect(guest.locator("#page")).to_contain_text(re.compile("role", re.IGNORECASE))
    expect(guest.locator("#register-upload")).to_have_count(0)
    context.close()
