"""Decisions about samples, without I/O: where a material may be kept, and what may happen next."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from backend.core.principal import Permission
from backend.samples.ids import (
    Custody,
    HoldKind,
    Lifecycle,
    MaterialType,
    QcVerdict,
    TemperatureClass,
)

BARCODE = re.compile(r"^[A-Z0-9][A-Z0-9._/-]{2,63}$")
INDEX_SEQUENCE = re.compile(r"^[ACGT]{4,40}$")
PROJECT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NAME_MAXIMUM = 200

_FROZEN = frozenset({TemperatureClass.LN2_VAPOUR, TemperatureClass.MINUS_80})
_COLD = _FROZEN | {TemperatureClass.MINUS_40, TemperatureClass.MINUS_20}
_ANY = frozenset(TemperatureClass)

# Usual practice of biobanks (ISBER Best Practices for Repositories, 4th ed., section on storage
# temperatures): RNA and cell-free DNA at −80 °C or colder, extracted DNA frozen, whole blood at
# 4 °C until it is extracted or frozen. A laboratory's own rule replaces a line here.
KEPT_AT: Mapping[MaterialType, frozenset[TemperatureClass]] = MappingProxyType(
    {
        MaterialType.BLOOD: _COLD | {TemperatureClass.PLUS_4},
        MaterialType.PLASMA: _COLD,
        MaterialType.SERUM: _COLD,
        MaterialType.SALIVA: _ANY - {TemperatureClass.PLUS_37},
        MaterialType.URINE: _COLD | {TemperatureClass.PLUS_4},
        MaterialType.TISSUE: _COLD | {TemperatureClass.PLUS_4, TemperatureClass.ROOM},
        MaterialType.CELLS: _ANY,
        MaterialType.GDNA: _COLD | {TemperatureClass.PLUS_4},
        MaterialType.CFDNA: _COLD,
        MaterialType.RNA: _FROZEN,
        MaterialType.CDNA: _COLD,
        MaterialType.LIBRARY: _COLD,
        MaterialType.POOL: _COLD,
        MaterialType.OTHER: _ANY,
    }
)

BARCODE_PREFIX: Mapping[MaterialType, str] = MappingProxyType(
    {
        MaterialType.BLOOD: "BLD",
        MaterialType.PLASMA: "PLS",
        MaterialType.SERUM: "SER",
        MaterialType.SALIVA: "SAL",
        MaterialType.URINE: "URN",
        MaterialType.TISSUE: "TIS",
        MaterialType.CELLS: "CEL",
        MaterialType.GDNA: "DNA",
        MaterialType.CFDNA: "CFD",
        MaterialType.RNA: "RNA",
        MaterialType.CDNA: "CDN",
        MaterialType.LIBRARY: "LIB",
        MaterialType.POOL: "POL",
        MaterialType.OTHER: "SMP",
    }
)

MATERIAL_NAME: Mapping[MaterialType, str] = MappingProxyType(
    {
        **{material: material.value.capitalize() for material in MaterialType},
        MaterialType.GDNA: "gDNA",
        MaterialType.CFDNA: "cfDNA",
        MaterialType.RNA: "RNA",
        MaterialType.CDNA: "cDNA",
    }
)

ZONE_NAME: Mapping[TemperatureClass, str] = MappingProxyType(
    {
        TemperatureClass.LN2_VAPOUR: "LN₂ vapour",
        TemperatureClass.MINUS_80: "−80 °C",
        TemperatureClass.MINUS_40: "−40 °C",
        TemperatureClass.MINUS_20: "−20 °C",
        TemperatureClass.PLUS_4: "4 °C",
        TemperatureClass.ROOM: "room temperature",
        TemperatureClass.PLUS_37: "37 °C",
    }
)


def may_be_kept_at(material: MaterialType, zone: TemperatureClass) -> bool:
    """Say whether a material may stand in a temperature zone."""
    return zone in KEPT_AT[material]


def zone_refusal(material: MaterialType, zone: TemperatureClass) -> str | None:
    """Return the sentence that refuses a zone for a material, None where it is fine."""
    if may_be_kept_at(material, zone):
        return None
    allowed = [ZONE_NAME[kept] for kept in TemperatureClass if kept in KEPT_AT[material]]
    return f"{MATERIAL_NAME[material]} must be stored at {' or '.join(allowed)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What guards look at: a sample's four axes and what else decides."""

    lifecycle: Lifecycle
    custody: Custody
    qc_verdict: QcVerdict
    holds: frozenset[HoldKind] = frozenset()
    has_received_at: bool = False
    has_volume: bool = False
    expired_on: date | None = None
    """The day that it expired on; None while it is good."""
    consent_problem: str | None = None
    """The sentence that says what is wrong with its donor's consent, or an ancestor's."""
    retained_until: date | None = None
    """It has to be kept until then; None where nothing has to be waited for."""
    lacks_witness: bool = False
    """Its disposal needs a second person who has not signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row of the table of what may be done with a sample."""

    action: str
    label: str
    before: frozenset[Lifecycle]
    permission: Permission
    needs_reason: bool = False
    guards: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Act):
    """An act that moves the lifecycle; ``undone_by`` names the step that takes it back."""

    after: Lifecycle
    undone_by: str | None = None
    takes_arrival: bool = False
    """Whoever takes it may say in what condition the sample arrived."""


