"""Labels for everything that matched a stored query, queued by a worker in parts.

The rows never travel: what matched when it was selected is asked part by part, and of those
whoever still sees it. A part is one print under a key made of the batch and its number, so that a
worker that begins again queues nothing twice. Exported by service.py.
"""

from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlalchemy import Select, func, select

from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.labels import contents, printing, queries, rules
from backend.labels.errors import CodeTooLong, ReasonNeeded
from backend.labels.events import ManyRequested
from backend.labels.models import PrintJob, PrintLabel
from backend.labels.schemas import MOST_LABELS, ManyInput
from backend.labels.views import LabelContent, ManyLabels, PartQueued
from backend.samples import queries as samples_queries
from backend.samples import stored_queries
from backend.samples.models import Sample
from backend.samples.stored_models import SampleQueryBlock
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "labels.print_many"
MOST_OF_A_JOB = 20_000
"""Labels of one job, copies counted: some forty minutes of a bench printer's time."""


def request_many(
    session: WriteSession, principal: Principal, *, query_id: UUID, asked: ManyInput
) -> JobId:
    """Ask a worker to queue labels of everything in a stored query.

    Raises:
        QueryNotFound: no such selection of the principal's.
        PrinterNotFound, PrinterSwitchedOff: nothing is printed there.
        InvalidInput: no label is left to print, or more than MOST_OF_A_JOB.
        ReasonNeeded: a label was printed before, those are wanted too, and no reason is given.
    """
    principal.require(Permission.LABELS_PRINT)
    printing.ready_printer(session, asked.printer_id)
    wanted = look_at(session, principal, query_id=query_id, only_new=asked.only_new)
    _refuse_amount(wanted.count, asked.copies)
    if not asked.only_new and not asked.reason:
        _refuse_without_reason(session, principal, query_id)
    batch_id = new_id()
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(batch_id),
        arguments={
            "batch_id": batch_id,
            "query_id": query_id,
            "asked": asked.model_dump(mode="json"),
        },
        queue="long",
    )
    event = ManyRequested(
        aggregate_id=batch_id,
        query_id=query_id,
        printer_id=asked.printer_id,
        template=asked.template,
        labels=wanted.count,
        copies=asked.copies,
    )
    events_service.record(session, principal, event, reason=asked.reason or None)
    return job_id


def look_at(
    session: ReadSession, principal: Principal, *, query_id: UUID, only_new: bool
) -> ManyLabels:
    """Return how many labels a stored query comes to, and the sample of the first.

    Raises:
        QueryNotFound: no such selection of the principal's.
    """
    principal.require(Permission.LABELS_PRINT)
    query = stored_queries.load_query(session, principal, query_id)
    found = _visible(principal).where(Sample.id.in_(stored_queries.matched(query.id)))
    if only_new:
        found = found.where(Sample.barcode.not_in(queries.printed_codes()))
    rows = found.subquery()
    first = session.scalar(select(rows.c.id).order_by(rows.c.id).limit(1))
    return ManyLabels(
        count=session.scalar(select(func.count()).select_from(rows)) or 0, first=first
    )


def queue_part(
    session: WriteSession,
    principal: Principal,
    *,
    batch_id: UUID,
    query_id: UUID,
    asked: ManyInput,
    part: int,
) -> PartQueued:
    """Put a part of the labels into the printer's queue and return what became of it.

    Without a reason a sample that got a label meanwhile is left out, as a code is that the label
    has no room for. A part that stands in the queue already is not queued again.

    Raises:
        QueryNotFound, PrinterNotFound, PrinterSwitchedOff: as `request_many`.
        PermissionDenied: the person may no longer print.
    """
    principal.require(Permission.LABELS_PRINT)
    query = stored_queries.load_query(session, principal, query_id)
    passed = min((part + 1) * MOST_LABELS, query.total)
    print_id = uuid5(batch_id, str(part))
    if session.get(PrintJob, print_id) is not None:
        of_print = select(func.count()).where(PrintLabel.print_id == print_id)
        return PartQueued(passed=passed, total=query.total, labels=session.scalar(of_print) or 0)
    printer = printing.ready_printer(session, asked.printer_id)
    there = _keys_of_part(session, principal, query_id, part)
    labels = contents.of_samples(session, principal, there)
    done: set[str] = set()
    if asked.only_new or not asked.reason:
        done = set(queries.printed_before(session, [label.barcode for label in labels]))
    new = [label for label in labels if label.barcode not in done]
    kept = fitting(asked.template, new, dpi=printer.dpi)
    if kept:
        printing.queue_labels(
            session,
            principal,
            print_id=print_id,
            printer_id=printer.id,
            asked=asked,
            labels=kept,
            ahead=part,
        )
    return PartQueued(
        passed=passed,
        total=query.total,
        labels=len(kept),
        had_one=len(done),
        too_long=len(new) - len(kept),
    )


def _refuse_amount(count: int, copies: int) -> None:
    if not count:
        raise InvalidInput("No label is left to print. Every one of these samples has one.")
    if count * copies > MOST_OF_A_JOB:
        raise InvalidInput(
            f"One job prints at most {MOST_OF_A_JOB:,} labels; these are {count * copies:,}. "
            "Take fewer copies, or narrow the view and select again."
        )


def _refuse_without_reason(session: ReadSession, principal: Principal, query_id: UUID) -> None:
    codes = session.scalars(
        _visible(principal)
        .with_only_columns(Sample.barcode)
        .where(Sample.id.in_(stored_queries.matched(query_id)))
        .where(Sample.barcode.in_(queries.printed_codes()))
        .order_by(Sample.id)
    )
    if (sentence := rules.needs_reason(list(codes), "")) is not None:
        raise ReasonNeeded(sentence, fields={"reason": sentence})


def _visible(principal: Principal) -> Select[UUID]:
    return samples_queries.visible_samples(principal).with_only_columns(Sample.id)


def _keys_of_part(
    session: ReadSession, principal: Principal, query_id: UUID, part: int
) -> list[UUID]:
    first = part * MOST_LABELS
    blocks = session.scalars(
        select(SampleQueryBlock.ids)
        .where(
            SampleQueryBlock.query_id == query_id,
            SampleQueryBlock.pos >= first,
            SampleQueryBlock.pos < first + MOST_LABELS,
        )
        .order_by(SampleQueryBlock.pos)
    )
    keys = [key for ids in blocks for key in ids]
    return list(session.scalars(_visible(principal).where(Sample.id.in_(keys)).order_by(Sample.id)))


def fitting(template: str, labels: Sequence[LabelContent], *, dpi: int) -> list[LabelContent]:
    """Return the labels whose code the template has room for."""
    try:
        printing.layouts_of(template, labels, dpi=dpi)
    except CodeTooLong:
        if len(labels) == 1:
            return []
        half = len(labels) // 2
        return [
            *fitting(template, labels[:half], dpi=dpi),
            *fitting(template, labels[half:], dpi=dpi),
        ]
    return list(labels)
