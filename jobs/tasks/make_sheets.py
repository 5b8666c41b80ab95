"""Make a file of labels on sheets and keep it for whoever asked."""

from uuid import UUID

from backend.core.blobs import DiskStore
from backend.core.errors import InvalidInput
from backend.core.transaction import reading
from backend.labels import service, sheet_files, sizes
from backend.labels.rendering.sheet import SheetFile
from backend.labels.schemas import MOST_LABELS, SheetsInput
from backend.labels.views import LabelContent
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Draw part by part; say how far it is; keep the file, and with it that they are printed."""
    asked = SheetsInput.model_validate(context.arguments["asked"])
    keys = _keys(context, asked)
    file = SheetFile(sizes.sheet_of(asked.sheet), start_at=asked.start_at)
    labels: list[LabelContent] = []
    too_long = 0
    for start in range(0, len(keys), MOST_LABELS):
        some = keys[start : start + MOST_LABELS]
        with reading() as session:
            part = sheet_files.part_of(session, context.principal, asked=asked, keys=some)
        file.add(part.layouts)
        labels += part.labels
        too_long += part.too_long
        context.check()
        note = service.words_of_sheets(len(labels), of=len(keys), too_long=too_long)
        context.progress((start + len(some)) / len(keys), note)
    if not labels:
        raise InvalidInput("No label is left to print. Choose samples again.")
    sha256 = DiskStore(context.settings.files_dir).put(file.close())
    with context.finishing() as session:
        service.keep_sheets(session, context.principal, asked=asked, labels=labels)
        context.result |= {
            "sha256": sha256,
            "labels": len(labels) * asked.copies,
            "too_long": too_long,
        }


def _keys(context: JobContext, asked: SheetsInput) -> list[UUID]:
    stored, named = context.arguments["query_id"], context.arguments["sample_ids"]
    with reading() as session:
        return sheet_files.keys_of(
            session,
            context.principal,
            asked=asked,
            query_id=UUID(str(stored)) if stored else None,
            sample_ids=[UUID(str(key)) for key in named] if isinstance(named, list) else [],
        )