_HERE = frozenset({Lifecycle.REGISTERED, Lifecycle.IN_TRANSIT})
_USABLE = frozenset({Lifecycle.ACCEPTED, Lifecycle.COMPLETED})
OVER = frozenset(
    {
        Lifecycle.REJECTED,
        Lifecycle.DEPLETED,
        Lifecycle.DISPOSED,
        Lifecycle.RETURNED,
        Lifecycle.LOST,
        Lifecycle.DESTROYED,
    }
)
_FREE_TO_USE = ("no_hold", "consent_valid", "not_expired")

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        action="send",
        label="Mark as on its way",
        before=frozenset({Lifecycle.REGISTERED}),
        after=Lifecycle.IN_TRANSIT,
        permission=Permission.SAMPLES_TRANSITION,
        undone_by="receive",
        guards=("not_in_storage",),
    ),
    Transition(
        action="receive",
        label="Receive",
        before=_HERE,
        after=Lifecycle.RECEIVED,
        permission=Permission.SAMPLES_TRANSITION,
        takes_arrival=True,
    ),
    Transition(
        action="accept",
        label="Accept",
        before=_HERE | {Lifecycle.RECEIVED},
        after=Lifecycle.ACCEPTED,
        permission=Permission.SAMPLES_TRANSITION,
        guards=("received", "no_consent_withdrawn"),
    ),
    Transition(
        action="reject",
        label="Reject",
        before=_HERE | {Lifecycle.RECEIVED},
        after=Lifecycle.REJECTED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
    ),
    Transition(
        action="start",
        label="Start sequencing",
        before=_USABLE,
        after=Lifecycle.IN_PROCESS,
        permission=Permission.SAMPLES_TRANSITION,
        guards=(*_FREE_TO_USE, "qc_passed", "has_volume"),
    ),
    Transition(
        action="complete",
        label="Complete",
        before=frozenset({Lifecycle.IN_PROCESS}),
        after=Lifecycle.COMPLETED,
        permission=Permission.SAMPLES_TRANSITION,
        guards=("no_hold",),
    ),
    Transition(
        action="archive",
        label="Archive",
        before=_USABLE,
        after=Lifecycle.ARCHIVED,
        permission=Permission.SAMPLES_TRANSITION,
        undone_by="reopen",
        guards=("no_legal_hold",),
    ),
    Transition(
        action="reopen",
        label="Use again",
        before=frozenset({Lifecycle.ARCHIVED, Lifecycle.DEPLETED}),
        after=Lifecycle.ACCEPTED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        undone_by="archive",
        guards=(*_FREE_TO_USE, "has_volume"),
    ),
    Transition(
        action="deplete",
        label="Mark as used up",
        before=_USABLE | {Lifecycle.IN_PROCESS, Lifecycle.ARCHIVED},
        after=Lifecycle.DEPLETED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        undone_by="reopen",
        guards=("not_in_storage",),
    ),
    Transition(
        action="give_back",
        label="Return to the submitter",
        before=_USABLE | {Lifecycle.RECEIVED, Lifecycle.REJECTED, Lifecycle.ARCHIVED},
        after=Lifecycle.RETURNED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        guards=("no_legal_hold", "not_in_storage"),
    ),
    Transition(
        action="dispose",
        label="Discard",
        # What was rejected or used up still stands somewhere and is thrown away in the end.
        before=frozenset(Lifecycle)
        - (OVER - {Lifecycle.REJECTED, Lifecycle.DEPLETED})
        - {Lifecycle.IN_PROCESS},
        after=Lifecycle.DISPOSED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        guards=("no_legal_hold", "not_in_storage", "retention_passed", "witnessed"),
    ),
    Transition(
        action="destroy",
        label="Report as destroyed",
        before=frozenset(Lifecycle) - OVER,
        after=Lifecycle.DESTROYED,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        guards=("not_in_storage",),
    ),
    Transition(
        action="withdraw",
        label="Withdraw registration",
        before=_HERE | {Lifecycle.RECEIVED},
        after=Lifecycle.DISPOSED,
        permission=Permission.SAMPLES_REGISTER,
        needs_reason=True,
        guards=("not_in_storage",),
    ),
    Transition(
        action="lose",
        label="Report as lost",
        before=frozenset(Lifecycle) - OVER,
        after=Lifecycle.LOST,
        permission=Permission.SAMPLES_TRANSITION,
        needs_reason=True,
        guards=("not_in_storage",),
    ),
)

