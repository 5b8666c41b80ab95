"""Comparing a scanner's file with a box as the database holds it now."""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import box_queries, locking, queries
from backend.storage.errors import BoxNotAllSeen, NodeNotFound, NotABox, ScanRefused
from backend.storage.ids import NodeId
from backend.storage.locking import HeldSample
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import BoxShape
from backend.storage.scanning import boxless
from backend.storage.scanning.reading import RackFile, ReadState, TubeRead
from backend.storage.scanning.verdicts import (
    Expected,
    KnownTube,
    ScanLine,
    Step,
    Verdict,
    judge,
)
from backend.storage.views import BoxContents, BoxView


def box_of(session: ReadSession, principal: Principal, file: RackFile, code: str | None) -> BoxView:
    """Return the box that a file is of: the one named, else that of the rack's code.

    Raises:
        ScanRefused: nobody says which box it is.
        NodeNotFound, NotABox: no box is called that, or it is a loose place.
    """
    wanted = (code or "").strip() or file.rack
    if not wanted:
        likely = box_by_tubes(session, principal, file)
        hint = f" Most of its tubes are recorded in {likely.path}." if likely else ""
        raise ScanRefused(f"The file does not say which rack it is of. Name the box.{hint}")
    node = queries.find_node(session, principal, wanted)
    if node is None:
        raise NodeNotFound(f"There is no box “{wanted}”. Give its path or its barcode.")
    box = box_queries.get_box(session, principal, NodeId(node.id))
    if box.is_loose:
        raise NotABox(
            f"{box.path} is a loose place: it has no grid that a rack scan could be compared with. "
            "Scan its tubes one by one."
        )
    return box


def judge_box(
    session: ReadSession, principal: Principal, box_id: NodeId, file: RackFile
) -> tuple[ScanLine, ...]:
    """Return the verdict of each position of a box.

    Raises:
        ScanRefused: the file names a position twice.
        BoxNotAllSeen: the box holds tubes that the principal may not see, so a verdict about them
            would tell of them.
    """
    contents = box_queries.box_contents(session, principal, box_id)
    _require_seen(contents)
    seen = locking.see_samples(session, principal, samples_of(session, principal, box_id, file))
    known = _known(session, contents, list(seen.values()))
    return judge(file, _expected(contents), known)


def box_by_tubes(session: ReadSession, principal: Principal, file: RackFile) -> BoxView | None:
    """Return the box in which more than half of the codes of a file are recorded; None if none.

    For looking only: tubes that were put into another rack are still recorded in the old one.
    """
    codes = _codes(file)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    found = session.execute(
        select(Placement.box_id, func.count())
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(
            Placement.sample_id.in_(visible.where(Sample.barcode.in_(codes))),
            Placement.removed_at.is_(None),
            StorageNode.box_rows > 0,
        )
        .group_by(Placement.box_id)
        .order_by(func.count().desc(), Placement.box_id)
        .limit(1)
    ).one_or_none()
    if found is None or 2 * found[1] <= len(codes):
        return None
    return box_queries.get_box(session, principal, NodeId(found[0]))


def judge_without_box(
    session: ReadSession, principal: Principal, file: RackFile
) -> tuple[BoxShape, tuple[ScanLine, ...]]:
    """Return the rack that a file seems to be of, and the verdict of each of its positions.

    Raises:
        ScanRefused: the file names a position twice.
    """
    found = session.scalars(
        samples_queries.visible_samples(principal)
        .with_only_columns(Sample.id)
        .where(Sample.barcode.in_(_codes(file)))
    )
    seen = locking.see_samples(session, principal, [SampleId(each) for each in found])
    boxes = _boxes(session, [held.standing for held in seen.values() if held.standing is not None])
    known = {held.needs.barcode: _known_tube(held, None, boxes, "") for held in seen.values()}
    shape = boxless.shape_of(file)
    return shape, boxless.judge_alone(file, shape, known)


def samples_of(
    session: ReadSession, principal: Principal, box_id: NodeId, file: RackFile
) -> list[SampleId]:
    """Return the visible samples that a scan can touch: those in the box and those it names."""
    codes = _codes(file)
    standing = select(Placement.sample_id).where(
        Placement.box_id == box_id, Placement.removed_at.is_(None)
    )
    found = session.scalars(
        samples_queries.visible_samples(principal)
        .with_only_columns(Sample.id)
        .where(Sample.barcode.in_(codes) | Sample.id.in_(standing))
        .order_by(Sample.id)
    )
    return [SampleId(each) for each in found]


def file_as_json(file: RackFile) -> dict[str, Any]:
    """Return what a file says, for its row."""
    return dataclasses.asdict(file)


def file_from_json(stored: Mapping[str, Any]) -> RackFile:
    """Return what a row says of its file."""
    reads = (TubeRead(**(read | {"state": ReadState(read["state"])})) for read in stored["reads"])
    return RackFile(rack=stored["rack"], reads=tuple(reads))


def lines_as_json(lines: Collection[ScanLine]) -> list[dict[str, Any]]:
    """Return verdicts for their row."""
    return [dataclasses.asdict(line) for line in lines]


def lines_from_json(stored: Collection[Mapping[str, Any]]) -> tuple[ScanLine, ...]:
    """Return the verdicts of a row."""
    return tuple(
        ScanLine(**(dict(line) | {"verdict": Verdict(line["verdict"]), "step": Step(line["step"])}))
        for line in stored
    )


def _require_seen(contents: BoxContents) -> None:
    hidden = sum(tube.barcode is None for tube in contents.tubes)
    if hidden:
        raise BoxNotAllSeen(
            f"{contents.box.path} holds {hidden} tubes of projects that you are not in. "
            "Ask somebody who sees them all to read this scan."
        )


def _expected(contents: BoxContents) -> Expected:
    box = contents.box
    codes = {box.path.upper(), box.label.upper(), (box.barcode or box.label).upper()}
    return Expected(
        path=box.path,
        codes=frozenset(codes),
        shape=box.shape,
        standing={tube.position: tube.barcode or "" for tube in contents.tubes},
        blocked={spot.position: spot.reason for spot in contents.blocked},
    )


def _known(
    session: ReadSession, contents: BoxContents, seen: Collection[HeldSample]
) -> dict[str, KnownTube]:
    inside = {tube.barcode for tube in contents.tubes}
    coming = [held.needs for held in seen if held.needs.barcode not in inside]
    refused = locking.refusals(session, coming, contents.box)
    boxes = _boxes(session, [held.standing for held in seen if held.standing is not None])
    known = {}
    for held in seen:
        why = " ".join(refused.get(held.needs.barcode, ()))
        known[held.needs.barcode] = _known_tube(held, contents.box.id, boxes, why)
    return known


def _known_tube(
    held: HeldSample, box_id: NodeId | None, boxes: Mapping[object, StorageNode], refused: str
) -> KnownTube:
    stay, elsewhere = held.standing, ""
    if stay is not None and stay.box_id != box_id:
        box = boxes[stay.box_id]
        elsewhere = f"{box.path}/{box.shape.at(stay.row, stay.column).label}"
    return KnownTube(
        barcode=held.needs.barcode,
        is_gone=held.needs.is_gone,
        elsewhere=elsewhere,
        refused=refused,
    )


def _codes(file: RackFile) -> set[str]:
    return {read.barcode for read in file.reads if read.state is ReadState.CODE}


def _boxes(session: ReadSession, stays: Collection[Placement]) -> dict[object, StorageNode]:
    rows = session.scalars(
        select(StorageNode).where(StorageNode.id.in_({stay.box_id for stay in stays}))
    )
    return {row.id: row for row in rows}
