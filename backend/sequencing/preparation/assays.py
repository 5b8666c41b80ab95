"""The assay that libraries are made for: its own thresholds judge them.

A library carries the analysis that its assay names, and quality control looks for the thresholds
of a sample's analysis (`samples.qc_queries`): so a new version of them judges what is measured
from then on, and every judgement keeps the version that it rests on.
"""

from backend.core.sessions import ReadSession
from backend.samples import qc_queries
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.views import MadeFor
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.views import Assay

_LONGEST = 80


def analysis_of(assay: Assay) -> str:
    """Return what libraries of an assay carry as their analysis.

    That of its thresholds, else its own name, of which nobody publishes any by chance.
    """
    return (assay.content.thresholds or assay.name)[:_LONGEST]


def assay_of(session: ReadSession, protocol: LibraryProtocol) -> Assay | None:
    """Return the assay of a protocol as it stands, retired or not; None without one.

    Raises:
        ReferenceNotFound: it names an assay that never was.
    """
    if not protocol.assay:
        return None
    return reference_queries.assay(session, protocol.assay)


def made_for(session: ReadSession, protocol: LibraryProtocol) -> MadeFor | None:
    """Return what a protocol's libraries are made for and by what they are judged now."""
    assay = assay_of(session, protocol)
    if assay is None:
        return None
    material = protocol.output_material
    judged_by = qc_queries.label_in_force(session, material, analysis_of(assay))
    return MadeFor(
        assay=assay.name,
        version=assay.number,
        wanted=assay.content.thresholds,
        judged_by=judged_by,
        is_own=judged_by is not None
        and judged_by != qc_queries.label_in_force(session, material, None),
    )