BY_ACTION: Mapping[str, Transition] = MappingProxyType({t.action: t for t in TRANSITIONS})

DRAW = Act(
    action="draw",
    label="Draw from it",
    before=_USABLE | {Lifecycle.IN_PROCESS},
    permission=Permission.SAMPLES_EDIT,
    guards=_FREE_TO_USE,
)
RETURN = Act(
    action="return",
    label="Put volume back",
    before=_USABLE | {Lifecycle.IN_PROCESS, Lifecycle.ARCHIVED},
    permission=Permission.SAMPLES_EDIT,
    needs_reason=True,
)
CORRECT = Act(
    action="correct",
    label="Correct the volume",
    before=frozenset(Lifecycle) - (OVER - {Lifecycle.DEPLETED, Lifecycle.REJECTED}),
    permission=Permission.SAMPLES_EDIT,
    needs_reason=True,
)


def failing_guards(act: Act, standing: Standing, reason: str | None) -> list[str]:
    """Return a sentence for every reason why an act is not possible now; all of them."""
    failures = []
    if standing.lifecycle not in act.before:
        states = " or ".join(sorted(state.value.replace("_", " ") for state in act.before))
        now = standing.lifecycle.value.replace("_", " ")
        failures.append(f"“{act.label}” needs a sample that is {states}; it is {now}.")
    if act.needs_reason and not (reason or "").strip():
        failures.append(f"“{act.label}” needs a reason. Write one.")
    checks = (_guard_failure(name, standing) for name in act.guards)
    failures.extend(failure for failure in checks if failure is not None)
    return failures


def _guard_failure(name: str, standing: Standing) -> str | None:
    holds = ", ".join(sorted(hold.value.replace("_", " ") for hold in standing.holds))
    sentences = {
        "received": (
            standing.has_received_at,
            "It has no time of receipt. Receive it first.",
        ),
        "no_consent_withdrawn": (
            HoldKind.CONSENT_WITHDRAWN not in standing.holds,
            "Its donor's consent is withdrawn.",
        ),
        "consent_valid": (standing.consent_problem is None, standing.consent_problem or ""),
        "not_expired": (
            standing.expired_on is None,
            f"It expired on {shown_day(standing.expired_on)}. Set a later date or discard it.",
        ),
        "no_hold": (not standing.holds, f"It is on hold: {holds}. Release the hold first."),
        "no_legal_hold": (
            HoldKind.LEGAL_HOLD not in standing.holds,
            "It is on legal hold. Release that first.",
        ),
        "qc_passed": (
            standing.qc_verdict
            in {QcVerdict.PASS, QcVerdict.PASS_WITH_WARNING, QcVerdict.FAIL_PROCEED},
            "Quality control has not passed it. Record a verdict first.",
        ),
        "has_volume": (standing.has_volume, "It has no volume left, or none was recorded."),
        "not_in_storage": (
            standing.custody is not Custody.IN_STORAGE,
            "It still stands in storage. Take it out first.",
        ),
        "retention_passed": (
            standing.retained_until is None,
            f"It has to be kept until {shown_day(standing.retained_until)}.",
        ),
        "witnessed": (
            not standing.lacks_witness,
            "Discarding it needs a witness who signs with their address and password.",
        ),
    }
    passes, sentence = sentences[name]
    return None if passes else sentence


def shown_day(day: date | None) -> str:
    """Return a day as sentences tell it: ``3 Nov 2026``; empty for none."""
    return f"{day:%d %b %Y}".lstrip("0") if day else ""


def possible_actions(lifecycle: Lifecycle) -> Sequence[Transition]:
    """Return the transitions that start from a lifecycle state, in the table's order."""
    return [transition for transition in TRANSITIONS if lifecycle in transition.before]


def project_faults(*, code: str, name: str) -> dict[str, str]:
    """Return what stops a project from being added, by field."""
    faults = {}
    if not PROJECT_CODE.fullmatch(code):
        faults["code"] = (
            "Use 1 to 40 letters, digits, dots, hyphens or underscores, such as CARDIO-7."
        )
    if not 0 < len(name) <= _NAME_MAXIMUM:
        faults["name"] = f"Write the project's name, at most {_NAME_MAXIMUM} characters."
    return faults
