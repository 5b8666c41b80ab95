"""Labels of many samples on sheets: a file that a worker makes and whoever asked takes out.

What is asked for at a desk goes the short way (printing.make_sheets). The worker reads and draws
part by part; the labels count as printed in the transaction that ends its job. Exported by
service.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.core.errors import InvalidInput, NotFound
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.labels import contents, many, printing, queries, sizes
from backend.labels.errors import CodeTooLong
from backend.labels.rendering import sheet as sheets
from backend.labels.schemas import MOST_LABELS, SheetsInput
from backend.labels.views import LabelContent, Layout
from backend.samples import queries as samples_queries
from backend.samples import stored_queries
from backend.samples.models import Sample
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId
from backend.work.models import Job

JOB_KIND = "labels.sheets"
MOST_OF_A_FILE = 20_000
"""Labels of one file, copies counted: some three hundred sheets of paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """A part of a file, ready to be drawn: its labels, each with its copies beside it."""

    labels: Sequence[LabelContent]
    layouts: Sequence[Layout]
    too_long: int
    """Codes that the label has no room for; they are left out."""


def request_sheets(
    session: WriteSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    query_id: UUID | None = None,
    sample_ids: Sequence[UUID] = (),
) -> JobId:
    """Ask a worker for a file of the labels of a stored query, or of the samples named.

    Raises:
        QueryNotFound: no such selection of the principal's.
        TemplateNotFound, SheetNotFound: no such label or sheet.
        InvalidInput: no label is left, more than MOST_OF_A_FILE, or it does not fit the sheet.
        ReasonNeeded: a label was printed before, those are wanted too, and no reason is given.
    """
    _allowed_keys(session, principal, asked=asked, query_id=query_id, sample_ids=sample_ids)
    return work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(new_id()),
        arguments={
            "asked": asked.model_dump(mode="json"),
            "query_id": query_id,
            "sample_ids": [str(key) for key in sample_ids],
        },
        queue="long",
    )


def make_long_sheets(
    session: WriteSession, principal: Principal, *, asked: SheetsInput, sample_ids: Sequence[UUID]
) -> bytes:
    """Return sheets of as many labels as a worker's file holds, drawn here: for a terminal.

    They count as printed.

    Raises:
        as `request_sheets`.
    """
    keys = _allowed_keys(session, principal, asked=asked, query_id=None, sample_ids=sample_ids)
    file = sheets.SheetFile(sizes.sheet_of(asked.sheet), start_at=asked.start_at)
    labels: list[LabelContent] = []
    for start in range(0, len(keys), MOST_LABELS):
        some = keys[start : start + MOST_LABELS]
        part = part_of(session, principal, asked=asked, keys=some)
        if part.too_long:
            raise CodeTooLong(
                f"{part.too_long} of these codes have no room on the label “{asked.template}”. "
                "Choose a larger label."
            )
        file.add(part.layouts)
        labels += part.labels
    printing.keep_sheets(session, principal, asked=asked, labels=labels)
    return file.close()


def keys_of(
    session: ReadSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    query_id: UUID | None,
    sample_ids: Sequence[UUID],
) -> list[UUID]:
    """Return the samples whose labels stand on the sheets, in their order.

    Of a selection these are whoever still sees; who has a label is left out where only new ones
    are asked for.

    Raises:
        QueryNotFound: no such selection of the principal's.
    """
    principal.require(Permission.LABELS_PRINT)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    if query_id is not None:
        query = stored_queries.load_query(session, principal, query_id)
        found = visible.where(Sample.id.in_(stored_queries.matched(query.id)))
    else:
        found = visible.where(Sample.id.in_(sample_ids))
    if asked.only_new:
        found = found.where(Sample.barcode.not_in(queries.printed_codes()))
    keys = session.scalars(found.order_by(Sample.id)).all()
    if query_id is not None:
        return list(keys)
    there = set(keys)
    return [key for key in dict.fromkeys(sample_ids) if key in there]


def part_of(
    session: ReadSession, principal: Principal, *, asked: SheetsInput, keys: Sequence[UUID]
) -> SheetPart:
    """Return a part of a file, at most MOST_LABELS samples.

    Raises:
        SampleNotFound: one is no longer visible to the principal.
    """
    found = contents.of_samples(session, principal, keys)
    labels = many.fitting(asked.template, found, dpi=sheets.DPI)
    placed = printing.layouts_of(asked.template, labels, dpi=sheets.DPI)
    return SheetPart(
        labels=labels,
        layouts=[layout for layout in placed for _ in range(asked.copies)],
        too_long=len(found) - len(labels),
    )


def finished_sheets(session: ReadSession, principal: Principal, job_id: JobId) -> tuple[str, int]:
    """Return file-store key and number of labels of one's own finished file.

    Raises:
        NotFound: no such file, somebody else's, or not finished.
    """
    principal.require(Permission.LABELS_PRINT)
    job = work_queries.get_job(session, principal, job_id)
    owner = session.scalar(select(Job.requested_by).where(Job.id == job_id))
    made: Mapping[str, Any] = job.result or {}
    if job.kind != JOB_KIND or owner != principal.user_id or "sha256" not in made:
        raise NotFound("There is no such finished file of yours. Make it again.")
    return str(made["sha256"]), int(made["labels"])


def _allowed_keys(
    session: ReadSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    query_id: UUID | None,
    sample_ids: Sequence[UUID],
) -> list[UUID]:
    """Return `keys_of`, or refuse what `request_sheets` refuses."""
    principal.require(Permission.LABELS_PRINT)
    sheets.refuse(sizes.template_of(asked.template), sizes.sheet_of(asked.sheet), asked.start_at)
    keys = keys_of(session, principal, asked=asked, query_id=query_id, sample_ids=sample_ids)
    _refuse_amount(len(keys), asked.copies)
    if not asked.only_new and not asked.reason:
        _refuse_without_reason(session, principal, keys)
    return keys


def _refuse_amount(count: int, copies: int) -> None:
    if not count:
        raise InvalidInput("No label is left to print. Every one of these samples has one.")
    if count * copies > MOST_OF_A_FILE:
        raise InvalidInput(
            f"One file holds at most {MOST_OF_A_FILE:,} labels; these are {count * copies:,}. "
            "Take fewer copies, or choose fewer samples."
        )


def _refuse_without_reason(
    session: ReadSession, principal: Principal, keys: Sequence[UUID]
) -> None:
    for start in range(0, len(keys), MOST_LABELS):
        labels = contents.of_samples(session, principal, keys[start : start + MOST_LABELS])
        printing.refuse_without_reason(session, labels, "")
