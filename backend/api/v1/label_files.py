"""Sheets of very many labels: a worker makes the file, and whoever asked for it takes it out."""

from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.labels import contents, service, sheet_files
from backend.labels.rendering import sheet as sheets
from backend.labels.schemas import MOST_COPIES, SheetsInput
from backend.work.ids import JobId


class LabelFileIn(ApiInput):
    """Labels of samples on sheets, in the order given, from the first free label on."""

    barcodes: list[str] = Field(min_length=1, max_length=sheet_files.MOST_OF_A_FILE)
    template: str = Field(max_length=40)
    sheet: str = Field(max_length=40)
    start_at: int = Field(default=1, ge=1)
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    only_new: bool = Field(default=False, description="Leave out samples that have a label.")
    reason: str = Field(
        default="", max_length=500, description="Needed where a label was printed before."
    )


class LabelFileAskedOut(ApiOutput):
    """The job that draws: follow /api/v1/jobs/{job_id}, then take the file out."""

    job_id: UUID


def ask(call: Call) -> object:
    """Ask a worker for the sheets."""
    sent = call.sent(LabelFileIn)
    asked = SheetsInput.model_validate(sent.model_dump(exclude={"barcodes"}))
    with writing() as session:

        def make() -> LabelFileAskedOut:
            keys = contents.sample_ids_of(session, call.caller, sent.barcodes)
            job_id = service.request_sheets(session, call.caller, asked=asked, sample_ids=keys)
            return LabelFileAskedOut(job_id=job_id)

        return once(session, call, make)


def take_out(call: Call) -> Answer:
    """Return the finished file."""
    with reading() as session:
        key, _ = sheet_files.finished_sheets(session, call.caller, JobId(call.key("job_id")))
    content = DiskStore(call.settings.files_dir).get(key)
    return file_answer(content, sheets.MEDIA_TYPE, "labels.pdf")


_TAG = "Labels"
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/labels/files",
        handler=ask,
        access=Permission.LABELS_PRINT,
        summary="Have a worker make PDF sheets of up to 20,000 labels; they count as printed then",
        tag=_TAG,
        body=LabelFileIn,
        answer=LabelFileAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/labels/files/{job_id}",
        handler=take_out,
        access=Permission.LABELS_PRINT,
        summary="The sheets that a worker has made, for whoever asked for them",
        tag=_TAG,
        answer=None,
        files=(sheets.MEDIA_TYPE,),
    ),
)
