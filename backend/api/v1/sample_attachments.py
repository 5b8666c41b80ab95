"""Files that are attached to a sample."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.samples import attachments, queries, service
from backend.samples.attachment_views import AttachmentView
from backend.samples.ids import AttachmentId, AttachmentKind, SampleId

_MEDIA_TYPE = "application/octet-stream"


class AttachmentQuery(ApiInput):
    """What the file that is the body is called, what it is about, and a note."""

    file_name: str = Field(min_length=1, max_length=200)
    kind: AttachmentKind
    note: str = Field(default="", max_length=500)


class RemovalIn(ApiInput):
    """Why the file does not belong to the sample."""

    reason: str = Field(min_length=1, max_length=500)


class AttachmentOut(ApiOutput):
    """A file in a sample's list; ``format`` is what its bytes are."""

    id: UUID
    kind: AttachmentKind
    file_name: str
    format: str
    size_bytes: int
    sha256: str
    note: str
    attached_by_name: str
    attached_at: datetime


class AttachmentsOut(ApiOutput):
    """The newest first."""

    items: list[AttachmentOut]


def list_attachments(call: Call) -> AttachmentsOut:
    """Return what is attached to a sample now."""
    with reading() as session:
        key = queries.sample_id_of(session, call.caller, call.path["barcode"])
        found = attachments.attachments_of(session, call.caller, key)
    return AttachmentsOut(items=[AttachmentOut.model_validate(each) for each in found])


def attach(call: Call) -> object:
    """Attach the file that is the body."""
    asked = call.asked(AttachmentQuery)
    with writing() as session:

        def act() -> AttachmentOut:
            made: AttachmentView = service.attach_file(
                session,
                call.caller,
                sample_id=queries.sample_id_of(session, call.caller, call.path["barcode"]),
                kind=asked.kind,
                file_name=asked.file_name,
                content=call.content,
                note=asked.note,
                files=DiskStore(call.settings.files_dir),
            )
            return AttachmentOut.model_validate(made)

        return once(session, call, act)


def get_file(call: Call) -> Answer:
    """Hand out a file; that it was taken stands in the audit trail."""
    with writing() as session:
        kept, content = service.download_attachment(
            session,
            call.caller,
            attachment_id=AttachmentId(call.key("attachment_id")),
            files=DiskStore(call.settings.files_dir),
        )
    return file_answer(content, _MEDIA_TYPE, kept.file_name)


def remove(call: Call) -> object:
    """Take a file out of the list; its record stays."""
    asked = call.sent(RemovalIn)
    with writing() as session:

        def act() -> AttachmentsOut:
            key = AttachmentId(call.key("attachment_id"))
            sample = attachments.get_attachment(session, call.caller, key).sample_id
            service.remove_attachment(session, call.caller, attachment_id=key, reason=asked.reason)
            left = attachments.attachments_of(session, call.caller, SampleId(sample))
            return AttachmentsOut(items=[AttachmentOut.model_validate(each) for each in left])

        return once(session, call, act)


_TAG = "Samples"
_OF_SAMPLE = "/api/v1/samples/{barcode}/attachments"
_ONE = "/api/v1/attachments/{attachment_id}"
ROUTES = (
    Route(
        method="GET",
        path=_OF_SAMPLE,
        handler=list_attachments,
        access=Permission.SAMPLES_VIEW,
        summary="What is attached to a sample, the newest first",
        tag=_TAG,
        answer=AttachmentsOut,
    ),
    Route(
        method="POST",
        path=_OF_SAMPLE,
        handler=attach,
        access=Permission.SAMPLES_EDIT,
        summary="Attach a file to a sample",
        tag=_TAG,
        query=AttachmentQuery,
        answer=AttachmentOut,
        status=201,
        takes_file=True,
        once=True,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/file",
        handler=get_file,
        access=Permission.DOCUMENTS_VIEW,
        summary="An attached file, as it was sent",
        tag=_TAG,
        answer=None,
        files=(_MEDIA_TYPE,),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/removal",
        handler=remove,
        access=Permission.SAMPLES_EDIT,
        summary="Take a file out of a sample's list, with a reason; its record stays",
        tag=_TAG,
        body=RemovalIn,
        answer=AttachmentsOut,
        status=201,
        once=True,
    ),
)
