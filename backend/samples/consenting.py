"""The consents that registrations and lists name, found at once and held until they are tied.

A withdrawal takes its consent's row for itself, then looks which samples are under it
(samples/consents.py). Whoever ties samples to a consent shares that row until the commit, taken
before any sample's: so a withdrawal is either committed and seen here, or waits and finds them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Label, Text, any_, func, literal, select, text

from backend.core.sessions import ReadSession, WriteSession
from backend.samples.consent_models import Consent
from backend.samples.errors import ConsentWithdrawn
from backend.samples.models import Sample

# Few lists name consents, so that no line of a new sample has a place for one.
_TIE = text("""
UPDATE sample SET consent_id = tied.consent_id
FROM unnest(CAST(:samples AS uuid[]), CAST(:consents AS uuid[])) AS tied (sample_id, consent_id)
WHERE sample.id = tied.sample_id
""")


@dataclass(frozen=True, slots=True)
class NamedConsents:
    """Consents by their references in small letters; a reference that is not there is unknown."""

    found: Mapping[str, Consent]

    def of(self, reference: str) -> Consent | None:
        """Return the consent of a reference, however it is spelled."""
        return self.found.get(_folded(reference))

    def refusal(self, reference: str | None) -> str | None:
        """Return why no sample can be tied to a consent, None where one can or none is named."""
        if not reference:
            return None
        consent = self.of(reference)
        if consent is None:
            return (
                f"No consent has the reference {reference}. Record it first, or leave it out and "
                "tie the sample later."
            )
        if consent.withdrawn_at is not None:
            return ConsentWithdrawn(consent.reference).message
        return None

    def refused_rows(self, references: Sequence[str | None]) -> list[tuple[int, str, str]]:
        """Return the rows whose consent cannot be tied: index, field and why."""
        judged = ((index, self.refusal(each)) for index, each in enumerate(references) if each)
        return [(index, "consent", said) for index, said in judged if said is not None]


def reference_of_sample() -> Label[str]:
    """Return the reference of a selected sample's own consent, as a column ``consent``."""
    own = select(Consent.reference).where(Consent.id == Sample.consent_id)
    return own.correlate(Sample).scalar_subquery().label("consent")


def find_consents(session: ReadSession, references: Collection[str | None]) -> NamedConsents:
    """Return the consents that go by these references."""
    return _named(session, references, hold=False)


def hold_consents(session: WriteSession, references: Collection[str | None]) -> NamedConsents:
    """Return the same, none of which can be withdrawn before this transaction ends."""
    return _named(session, references, hold=True)


def tie(session: WriteSession, named: NamedConsents, references: Mapping[UUID, str]) -> None:
    """Tie samples that were made in this transaction to the held consents that they name."""
    keys = {sample: named.of(reference) for sample, reference in references.items()}
    tied = {sample: consent.id for sample, consent in keys.items() if consent is not None}
    session.execute(_TIE, {"samples": list(tied), "consents": list(tied.values())})


def _named(
    session: ReadSession | WriteSession, references: Collection[str | None], *, hold: bool
) -> NamedConsents:
    wanted = sorted({_folded(reference) for reference in references if reference})
    if not wanted:
        return NamedConsents({})
    asked = any_(literal(wanted, ARRAY(Text())))
    statement = select(Consent).where(func.lower(Consent.reference) == asked)
    if hold:
        # In key order, so that two lists cannot wait for each other in a circle.
        statement = statement.order_by(Consent.id).with_for_update(read=True)
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return NamedConsents({row.reference.lower(): row for row in rows})


def _folded(reference: str) -> str:
    return reference.strip().lower()
