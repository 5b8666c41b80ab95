"""Which kit each library was made with, and so what a sheet has to say of it.

A library that was made on a worksheet has the kit of its protocol, in the version that was copied.
Of one that came from outside a person may say the kit; that counts while the kit has its index
pair. Else it is recognised by its pair, if the kits on offer that have it agree; nothing else is
guessed. Where a version records neither adapters nor UMIs, because nobody had entered them yet, the
newest one's count.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.sequencing.kit_naming.ids import KitSource
from backend.sequencing.kit_naming.models import NamedKit
from backend.sequencing.kit_naming.rules import has_pair, pairs_of
from backend.sequencing.kit_naming.views import Carrying, LibraryKit
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.queries import worksheet_code
from backend.sequencing.preparation.worksheet_models import LibraryWorksheet, WorksheetWell
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.models import ReferenceEntry, ReferenceVersion
from backend.sequencing.reference.views import IndexKit
from backend.sequencing.released.kit_guessing import Recognised, recognised, some
from backend.sequencing.sheets.layouts import LibraryLayout

_KNOWN_BY: Mapping[KitSource, str] = {
    KitSource.WORKSHEET: "made with {name} by the worksheet",
    KitSource.BY_HAND: "named by hand as of {name}",
    KitSource.GUESSED: "recognised as of {name} by index pairs",
}


@dataclass(frozen=True, slots=True)
class LibraryKits:
    """Layouts by library, those that say nothing left out, and what to know of how they came."""

    layouts: Mapping[UUID, LibraryLayout]
    notes: tuple[str, ...] = ()
    known: Mapping[UUID, LibraryKit] = field(default_factory=dict)
    unknown: Mapping[UUID, str] = field(default_factory=dict)
    """Why nobody can say the kit of a library."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A kit with what is recorded of it, and how it is known that it is the library's."""

    kit: IndexKit
    told: LibraryKit


def kits_of(session: Session, libraries: Sequence[Carrying]) -> LibraryKits:
    """Return what is known of the libraries' kits, whoever may see them."""
    keys = {each.sample_id for each in libraries}
    found = _made_here(session, keys)
    named, spoiled = _by_hand(session, [each for each in libraries if each.sample_id not in found])
    found |= named
    outside = [each for each in libraries if each.sample_id not in found]
    guessed = Recognised({}, {}, ())
    if outside:
        guessed = recognised(outside, reference_queries.index_kits(session))
    found |= {key: _guess(kits) for key, kits in guessed.kits.items()}
    return LibraryKits(
        {
            key: layout
            for key, each in found.items()
            if (layout := each.kit.content.layout).says_anything
        },
        (*_notes(found.values()), *spoiled, *guessed.notes),
        {key: each.told for key, each in found.items()},
        guessed.unknown,
    )


def made_on_worksheets(session: Session, keys: Collection[UUID]) -> set[UUID]:
    """Return those libraries of which a worksheet says the kit."""
    return set(_made_here(session, keys))


def _made_here(session: Session, keys: Collection[UUID]) -> dict[UUID, _Found]:
    """Return the kit of each library that was made on a worksheet from one of the reference."""
    rows = session.execute(
        select(
            WorksheetWell.library_id,
            LibraryWorksheet.number,
            LibraryProtocol.kit_key,
            LibraryProtocol.kit_version,
        )
        .join(LibraryWorksheet, LibraryWorksheet.id == WorksheetWell.worksheet_id)
        .join(LibraryProtocol, LibraryProtocol.id == LibraryWorksheet.protocol_id)
        .where(WorksheetWell.library_id.in_(keys), LibraryProtocol.kit_key != "")
    ).all()
    versions = _versions(session, {row.kit_key for row in rows})
    return {
        row.library_id: _Found(
            kit := _recorded(versions[row.kit_key], row.kit_version),
            LibraryKit(
                name=kit.name,
                source=KitSource.WORKSHEET,
                worksheet=worksheet_code(row.number),
            ),
        )
        for row in rows
        if row.library_id is not None
    }


def _by_hand(
    session: Session, libraries: Sequence[Carrying]
) -> tuple[dict[UUID, _Found], tuple[str, ...]]:
    """Return the kits that people named, and a note of libraries that carry another pair now."""
    rows = session.execute(
        select(NamedKit, ReferenceEntry.key, ReferenceVersion.number)
        .join(ReferenceVersion, ReferenceVersion.id == NamedKit.kit_version_id)
        .join(ReferenceEntry, ReferenceEntry.id == ReferenceVersion.entry_id)
        .where(NamedKit.sample_id.in_({each.sample_id for each in libraries}))
    ).all()
    versions = _versions(session, {key for _, key, _ in rows})
    found, spoiled = {}, []
    for named, key, number in rows:
        kit = _recorded(versions[key], number)
        pairs = pairs_of(kit.content)
        carried = [each for each in libraries if each.sample_id == named.sample_id]
        if not all(has_pair(pairs, each) for each in carried):
            spoiled.append(carried[0].barcode)
            continue
        told = LibraryKit(
            name=kit.name,
            source=KitSource.BY_HAND,
            named_by_name=named.named_by_name,
            named_at=named.named_at,
        )
        found[named.sample_id] = _Found(kit, told)
    if not spoiled:
        return found, ()
    note = "the kit that was named by hand does not have the index pair now, and does not count."
    return found, (f"{some(spoiled)}: {note}",)


def _guess(kits: Sequence[IndexKit]) -> _Found:
    names = " or ".join(each.name for each in kits)
    return _Found(kits[0], LibraryKit(name=names, source=KitSource.GUESSED))


def _notes(found: Collection[_Found]) -> list[str]:
    counts = Counter((each.told.source, each.kit.name) for each in found)
    return [
        f"{count} {'library was' if count == 1 else 'libraries were'} "
        f"{_KNOWN_BY[source].format(name=name)}: adapters and UMIs are those of this kit."
        for (source, name), count in counts.items()
    ]


def _versions(session: Session, keys: Collection[str]) -> dict[str, list[IndexKit]]:
    return {key: reference_queries.index_kit_versions(session, key) for key in keys}


def _recorded(versions: Sequence[IndexKit], number: int) -> IndexKit:
    used = next(each for each in versions if each.number == number)
    return used if used.content.layout.says_anything else versions[0]
