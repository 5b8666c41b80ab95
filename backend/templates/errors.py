"""Refusals of imports."""

from collections.abc import Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.templates.ids import ImportId
from backend.templates.reading.values import Finding, Severity


class ImportNotFound(NotFound):
    """No such import, or one of a project the person does not belong to."""

    def __init__(self) -> None:
        super().__init__("There is no such import. It may belong to a project you are not in.")


class ProjectNotFound(NotFound):
    """No such project, or not visible."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no project {code}. Choose one of your projects.")


class AlreadyImported(Conflict):
    """The same file is in this project already; ``import_id`` leads there."""

    code = "already_imported"

    def __init__(self, message: str, import_id: ImportId) -> None:
        super().__init__(message)
        self.import_id = import_id


class FileRefused(InvalidInput):
    """The file is no sample list; ``findings`` say why, and where.

    The message says what concerns the whole file; single cells are in the findings alone.
    """

    code = "file_refused"

    def __init__(self, file_name: str, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in findings if f.severity is Severity.ERROR]
        wrong = [f.message for f in errors if f.column is None] or [f.message for f in errors]
        super().__init__(f"“{file_name}” was not read. {' '.join(wrong)}")


class NothingToRegister(Conflict):
    """No row of the draft is free of errors."""

    code = "nothing_to_register"


class CommitNotChosen(InvalidInput):
    """Some rows have errors, and nobody said what is to become of the others."""

    code = "commit_not_chosen"


class ReasonNeeded(InvalidInput):
    """Rows of the list change recorded values, and nobody said why."""

    code = "reason_needed"


class NotAllRows(Conflict):
    """All rows or none were asked for, and some cannot be registered; nothing was saved."""

    code = "not_all_rows"


class RowsExist(Conflict):
    """The list must be of new samples only, and some are registered; nothing was saved."""

    code = "rows_exist"


class ImportClosed(Conflict):
    """The draft was registered or discarded in the meantime."""

    code = "import_closed"


class CellNotThere(InvalidInput):
    """An edit names a row or field the draft does not have."""


class TemplateNotFound(NotFound):
    """No such template, or no such version of it."""

    def __init__(self, what: str, known: Sequence[str] = ()) -> None:
        others = f"There are: {', '.join(known)}." if known else "Choose one of the list."
        super().__init__(f"There is no template {what}. {others}")


class TemplateNotInUse(Conflict):
    """The version is a draft still or was taken out of use; the sentence says which to take."""

    code = "template_not_in_use"


class TemplateRefused(InvalidInput):
    """A field of a template needs another value."""


class TemplateFixed(Conflict):
    """A list that carries a template's stamp is read by that template and no other."""

    code = "template_fixed"


class RecordRefused(InvalidInput):
    """A record of an entry form has errors; ``fields`` holds a sentence by the column's heading."""

    code = "record_refused"


class TemplateTaken(Conflict):
    """Another template has the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is a template “{key}” already. Choose another key.")
