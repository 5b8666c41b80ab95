"""What a condition on arrival means: its words, and which hold it puts a sample on. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from backend.samples.ids import ArrivalCondition, HoldKind

LONGEST_NOTE = 300
COLDEST_C, WARMEST_C = Decimal(-200), Decimal(60)

CONDITION_NAME: Mapping[ArrivalCondition, str] = MappingProxyType(
    {
        ArrivalCondition.GOOD: "Good",
        ArrivalCondition.THAWED: "Thawed",
        ArrivalCondition.WARM: "Temperature excursion",
        ArrivalCondition.LEAKING: "Leaking",
        ArrivalCondition.BROKEN: "Broken",
        ArrivalCondition.UNDERFILLED: "Underfilled",
        ArrivalCondition.HAEMOLYSED: "Haemolysed",
        ArrivalCondition.LABEL_UNREADABLE: "Label unreadable",
        ArrivalCondition.LABEL_MISMATCH: "Label does not match",
        ArrivalCondition.DOCUMENTS_MISSING: "Documents missing",
        ArrivalCondition.OTHER: "Other",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPolicy:
    """The hold that a condition calls for, and what has to happen before it is released."""

    kind: HoldKind
    release_rule: str


_EXPOSED = HoldPolicy(
    kind=HoldKind.TEMPERATURE_EXPOSURE,
    release_rule="A measurement or the logger of the transport shows that it is fit for use.",
)
_SPILLED = HoldPolicy(
    kind=HoldKind.QUARANTINE,
    release_rule="Somebody judged what is left of it, and that nothing got in.",
)
_UNNAMED = HoldPolicy(
    kind=HoldKind.QUARANTINE, release_rule="The submitter confirmed which sample it is."
)

# A sample is compromised by doubt about its identity, by time and temperature, by its container
# and by too little of it (ISO 15189:2022, 7.2.6.2). Too little endangers nothing that is there,
# and so do missing papers: those two are written down and hold nothing up. A laboratory's own
# policy replaces a line here.
HOLD_FOR: Mapping[ArrivalCondition, HoldPolicy] = MappingProxyType(
    {
        ArrivalCondition.THAWED: _EXPOSED,
        ArrivalCondition.WARM: _EXPOSED,
        ArrivalCondition.LEAKING: _SPILLED,
        ArrivalCondition.BROKEN: _SPILLED,
        ArrivalCondition.HAEMOLYSED: HoldPolicy(
            kind=HoldKind.QC_PENDING,
            release_rule="Quality control says what it can still be used for.",
        ),
        ArrivalCondition.LABEL_UNREADABLE: _UNNAMED,
        ArrivalCondition.LABEL_MISMATCH: _UNNAMED,
        ArrivalCondition.OTHER: HoldPolicy(
            kind=HoldKind.QUARANTINE, release_rule="Somebody judged what the note says."
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDue:
    """A hold that a sample goes on, and the conditions that call for it."""

    kind: HoldKind
    found: Sequence[ArrivalCondition]

    @property
    def release_rule(self) -> str:
        """Everything that has to happen first, each sentence once."""
        return " ".join(dict.fromkeys(HOLD_FOR[each].release_rule for each in self.found))


def in_order(conditions: Iterable[ArrivalCondition]) -> tuple[ArrivalCondition, ...]:
    """Return conditions each once, in the order of the vocabulary."""
    found = set(conditions)
    return tuple(each for each in ArrivalCondition if each in found)


def faults(conditions: Sequence[ArrivalCondition], *, note: str) -> dict[str, str]:
    """Return what is wrong with what was found on arrival, by field."""
    said = {}
    if not conditions:
        said["conditions"] = "Choose how it arrived; Good if nothing is wrong with it."
    elif ArrivalCondition.GOOD in conditions and len(set(conditions)) > 1:
        said["conditions"] = "What is good has nothing else wrong with it. Choose one or the other."
    if ArrivalCondition.OTHER in conditions and not note.strip():
        said["note"] = "Write in the note what is wrong with it."
    return said


def holds_due(conditions: Iterable[ArrivalCondition]) -> list[HoldDue]:
    """Return the holds that conditions call for: each kind once, with all that calls for it."""
    due: dict[HoldKind, list[ArrivalCondition]] = {}
    for each in in_order(conditions):
        if each in HOLD_FOR:
            due.setdefault(HOLD_FOR[each].kind, []).append(each)
    return [HoldDue(kind=kind, found=tuple(found)) for kind, found in due.items()]


def told(conditions: Iterable[ArrivalCondition], temperature_c: Decimal | None) -> str:
    """Say how a sample arrived: ``Thawed, leaking; 12.5 °C``."""
    words = ", ".join(CONDITION_NAME[each] for each in in_order(conditions))
    measured = "" if temperature_c is None else f"; {shown_celsius(temperature_c)}"
    return words.capitalize() + measured


def hold_reason(due: HoldDue, *, temperature_c: Decimal | None, note: str) -> str:
    """Say why a sample goes on hold: what was found, the temperature, and the note."""
    said = f" “{note}”" if note else ""
    return f"Found on arrival: {told(due.found, temperature_c)}.{said}"


def shown_celsius(temperature_c: Decimal) -> str:
    """Return a temperature as people write it: ``−18.5 °C``."""
    figure = f"{temperature_c:f}"
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    return f"{figure} °C".replace("-", "−")
