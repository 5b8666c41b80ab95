"""Which kit each library of a run was made with, and so what its sheet has to say of it.

A library that was made on a worksheet has the kit of its protocol, in the version that was copied;
where that version records neither adapters nor UMIs, because nobody had entered them yet, the
newest one's count. One that came from outside is recognised by its pair, if the kits on offer that
have it agree; else nothing is guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.worksheet_models import LibraryWorksheet, WorksheetWell
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.views import IndexKit
from backend.sequencing.released.kit_guessing import recognised
from backend.sequencing.sheets.layouts import LibraryLayout
from backend.sequencing.views import LaneLibrary


@dataclass(frozen=True, slots=True)
class LibraryKits:
    """Layouts by library, those of unknown kits left out, and what to know of how they came."""

    layouts: Mapping[UUID, LibraryLayout]
    notes: tuple[str, ...] = ()


def kits_of(session: Session, libraries: Sequence[LaneLibrary]) -> LibraryKits:
    """Return what is known of the libraries' kits, whoever may see them."""
    made = _made_here(session, {each.sample_id for each in libraries})
    layouts = {
        each.sample_id: layout
        for each in libraries
        if each.sample_id in made and (layout := made[each.sample_id].content.layout).says_anything
    }
    outside = [each for each in libraries if each.sample_id not in made]
    found, notes = (
        recognised(outside, reference_queries.index_kits(session)) if outside else ({}, ())
    )
    return LibraryKits({**layouts, **found}, notes)


def _made_here(session: Session, keys: Collection[UUID]) -> dict[UUID, IndexKit]:
    """Return the kit of each library that was made on a worksheet from one of the reference."""
    rows = session.execute(
        select(WorksheetWell.library_id, LibraryProtocol.kit_key, LibraryProtocol.kit_version)
        .join(LibraryWorksheet, LibraryWorksheet.id == WorksheetWell.worksheet_id)
        .join(LibraryProtocol, LibraryProtocol.id == LibraryWorksheet.protocol_id)
        .where(WorksheetWell.library_id.in_(keys), LibraryProtocol.kit_key != "")
    ).all()
    versions = {
        key: reference_queries.index_kit_versions(session, key)
        for key in {row.kit_key for row in rows}
    }
    return {
        row.library_id: _recorded(versions[row.kit_key], row.kit_version)
        for row in rows
        if row.library_id is not None
    }


def _recorded(versions: Sequence[IndexKit], number: int) -> IndexKit:
    used = next(each for each in versions if each.number == number)
    return used if used.content.layout.says_anything else versions[0]
