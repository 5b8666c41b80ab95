"""A file is attached on a sample's page, taken as it was sent, and removed with its record kept."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.test_sample_detail import register
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]
CHOOSER = "#sample-attach-file input[type=file]"


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG")
    return file.getvalue()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator(CHOOSER).set_input_files(
        files=[{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def test_a_file_is_attached_taken_and_removed_and_the_timeline_tells(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("technician")
    register(page)
    region = page.get_by_role("region", name="Attachments")
    expect(region).to_contain_text("No file is attached to it.")
    region.get_by_role("button", name="Attach a file").click()
    dialog = page.get_by_role("dialog", name="Attach a file")

    # From the disk, as people's files come: the driver would write 30 MB out as text.
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-" + b"0" * 30_000_000)
    page.locator(CHOOSER).set_input_files(large)
    expect(dialog).to_contain_text("“large.pdf” has 30.0 MB; at most 20 MB can be attached.")

    choose(page, "tube.pdf", photo())
    expect(dialog).to_contain_text("Chosen: tube.pdf")
    dialog.get_by_label("What it is").select_option("photo")
    dialog.get_by_label("Note").fill("crack at the rim")
    dialog.get_by_role("button", name="Attach", exact=True).click()

    expect(dialog).to_contain_text("holds PNG and is named otherwise")
    expect(dialog.get_by_label("Note")).to_have_value("crack at the rim")
    assert look_at(page) == {}

    choose(page, "tube.png", photo())
    expect(dialog).to_contain_text("Chosen: tube.png")
    dialog.get_by_role("button", name="Attach", exact=True).click()

    expect(dialog).to_be_hidden()
    expect(region).to_contain_text("Photo of the tube, PNG")
    expect(region).to_contain_text("“crack at the rim”")
    with page.expect_download() as download:
        region.get_by_role("link", name="Download tube.png").click()
    saved = tmp_path / "taken.png"
    download.value.save_as(saved)
    assert saved.read_bytes() == photo()
    assert download.value.suggested_filename == "tube.png"
    assert look_at(page) == {}

    region.get_by_role("button", name="Remove tube.png").click()
    removing = page.get_by_role("dialog", name="Remove an attachment")
    expect(removing).to_contain_text("“tube.png” leaves the list.")
    removing.get_by_label("Reason").fill("Another tube")
    removing.get_by_role("button", name="Remove", exact=True).click()

    expect(removing).to_be_hidden()
    expect(region).to_contain_text("No file is attached to it.")
    events = page.get_by_role("region", name="Custody and events")
    expect(events).to_contain_text("Photo of the tube: tube.png")
    expect(events).to_contain_text("Attachment removed")
    expect(events).to_contain_text("“Another tube”")


def test_whoever_only_reads_samples_sees_what_is_attached_and_is_refused_the_file(
    sign_in: SignIn,
) -> None:
    page = sign_in("guest")

    answer = page.request.get("/files/attachments/018f0000-0000-7000-8000-000000000000")

    assert answer.status == 403
