"""Files tied to a sample: what is taken and refused, who sees it, what stays of a removed one."""

import io
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import attachment_rules, attachments, service
from backend.samples.attachment_models import SampleAttachment
from backend.samples.attachment_views import KIND_NAME, AttachmentView
from backend.samples.errors import (
    AlreadyAttached,
    AttachmentNotFound,
    AttachmentRefused,
    RegistrationRefused,
    SampleNotFound,
)
from backend.samples.ids import AttachmentId, AttachmentKind, SampleId
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]
PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def office(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


def attach(
    session: WriteSession,
    sample: SampleId,
    *,
    name: str = "scan.pdf",
    content: bytes = PDF,
    by: Principal = EVERYBODY,
    store: MemoryStore | None = None,
) -> AttachmentView:
    return service.attach_file(
        session,
        by,
        sample_id=sample,
        kind=AttachmentKind.CONSENT,
        file_name=name,
        content=content,
        files=store or MemoryStore(),
        note=" signed page ",
    )


def trail(session: WriteSession, sample: SampleId, action: str) -> list[AuditEntry]:
    return list(
        session.scalars(
            select(AuditEntry).where(AuditEntry.entity_id == sample, AuditEntry.action == action)
        )
    )


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("scan.pdf", PDF, "PDF"),
        ("tube.PNG", PNG, "PNG"),
        ("tube.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        ("gel.tif", b"II*\x00\x08\x00\x00\x00", "TIFF"),
        ("gel.tiff", b"MM\x00*\x00\x00\x00\x08", "TIFF"),
        ("trace.csv", "size;µg\n12;4\n".encode("cp1252"), "Text"),
        ("trace.txt", "size\t12\n".encode("utf-16"), "Text"),
        ("mail.eml", b"Subject: tube\r\n\r\nBroken.\r\n", "Text"),
        ("qc.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), "Excel"),
        ("letter.docx", office("[Content_Types].xml", "word/document.xml"), "Word"),
    ],
)
def test_what_a_file_is_stands_in_its_bytes(name: str, content: bytes, found: str) -> None:
    assert attachment_rules.format_of(content) == found
    assert attachment_rules.fault_of(name, content) is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.pdf", b"", "is empty"),
        ("scan.pdf", b"%PDF-" + b"0" * attachment_rules.MOST_BYTES, "at most 20 MB"),
        ("setup.exe", b"MZ\x90\x00\x03\x00", "cannot be attached"),
        ("page.txt", b"\n <!DOCTYPE html><script>", "cannot be attached"),
        ("drawing.txt", b"<svg xmlns='x' onload='y'/>", "cannot be attached"),
        ("archive.xlsx", office("a.txt"), "cannot be attached"),
        ("macro.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "cannot be attached"),
        ("half.docx", office("word/document.xml")[:40], "cannot be attached"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "cannot be attached"),
        ("scan.pdf", PNG, "holds PNG and is named otherwise"),
    ],
)
def test_anything_else_is_refused_with_what_to_send(name: str, content: bytes, said: str) -> None:
    assert said in (attachment_rules.fault_of(name, content) or "")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\scans\\tube 1.pdf", "tube 1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202efdp.exe\r\n.pdf", "a fdp.exe .pdf"),
        (" \n ", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_keeps_no_folder_and_nothing_invisible(sent: str, kept: str) -> None:
    assert attachment_rules.tidy_name(sent) == kept


def test_a_file_is_listed_recorded_and_taken_as_it_was_sent(session: WriteSession) -> None:
    sample, store = make_sample(session).id, MemoryStore()

    made = attach(session, sample, store=store)

    assert attachments.attachments_of(session, EVERYBODY, sample) == [made]
    assert (made.format, made.note, made.size_bytes) == ("PDF", "signed page", len(PDF))
    (entry,) = trail(session, sample, "samples.file_attached")
    assert (entry.new_values or {})["file_name"] == "scan.pdf"
    kept, content = service.download_attachment(
        session, EVERYBODY, attachment_id=made.id, files=store
    )
    assert (kept, content) == (made, PDF)
    taken = select(AuditEntry).where(AuditEntry.action == "documents.file_downloaded")
    assert session.scalars(taken).one().actor_name == EVERYBODY.name


def test_a_refused_file_leaves_nothing(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(AttachmentRefused):
        attach(session, sample, content=PNG)

    assert attachments.attachments_of(session, EVERYBODY, sample) == []
    assert trail(session, sample, "samples.file_attached") == []


def test_the_same_bytes_are_recognised_on_one_sample_and_fine_on_another(
    session: WriteSession,
) -> None:
    sample, other = make_sample(session).id, make_sample(session).id
    attach(session, sample)

    with pytest.raises(AlreadyAttached, match=r"as “scan\.pdf” by Test laboratory"):
        attach(session, sample, name="again.pdf")

    assert attach(session, other).sample_id == other


def test_no_more_than_a_sample_may_have(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_rules, "MOST_FILES", 1)
    sample = make_sample(session).id
    attach(session, sample)

    with pytest.raises(AttachmentRefused, match="no more fit"):
        attach(session, sample, content=PDF + b"2")


def test_a_removed_file_leaves_the_list_and_stays_on_record(session: WriteSession) -> None:
    sample, store = make_sample(session).id, MemoryStore()
    made = attach(session, sample, store=store)

    service.remove_attachment(session, EVERYBODY, attachment_id=made.id, reason=" wrong tube ")

    assert attachments.attachments_of(session, EVERYBODY, sample) == []
    row = session.get_one(SampleAttachment, made.id)
    assert (row.removal_reason, row.removed_by_name) == ("wrong tube", EVERYBODY.name)
    assert store.get(made.sha256) == PDF
    (entry,) = trail(session, sample, "samples.attachment_removed")
    assert entry.reason == "wrong tube"
    with pytest.raises(AttachmentNotFound):
        service.download_attachment(session, EVERYBODY, attachment_id=made.id, files=store)
    with pytest.raises(AttachmentNotFound):
        service.remove_attachment(session, EVERYBODY, attachment_id=made.id, reason="again")
    assert attach(session, sample, store=store).id != made.id


def test_removing_needs_a_reason(session: WriteSession) -> None:
    made = attach(session, make_sample(session).id)

    with pytest.raises(RegistrationRefused, match="reason is needed"):
        service.remove_attachment(session, EVERYBODY, attachment_id=made.id, reason="  ")
    with pytest.raises(AttachmentRefused, match="at most 500"):
        service.remove_attachment(session, EVERYBODY, attachment_id=made.id, reason="x" * 501)


def test_files_of_other_peoples_projects_do_not_exist(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id
    made = attach(session, sample)
    stranger = principal_of(
        Permission.SAMPLES_VIEW, Permission.SAMPLES_EDIT, Permission.DOCUMENTS_VIEW
    )

    assert attachments.attachments_of(session, stranger, sample) == []
    with pytest.raises(SampleNotFound):
        attach(session, sample, content=PNG, name="a.png", by=stranger)
    for key in (made.id, AttachmentId(new_id())):
        with pytest.raises(AttachmentNotFound):
            service.download_attachment(session, stranger, attachment_id=key, files=MemoryStore())
        with pytest.raises(AttachmentNotFound):
            service.remove_attachment(session, stranger, attachment_id=key, reason="mine")


def test_each_act_asks_for_its_right(session: WriteSession, principal_of: PrincipalOf) -> None:
    sample = make_sample(session).id
    made = attach(session, sample)
    reader = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)

    assert attachments.attachments_of(session, reader, sample) == [made]
    with pytest.raises(PermissionDenied):
        attach(session, sample, content=PNG, name="a.png", by=reader)
    with pytest.raises(PermissionDenied):
        service.remove_attachment(session, reader, attachment_id=made.id, reason="x")
    with pytest.raises(PermissionDenied):
        service.download_attachment(session, reader, attachment_id=made.id, files=MemoryStore())


def test_every_kind_has_its_words() -> None:
    assert KIND_NAME.keys() == set(AttachmentKind)
