"""Files tied to a sample: attached, listed, handed out, removed. Exported by service.py.

The sample's row is held by every change, so that two people cannot attach one file twice. The
bytes belong to documents; who sees a sample sees what is attached to it, and who may read
documents takes the file.
"""

from sqlalchemy import Select, select

from backend.core import clock
from backend.core.blobs import FileStore, key_of
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.documents import service as documents_service
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.documents.views import FileView
from backend.events import service as events_service
from backend.samples import attachment_rules, queries, volumes
from backend.samples.attachment_events import AttachmentRemoved, FileAttached
from backend.samples.attachment_models import SampleAttachment
from backend.samples.attachment_views import AttachmentView
from backend.samples.errors import AlreadyAttached, AttachmentNotFound, AttachmentRefused
from backend.samples.ids import AttachmentId, AttachmentKind, SampleId
from backend.samples.locking import lock_sample
from backend.samples.models import Sample

_LONGEST_WORDS = 500


def attach_file(
    session: WriteSession,
    principal: Principal,
    *,
    sample_id: SampleId,
    kind: AttachmentKind,
    file_name: str,
    content: bytes,
    files: FileStore,
    note: str = "",
) -> AttachmentView:
    """Tie a file to a sample. What it is, is found in its bytes.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        AttachmentRefused: empty, too large, of a kind that nobody can read later, misnamed, or
            one more than a sample may have.
        AlreadyAttached: the same bytes stand in its list.
    """
    principal.require(Permission.SAMPLES_EDIT)
    name, remark = attachment_rules.tidy_name(file_name), note.strip()
    fault = attachment_rules.fault_of(name, content)
    if fault is not None:
        raise AttachmentRefused(fault, fields={"file": fault})
    _require_short(remark, "note")
    sample = lock_sample(session, principal, sample_id)
    _require_room(session, sample, name, content)
    file_id = documents_service.keep_file(
        session,
        principal,
        file_name=name,
        content=content,
        files=files,
        project_id=sample.project_id,
    )
    row = SampleAttachment(
        sample_id=sample.id,
        file_id=file_id,
        sha256=key_of(content),
        kind=kind,
        format=attachment_rules.format_of(content) or "",
        note=remark,
        attached_by=principal.user_id,
        attached_by_name=principal.name,
    )
    session.add(row)
    session.flush()
    event = FileAttached(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        attachment_id=row.id,
        kind=kind.value,
        file_name=name,
        sha256=row.sha256,
    )
    events_service.record(session, principal, event)
    return get_attachment(session, principal, AttachmentId(row.id))


def remove_attachment(
    session: WriteSession, principal: Principal, *, attachment_id: AttachmentId, reason: str
) -> None:
    """Take a file out of a sample's list, for a reason. Its record and its bytes stay.

    Raises:
        AttachmentNotFound: no such attachment, removed already, or not visible.
        RegistrationRefused, AttachmentRefused: no reason, or one that is too long.
    """
    principal.require(Permission.SAMPLES_EDIT)
    why = volumes.checked_reason(reason, "Write why the file does not belong to the sample.")
    _require_short(why, "reason")
    view = get_attachment(session, principal, attachment_id)
    sample = lock_sample(session, principal, view.sample_id)
    row = session.get_one(SampleAttachment, attachment_id, populate_existing=True)
    if row.removed_at is not None:
        raise AttachmentNotFound
    row.removed_at, row.removal_reason = clock.utc_now(), why
    row.removed_by, row.removed_by_name = principal.user_id, principal.name
    event = AttachmentRemoved(
        aggregate_id=sample.id,
        barcode=sample.barcode,
        attachment_id=row.id,
        kind=row.kind.value,
        file_name=view.file_name,
        sha256=row.sha256,
    )
    events_service.record(session, principal, event, reason=why)


def download_attachment(
    session: WriteSession, principal: Principal, *, attachment_id: AttachmentId, files: FileStore
) -> tuple[AttachmentView, bytes]:
    """Return an attachment and its bytes as they were sent; who took them is recorded.

    Raises:
        PermissionDenied: without the right to documents.
        AttachmentNotFound: no such attachment, removed, or not visible.
        NotFound: the bytes are not in the store any more, or were changed there.
    """
    principal.require(Permission.DOCUMENTS_VIEW)
    row, file = _find(session, principal, attachment_id)
    kept = FileView(
        id=FileId(file.id),
        file_name=file.file_name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        uploaded_by_name=file.uploaded_by_name,
        uploaded_at=file.uploaded_at,
    )
    content = documents_service.hand_out(session, principal, file=kept, files=files)
    return _view(row, file), content


def attachments_of(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> list[AttachmentView]:
    """Return what is attached to a sample, the newest first; nothing of a sample not visible."""
    found = _standing(principal).where(SampleAttachment.sample_id == sample_id)
    newest = SampleAttachment.attached_at.desc(), SampleAttachment.id.desc()
    return [_view(row, file) for row, file in session.execute(found.order_by(*newest))]


def get_attachment(
    session: ReadSession, principal: Principal, attachment_id: AttachmentId
) -> AttachmentView:
    """Return one attachment.

    Raises:
        AttachmentNotFound: no such attachment, removed, or not visible.
    """
    return _view(*_find(session, principal, attachment_id))


def _standing(principal: Principal) -> Select[SampleAttachment, StoredFile]:
    principal.require(Permission.SAMPLES_VIEW)
    found = (
        select(SampleAttachment, StoredFile)
        .join(StoredFile, StoredFile.id == SampleAttachment.file_id)
        .join(Sample, Sample.id == SampleAttachment.sample_id)
        .where(SampleAttachment.removed_at.is_(None))
    )
    return queries.only_visible(found, principal, Sample.project_id)


def _find(
    session: ReadSession, principal: Principal, attachment_id: AttachmentId
) -> tuple[SampleAttachment, StoredFile]:
    found = session.execute(
        _standing(principal).where(SampleAttachment.id == attachment_id)
    ).one_or_none()
    if found is None:
        raise AttachmentNotFound
    row, file = found
    return row, file


def _require_room(session: ReadSession, sample: Sample, name: str, content: bytes) -> None:
    """Refuse the same bytes again, and one file too many; the sample's row is held."""
    standing = session.execute(
        select(SampleAttachment, StoredFile.file_name)
        .join(StoredFile, StoredFile.id == SampleAttachment.file_id)
        .where(SampleAttachment.sample_id == sample.id, SampleAttachment.removed_at.is_(None))
    ).all()
    sha256 = key_of(content)
    for row, attached_as in standing:
        if row.sha256 == sha256:
            raise AlreadyAttached(name, sample.barcode, attached_as, row.attached_by_name)
    if len(standing) >= attachment_rules.MOST_FILES:
        raise AttachmentRefused(
            f"{sample.barcode} has {len(standing)} attachments, and no more fit. Remove one that "
            "is not needed, or put several pages into one PDF."
        )


def _require_short(words: str, field: str) -> None:
    if len(words) > _LONGEST_WORDS:
        sentence = f"A {field} has at most {_LONGEST_WORDS} characters. Shorten it."
        raise AttachmentRefused(sentence, fields={field: sentence})


def _view(row: SampleAttachment, file: StoredFile) -> AttachmentView:
    return AttachmentView(
        id=AttachmentId(row.id),
        sample_id=row.sample_id,
        kind=row.kind,
        file_name=file.file_name,
        format=row.format,
        size_bytes=file.size_bytes,
        sha256=row.sha256,
        note=row.note,
        attached_by_name=row.attached_by_name,
        attached_at=row.attached_at,
    )
