"""What people type on the Sequencing forms, as the services' input; and refusals by field."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from backend.sequencing.schemas import RunPlanIn, SequencingRequestIn
from dashboard.pages.sequencing import ids

Made = TypeVar("Made")
_LONGEST_RUN_H = 24 * 14

_REQUEST_FIELDS = {
    "project_code": (ids.REQUEST_PROJECT, "Choose a project."),
    "why_again": (ids.REQUEST_WHY, "Why again must be 500 characters or fewer."),
    "libraries": (ids.REQUEST_LIBRARIES, "Give 1 to 384 barcodes, one on each line."),
    "reads_millions": (ids.REQUEST_READS, "Reads must be a number of millions above 0."),
    "depth": (ids.REQUEST_DEPTH, "Depth must be a number above 0."),
    "target_bp": (ids.REQUEST_TARGET, "Target must be 0.0001 Mb or more."),
    "duplicate_share": (ids.REQUEST_DUPLICATES, "Duplicates must be 0 to 99%."),
    "on_target_share": (ids.REQUEST_ON_TARGET, "On target must be 1 to 100%."),
    "read_length": (ids.REQUEST_LENGTH, "Read length must be 25 to 600 cycles."),
    "assay": (ids.REQUEST_ASSAY, "Choose an assay from the list, or none."),
    "due_on": (ids.REQUEST_DUE, "Choose the day it is due."),
    "notes": (ids.REQUEST_NOTES, "Notes must be 1,000 characters or fewer."),
}
_PLAN_FIELDS = {
    "instrument_id": (ids.PLAN_INSTRUMENT, "Choose an instrument."),
    "flow_cell": (ids.PLAN_FLOW_CELL, "Choose a flow cell from the list."),
    "recipe": (ids.PLAN_RECIPE, "Choose a recipe from the list, or none."),
    "start_at": (ids.PLAN_START, "Give the day and time at which the run starts."),
    "end_at": (ids.PLAN_HOURS, "Hours must be a number above 0."),
    "lanes": (ids.PLAN_INSTRUMENT, "Give at least one pool a lane."),
    "lane": (ids.PLAN_INSTRUMENT, ""),
}


def parse_request(
    *,
    project: str | None,
    libraries: str | None,
    reads: object,
    depth: object,
    target_mb: object,
    duplicates: object,
    on_target: object,
    length: object,
    due: str | None,
    notes: str | None,
    assay: str | None = None,
    why_again: str | None = None,
) -> SequencingRequestIn:
    """Return the request that was typed.

    A depth or a target asks for coverage; shares are percent, the target Mb. A line of
    ``libraries`` is a barcode, or a barcode, i7 and i5 parted by comma, semicolon or tab.

    Raises:
        InvalidInput: by the schema's field names.
    """
    typed = {
        "project_code": project or "",
        "libraries": [_library(line) for line in (libraries or "").splitlines() if line.strip()],
        "reads_millions": None if reads in (None, "") else reads,
        "coverage": _coverage(depth, target_mb, duplicates, on_target),
        "read_length": length,
        "due_on": due or None,
        "notes": notes or "",
        "assay": "" if assay in (None, ids.NO_ASSAY) else assay,
        "why_again": why_again or "",
    }
    return checked(lambda: SequencingRequestIn.model_validate(typed), _REQUEST_FIELDS)


def parse_plan(
    *,
    instrument: str | None,
    flow_cell: str | None,
    recipe: str | None,
    start: str | None,
    hours: object,
    lanes: Sequence[tuple[str, object]],
    zone: ZoneInfo,
) -> RunPlanIn:
    """Return the plan that was typed; times are the laboratory's. Raises as parse_request."""
    start_at = instant(start, zone)
    length = _number(hours)
    typed = {
        "instrument_id": instrument,
        "flow_cell": flow_cell or "",
        "recipe": "" if recipe in (None, ids.NO_RECIPE) else recipe,
        "start_at": start_at,
        "end_at": start_at + timedelta(hours=length) if start_at and length else None,
        "lanes": [
            {"pool_id": UUID(pool), "lane": lane} for pool, lane in lanes if lane not in (None, "")
        ],
    }
    return checked(lambda: RunPlanIn.model_validate(typed), _PLAN_FIELDS)


def by_field(refusal: AppError, *, otherwise: str) -> dict[str, str]:
    """Return a refusal's sentences by the id of the field they stand at."""
    known = _REQUEST_FIELDS | _PLAN_FIELDS
    found: dict[str, str] = {}
    for name, sentence in refusal.fields.items():
        field = known.get(name, (otherwise, ""))[0]
        found[field] = f"{found[field]} {sentence}" if field in found else sentence
    return found or {otherwise: refusal.message}


def checked(make: Callable[[], Made], fields: Mapping[str, tuple[str, str]]) -> Made:
    """Return what is made of typed values.

    Raises:
        InvalidInput: by field name, with the sentence that ``fields`` has beside the field's id.
    """
    try:
        return make()
    except ValidationError as error:
        wrong = {_named(each["loc"]): str(each["msg"]) for each in error.errors()}
        sentences = {name: fields.get(name, ("", said))[1] or said for name, said in wrong.items()}
        raise InvalidInput("There is something to correct.", fields=sentences) from error


def instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Return a typed local time; None where it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError:
        return None


def _named(place: Sequence[str | int]) -> str:
    """Return the field that an error is about; of a coverage its own field."""
    return str(place[1] if place[0] == "coverage" and len(place) > 1 else place[0])


def _coverage(
    depth: object, target_mb: object, duplicates: object, on_target: object
) -> dict[str, object] | None:
    """Return what asks for coverage; None where neither depth nor target was given."""
    if depth in (None, "") and target_mb in (None, ""):
        return None
    target = _scaled(target_mb, 1_000_000)
    return {
        "depth": depth,
        "target_bp": None if target is None else int(target),
        "duplicate_share": _scaled(duplicates, Decimal("0.01")),
        "on_target_share": _scaled(on_target, Decimal("0.01")),
    }


def _scaled(typed: object, factor: Decimal | int) -> Decimal | None:
    try:
        number = Decimal(str(typed))
    except InvalidOperation:
        return None
    return number * factor if number.is_finite() else None


def _library(line: str) -> dict[str, str | None]:
    parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
    barcode, i7, i5 = (*parts, "", "")[:3]
    return {"barcode": barcode, "index_i7": i7 or None, "index_i5": i5 or None}


def _number(typed: object) -> float | None:
    try:
        number = float(str(typed))
    except ValueError:
        return None
    return number if 0 < number <= _LONGEST_RUN_H else None
