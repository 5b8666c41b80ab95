"""Make a draft of a long list whose bytes are kept already."""

from backend.core.blobs import DiskStore
from backend.templates.service import imports
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read, check and write the draft; a file that is one already leads back to it."""
    files = DiskStore(context.settings.files_dir)
    content = files.get(str(context.arguments["sha256"]))
    context.progress(0.1, "Reading and checking the list")
    with context.finishing() as session:
        draft = imports.start_import(
            session,
            context.principal,
            file_name=str(context.arguments["file_name"]),
            content=content,
            project_code=str(context.arguments["project"]),
            files=files,
            template=str(context.arguments.get("template") or "") or None,
        )
        context.result["import_id"] = str(draft.id)
