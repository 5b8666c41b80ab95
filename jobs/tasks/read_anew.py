"""Read a long draft's column as another field, or the whole of it by another template."""

from uuid import UUID

from backend.core.transaction import writing
from backend.templates.ids import ImportId
from backend.templates.service import choosing, editing
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Judge every row anew in one transaction of its own, which a stop rolls back.

    Progress is written while the transaction is open, so it cannot be the job's last one. A second
    attempt finds the draft read so already and judges it once more, which changes nothing.
    """
    asked = context.arguments
    import_id = ImportId(UUID(str(asked["import_id"])))

    def tell(done: int, rows: int) -> None:
        context.check()
        # The rows were read and checked by then; what is left is writing what is different.
        context.progress(0.5 + done / max(rows, 1) / 2, f"{done:,} of {rows:,} rows")

    context.progress(0.1, "Reading and checking the rows")
    with writing() as session:
        if "column" in asked:
            editing.map_column(
                session,
                context.principal,
                import_id=import_id,
                column=int(str(asked["column"])),
                field=str(asked["field"]),
                tell=tell,
            )
        else:
            choosing.choose_template(
                session,
                context.principal,
                import_id=import_id,
                key=str(asked["template"]) or None,
                tell=tell,
            )
    with context.finishing():
        context.result["import_id"] = str(import_id)
