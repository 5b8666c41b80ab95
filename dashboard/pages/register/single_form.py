"""What the bench form asks and how the typed becomes a registration. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.core.errors import AppError
from backend.samples import service
from backend.samples.errors import RegistrationRefused
from backend.samples.ids import Priority
from backend.samples.schemas import ArrivalInput, SampleRegistration
from dashboard.pages.register import single_ids as ids
from dashboard.pages.register.receiving import local_instant
from dashboard.pages.samples.arrival_fields import found_arrival

Typed = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class BenchField:
    """One field of the form: its name in a registration and its id.

    ``what`` names it where a person chooses what stays for the next sample, empty for what is each
    tube's own. ``kept`` is whether it stays until they choose; ``blank`` what it is emptied to.
    """

    name: str
    id: str
    what: str = ""
    kept: bool = False
    blank: str | None = ""


FIELDS: tuple[BenchField, ...] = (
    BenchField("barcode", ids.BARCODE),
    BenchField("name", ids.NAME),
    BenchField("project_code", ids.PROJECT, "Project", kept=True, blank=None),
    BenchField("subject_code", ids.SUBJECT, "Subject"),
    BenchField("material_type", ids.MATERIAL, "Sample type", kept=True, blank=None),
    BenchField("temperature_class", ids.TEMPERATURE, "Temperature", kept=True, blank=None),
    BenchField("volume_ul", ids.VOLUME, "Volume"),
    BenchField("concentration_ng_per_ul", ids.CONCENTRATION, "Concentration"),
    BenchField("collected_on", ids.COLLECTED, "Day of collection"),
    BenchField("box", ids.BOX, "Storage place", kept=True),
    BenchField("external_id", ids.EXTERNAL_ID),
    BenchField("parent_barcode", ids.PARENT, "Taken from"),
    BenchField("consent", ids.CONSENT, "Consent reference"),
    BenchField("received_at", ids.RECEIVED, "Time of receipt"),
    BenchField("container_type", ids.CONTAINER, "Container", kept=True),
    BenchField("biosafety_level", ids.BIOSAFETY, "Biosafety level", kept=True, blank="1"),
    BenchField("a260_280", ids.A260_280),
    BenchField("a260_230", ids.A260_230),
    BenchField("rin", ids.RIN),
    BenchField("din", ids.DIN),
    BenchField("index_i7", ids.INDEX_I7),
    BenchField("index_i5", ids.INDEX_I5),
    BenchField("submitter", ids.SUBMITTER, "Submitter", kept=True),
    BenchField("priority", ids.PRIORITY, "Priority", kept=True, blank=Priority.NORMAL.value),
    BenchField("analysis", ids.ANALYSIS, "Analysis", kept=True),
    BenchField("notes", ids.NOTES, "Notes"),
)
KEEPABLE = tuple(field for field in FIELDS if field.what)
"""What may stay for the next sample."""
USUALLY_KEPT = tuple(field.name for field in KEEPABLE if field.kept)
_ID_OF = {field.name: field.id for field in FIELDS} | {"arrival": ids.ARRIVAL}
_NUMBERS = frozenset({"volume_ul", "concentration_ng_per_ul", "a260_280", "a260_230", "rin", "din"})
_DECIMAL_COMMA = re.compile(r"^\d+,\d{1,2}$")


def emptied(sticky: Collection[str] | None) -> dict[str, str | None]:
    """Return the fields that do not stay for the next sample, each with what it is emptied to.

    ``sticky`` is what a person chose to keep; None for who never chose.
    """
    stays = {field.name for field in KEEPABLE} & set(USUALLY_KEPT if sticky is None else sticky)
    return {field.name: field.blank for field in FIELDS if field.name not in stays}


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


def arrival_of(
    ticked: Sequence[str] | None, temperature: str | None, note: str | None
) -> ArrivalInput | None:
    """Return how it arrived; None where nothing was said of it.

    Raises:
        RegistrationRefused: it says nothing certain.
    """
    if not (ticked or (temperature or "").strip() or (note or "").strip()):
        return None
    try:
        return found_arrival(ticked, temperature, note)
    except RegistrationRefused as refusal:
        said = refusal.message
        raise RegistrationRefused(said, fields={"arrival": said}) from refusal


def point_for_comma(text: str) -> str:
    """Return ``12,5`` as ``12.5``; a comma before three digits may part thousands and stays."""
    return text.replace(",", ".") if _DECIMAL_COMMA.match(text) else text


def by_field(refusal: AppError, *, otherwise: str = ids.BARCODE) -> dict[str, str]:
    """Return a refusal's sentences by field id; what names no field stands at ``otherwise``."""
    named = {_ID_OF[name]: sentence for name, sentence in refusal.fields.items() if name in _ID_OF}
    return named or {otherwise: refusal.message}
