"""Sample lists: what a file would do, registering its good rows, and what came before."""

from datetime import datetime
from itertools import islice
from pathlib import PurePath
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.api.v1.templates import WORKBOOK
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import queries
from backend.templates.ids import LONGEST_REASON, CommitMode, ImportId, ImportState, RowMode
from backend.templates.reading.headings import Match
from backend.templates.reading.values import Severity
from backend.templates.results import result_file
from backend.templates.service import imports

_TEMPLATE = (
    "KEY or KEY@VERSION. A list that carries no stamp is read by it: its synonyms, defaults and "
    "rules hold. Without a version it is the one in use."
)
FINDINGS_AT_ONCE = 1_000
"""Of a dry run; a sheet may have hundreds of thousands."""
_ROW_MODE = "What becomes of rows whose sample is registered already."


class DryRunQuery(ApiInput):
    """The file's name, whose ending says what it is, and the project it would go into."""

    file_name: str = Field(min_length=1, max_length=200)
    project: str | None = Field(
        default=None,
        max_length=40,
        description="Code. Without it codes are not compared with a project's samples.",
    )
    row_mode: RowMode = Field(default=RowMode.CREATE, description=_ROW_MODE)
    template: str | None = Field(default=None, max_length=80, description=_TEMPLATE)
    findings_from: int = Field(
        default=0, ge=0, description="How many findings to leave out: those of the answers before."
    )


class ImportQuery(ApiInput):
    """The file's name and the project it goes into."""

    file_name: str = Field(min_length=1, max_length=200)
    project: str = Field(max_length=40)
    row_mode: RowMode = Field(default=RowMode.CREATE, description=_ROW_MODE)
    template: str | None = Field(default=None, max_length=80, description=_TEMPLATE)
    commit: CommitMode | None = Field(
        default=None,
        description=(
            "What to do when some rows have errors: register the others (valid-rows) or nothing "
            "(all-or-nothing). Never implied: without it a file with errors is refused."
        ),
    )
    reason: str = Field(
        default="",
        max_length=LONGEST_REASON,
        description="Why recorded values change; needed where a row changes a sample.",
    )


class FindingOut(ApiOutput):
    """What is wrong or doubtful, and where; rows and columns count as the spreadsheet does."""

    code: str
    severity: Severity
    message: str
    row: int | None
    column: int | None
    line: int | None
    header: str | None
    field: str | None
    value_seen: str | None
    suggestion: str | None
    fix: str | None


class ColumnOut(ApiOutput):
    """A column of the file and what it was taken for."""

    column: int
    heading: str
    match: Match
    field: str | None
    unit: str | None
    unit_known: bool
    score: int
    like: str


class TemplateOut(ApiOutput):
    """The version of a template that the file is read by."""

    key: str
    version: int
    name: str
    by_stamp: bool


class DryRunOut(ApiOutput):
    """What importing the file would do. Nothing was written.

    ``findings`` are some of ``findings_total``: of the file and its columns, then by row.
    """

    file_name: str
    dialect: str
    details: dict[str, str]
    rows: int
    ready_rows: int
    update_rows: int
    warning_rows: int
    error_rows: int
    skipped_rows: int
    already: str | None
    template: TemplateOut | None
    columns: list[ColumnOut]
    findings_total: int
    findings: list[FindingOut]


class ImportDoneOut(ApiOutput):
    """Samples made; rows with errors are left as a draft of the Register page."""

    import_id: UUID
    registered: int
    updated: int
    left: int
    skipped: int
    barcodes: list[str]
    refused: list[FindingOut]


class ImportOut(ApiOutput):
    """One line of the list of imports."""

    id: UUID
    project_code: str
    file_name: str
    dialect: str
    state: ImportState
    rows: int
    registered: int
    created_by_name: str
    created_at: datetime


class ImportsOut(ApiOutput):
    """The newest imports first."""

    items: list[ImportOut]
    next_cursor: str | None


def dry_run(call: Call) -> DryRunOut:
    """Read and check the file that is the body."""
    asked = call.asked(DryRunQuery)
    with reading() as session:
        seen = imports.examine_file(
            session,
            call.caller,
            file_name=PurePath(asked.file_name).name,
            content=call.content,
            project_code=asked.project,
            row_mode=asked.row_mode,
            template=asked.template,
        )
    some = islice(seen.every_finding(), asked.findings_from, asked.findings_from + FINDINGS_AT_ONCE)
    answer = DryRunOut.model_validate(seen)
    return answer.model_copy(
        update={"findings": [FindingOut.model_validate(each) for each in some]}
    )


def import_file(call: Call) -> object:
    """Register the good rows of the file that is the body."""
    asked = call.asked(ImportQuery)
    with writing() as session:
        return once(
            session,
            call,
            lambda: ImportDoneOut.model_validate(
                imports.import_file(
                    session,
                    call.caller,
                    file_name=PurePath(asked.file_name).name,
                    content=call.content,
                    project_code=asked.project,
                    files=DiskStore(call.settings.files_dir),
                    row_mode=asked.row_mode,
                    commit=asked.commit,
                    template=asked.template,
                    reason=asked.reason,
                )
            ),
        )


def list_imports(call: Call) -> ImportsOut:
    """Return the imports of the caller's projects."""
    asked = call.asked(PageQuery)
    with reading() as session:
        page = queries.list_imports(session, call.caller, limit=asked.limit, cursor=asked.cursor)
    return ImportsOut(
        items=[ImportOut.model_validate(each) for each in page.items],
        next_cursor=page.next_cursor,
    )


def result(call: Call) -> Answer:
    """Return the list as it was sent, each row with what became of it."""
    key = ImportId(call.key("import_id"))
    with reading() as session:
        name, file = result_file(session, call.caller, key)
    return file_answer(file, WORKBOOK, f"result-{name}.xlsx")


_TAG = "Imports"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/imports",
        handler=list_imports,
        access=Permission.SAMPLES_REGISTER,
        summary="Imports of one's projects, the newest first",
        tag=_TAG,
        query=PageQuery,
        answer=ImportsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/imports/dry-run",
        handler=dry_run,
        access=Permission.SAMPLES_REGISTER,
        summary="What a sample list or form would do; nothing is written",
        tag=_TAG,
        query=DryRunQuery,
        answer=DryRunOut,
        takes_file=True,
    ),
    Route(
        method="POST",
        path="/api/v1/imports",
        handler=import_file,
        access=Permission.SAMPLES_REGISTER,
        summary="Register the good rows of a sample list or form",
        tag=_TAG,
        query=ImportQuery,
        answer=ImportDoneOut,
        status=201,
        takes_file=True,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/imports/{import_id}/result",
        handler=result,
        access=Permission.SAMPLES_REGISTER,
        summary="A workbook of the list, each row with what became of it; it can be sent again",
        tag=_TAG,
        answer=None,
        files=(WORKBOOK,),
    ),
)
