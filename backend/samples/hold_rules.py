"""Who may say that a hold's reason is gone, and what has to be shown. Pure; a table of data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.core.principal import Permission
from backend.samples.ids import HoldKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRule:
    """What a release asks for beside its reason; ``evidence`` is empty where none is needed."""

    permission: Permission
    evidence: str = ""


_AT_THE_BENCH = ReleaseRule(permission=Permission.SAMPLES_HOLD)

RELEASE: Mapping[HoldKind, ReleaseRule] = MappingProxyType(
    {
        HoldKind.QUARANTINE: _AT_THE_BENCH,
        HoldKind.QC_PENDING: _AT_THE_BENCH,
        HoldKind.PAUSED_BY_REQUESTER: _AT_THE_BENCH,
        HoldKind.PAYMENT: _AT_THE_BENCH,
        HoldKind.TEMPERATURE_EXPOSURE: ReleaseRule(
            permission=Permission.SAMPLES_HOLD,
            evidence="Write which measurement or log shows that it is still fit for use.",
        ),
        HoldKind.LEGAL_HOLD: ReleaseRule(
            permission=Permission.PROJECTS_MANAGE,
            evidence="Write the reference of the letter that lifts the legal hold.",
        ),
        HoldKind.CONSENT_WITHDRAWN: ReleaseRule(
            permission=Permission.PROJECTS_MANAGE,
            evidence="Write the reference of the donor's new consent.",
        ),
    }
)


def release_faults(kind: HoldKind, *, reason: str, evidence: str) -> dict[str, str]:
    """Return what a release still lacks, by field."""
    faults = {}
    if not reason.strip():
        faults["reason"] = "Write why it may be used again."
    asked = RELEASE[kind].evidence
    if asked and not evidence.strip():
        faults["evidence"] = asked
    return faults
