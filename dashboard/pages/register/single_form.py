"""What the bench form asks and how the typed becomes a registration. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.core.errors import AppError
from backend.samples import service
from backend.samples.schemas import SampleRegistration
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.receiving import local_instant

Typed = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class BenchField:
    """One field: its name in a registration, its id, and whether the next sample starts with it."""

    name: str
    id: str
    kept: bool = False


FIELDS: tuple[BenchField, ...] = (
    BenchField("barcode", ids.BARCODE),
    BenchField("name", ids.NAME),
    BenchField("project_code", ids.PROJECT, kept=True),
    BenchField("subject_code", ids.SUBJECT),
    BenchField("material_type", ids.MATERIAL, kept=True),
    BenchField("temperature_class", ids.TEMPERATURE, kept=True),
    BenchField("volume_ul", ids.VOLUME),
    BenchField("concentration_ng_per_ul", ids.CONCENTRATION),
    BenchField("collected_on", ids.COLLECTED),
    BenchField("box", ids.BOX, kept=True),
    BenchField("external_id", ids.EXTERNAL_ID),
    BenchField("parent_barcode", ids.PARENT),
    BenchField("received_at", ids.RECEIVED),
    BenchField("container_type", ids.CONTAINER, kept=True),
    BenchField("biosafety_level", ids.BIOSAFETY, kept=True),
    BenchField("a260_280", ids.A260_280),
    BenchField("a260_230", ids.A260_230),
    BenchField("rin", ids.RIN),
    BenchField("din", ids.DIN),
    BenchField("index_i7", ids.INDEX_I7),
    BenchField("index_i5", ids.INDEX_I5),
    BenchField("submitter", ids.SUBMITTER, kept=True),
    BenchField("priority", ids.PRIORITY, kept=True),
    BenchField("analysis", ids.ANALYSIS, kept=True),
    BenchField("notes", ids.NOTES),
)
_ID_OF = {field.name: field.id for field in FIELDS}
_NUMBERS = frozenset({"volume_ul", "concentration_ng_per_ul", "a260_280", "a260_230", "rin", "din"})
_DECIMAL_COMMA = re.compile(r"^\d+,\d{1,2}$")


def typed_of(values: Sequence[object]) -> dict[str, str | None]:
    """Return what stands in the fields, in FIELDS' order, by name; blank is absent."""
    pairs = zip(FIELDS, values, strict=True)
    return {field.name: str(value or "").strip() or None for field, value in pairs}


def registration_of(typed: Typed, *, now: datetime) -> SampleRegistration:
    """Return what was typed as a registration.

    Without a time of receipt it is ``now``: the tube is in the hand of who registers it.

    Raises:
        RegistrationRefused: with a sentence for each field that needs another value.
        InvalidInput: a time of receipt that is none.
    """
    given = {name: value for name, value in typed.items() if value is not None and name != "box"}
    numbers = {name: point_for_comma(given[name]) for name in _NUMBERS & given.keys()}
    received = local_instant(given.pop("received_at", None)) or now
    return service.check_registration(**{**given, **numbers, "received_at": received})


def point_for_comma(text: str) -> str:
    """Return ``12,5`` as ``12.5``; a comma before three digits may part thousands and stays."""
    return text.replace(",", ".") if _DECIMAL_COMMA.match(text) else text


def by_field(refusal: AppError, *, otherwise: str = ids.BARCODE) -> dict[str, str]:
    """Return a refusal's sentences by field id; what names no field stands at ``otherwise``."""
    named = {_ID_OF[name]: sentence for name, sentence in refusal.fields.items() if name in _ID_OF}
    return named or {otherwise: refusal.message}
