"""Places, and what stands where. A placement is closed, never overwritten: it is the history."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import TemperatureClass
from backend.storage.ids import (
    Doubt,
    NodeKind,
    Numbering,
    PlacementSource,
    PlanState,
    UnitStatus,
)
from backend.storage.place_kinds import GRIDS, HOLDERS, TAKES_BOXES
from backend.storage.rules import BoxShape


def _one_of(kinds: Iterable[NodeKind]) -> str:
    """Return the condition that a place is of one of these kinds."""
    names = ", ".join(f"'{kind.value}'" for kind in kinds)
    return f"kind IN ({names})"


class StorageNode(Base):
    """A site, room, freezer or other unit, shelf, rack, box: place_kinds.py says which there are.

    What tubes stand in is called a box throughout, be it a plate or a bag. A bag has no rows: it is
    a **loose place**, a drawer or a shelf on which tubes lie, too. It is kept as a box is, so that
    all that may be done with tubes in boxes is done with loose ones by the same code. Its positions
    are numbers in a row that is 0, and not one place that several share: so the unique index of
    `Placement` refuses two samples in one position there as anywhere, and a stay's position stays
    the key by which it is moved, undone and read.
    That it has no rows *is* the flag; a second column could contradict it.
    """

    __tablename__ = "storage_node"
    __table_args__ = (
        UniqueConstraint("parent_id", "label"),
        CheckConstraint(
            "used >= 0 AND (used <= capacity"
            " OR (box_rows = 0 AND capacity = 0 AND used <= box_columns))",
            name="used_within_capacity",
        ),
        CheckConstraint(
            f"({_one_of(HOLDERS)}) = (box_columns > 0) AND ({_one_of(GRIDS)}) = (box_rows > 0)"
            " AND box_columns >= 0 AND box_rows >= 0",
            name="box_has_grid",
        ),
        CheckConstraint("closed_at IS NULL OR used = 0", name="closed_is_empty"),
        CheckConstraint(
            f"box_slots IS NULL OR ({_one_of(TAKES_BOXES)} AND box_slots > 0)",
            name="slots_of_racks",
        ),
        CheckConstraint("power_circuit IS NULL OR kind = 'unit'", name="circuit_of_units"),
        CheckConstraint(
            "move_back_on IS NULL OR (kind = 'unit' AND status = 'backup')", name="back_from_backup"
        ),
        Index("ix_storage_node_unit", "unit_id", "kind"),
        Index("ix_storage_node_kind", "kind", "temperature_class"),
        # However a label, path or barcode is typed (places_named in db/migrations/sql).
        Index("ix_storage_node_upper_label", text("upper(label)")),
        Index("ix_storage_node_upper_path", text("upper(path)")),
        Index("ix_storage_node_upper_barcode", text("upper(barcode)")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("storage_node.id"))
    unit_id: Mapped[UUID | None] = mapped_column(default=None)
    """The freezer, fridge or cabinet that this shelf, rack or box is in; itself for a unit."""
    kind: Mapped[NodeKind] = mapped_column(text_enum(NodeKind))
    label: Mapped[str] = mapped_column(short_text(60))
    """Short name on its door or lid, unique among its siblings: ``ULT-03``, ``2``, ``C``."""
    path: Mapped[str] = mapped_column(short_text(300), unique=True)
    """Labels from the unit inwards, as in addresses: ``ULT-03/2/C/B-0418``."""
    barcode: Mapped[str | None] = mapped_column(short_text(64), default=None, unique=True)
    sort_order: Mapped[int] = mapped_column(default=0)
    temperature_class: Mapped[TemperatureClass | None] = mapped_column(
        text_enum(TemperatureClass), default=None
    )
    setpoint_c: Mapped[float | None] = mapped_column(default=None)
    status: Mapped[UnitStatus] = mapped_column(text_enum(UnitStatus), default=UnitStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(short_text(300), default=None)
    """Why a unit has its status; None while nobody has changed it."""
    move_back_on: Mapped[date | None] = mapped_column(default=None)
    """When what stands in a backup unit is to be back in its own place."""
    power_circuit: Mapped[str | None] = mapped_column(short_text(60), default=None)
    """What a unit hangs on, as the fuse box says: those that share it fail together."""
    biosafety_level: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    """What the place is cleared for; set on a place, it counts for everything in it."""
    box_rows: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    box_columns: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    numbering: Mapped[Numbering] = mapped_column(
        text_enum(Numbering),
        default=Numbering.LETTERS,
        server_default=text(f"'{Numbering.LETTERS.value}'"),
    )
    """What the lid of a box calls its positions; they are kept as row and column."""
    capacity: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Positions of a box that may be used; zero elsewhere (sums are queried).

    Zero for a loose place too, where nobody has said how many it takes: it has no share in use,
    and does not count where units and zones are added up.
    """
    used: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Positions taken in a box, kept by the placement trigger under the box's row lock."""
    box_slots: Mapped[int | None] = mapped_column(default=None)
    """How many boxes a rack or the like takes; None where nobody has said, and elsewhere."""
    reserved_for_project_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("project.id"), default=None
    )
    allowed_material_types: Mapped[list[Any] | None] = mapped_column(default=None)
    """Material types that may stand here; None means any."""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it takes nothing and is offered nowhere; its history keeps it in the tables."""

    @property
    def shape(self) -> BoxShape:
        """Rows and columns, and what the lid calls them; nought where no tubes stand."""
        return BoxShape(self.box_rows, self.box_columns, self.numbering)


class FormerPath(Base):
    """A path that a place was called by before somebody renamed it, so that printed codes hold.

    One row for each renaming: what stands in the place is found by the beginning of its path.
    """

    __tablename__ = "former_path"
    __table_args__ = (Index("ix_former_path_upper_path", text("upper(path)")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"), index=True)
    path: Mapped[str] = mapped_column(short_text(300))
    renamed_at: Mapped[datetime]
    renamed_by_name: Mapped[str] = mapped_column(short_text())


class MoveBackTold(Base):
    """People were told that what stands in a backup unit was to be moved back by a day."""

    __tablename__ = "move_back_told"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class BlockedPosition(Base):
    """A position that must stay empty: broken, reserved until a date, or under a clip."""

    __tablename__ = "blocked_position"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(short_text(200))
    reserved_until: Mapped[datetime | None] = mapped_column(default=None)


class Placement(Base):
    """A sample in a position, from ``placed_at`` until ``removed_at``.

    The two partial unique indexes are the promise: never two samples in one position, never one
    sample in two. The trigger in db/migrations/sql keeps positions inside the box.
    """

    __tablename__ = "placement"
    __table_args__ = (
        Index(
            "uq_placement_position",
            "box_id",
            "row",
            "column",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index(
            "uq_placement_sample",
            "sample_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_placement_sample_history", "sample_id", "placed_at"),
        # Who stood in a box and does no more: asked of every box of a unit in an incident.
        # Of all stays, not only past ones, so that a box is deleted without reading the table.
        Index("ix_placement_box_past", "box_id", "removed_at"),
        # Row 0 is that of loose places (`StorageNode`); the trigger keeps it to them.
        CheckConstraint('"row" >= 0 AND "column" >= 1', name="position_from_one"),
        CheckConstraint("removed_at >= placed_at", name="removed_after_placed"),
        CheckConstraint("(doubt IS NULL) = (doubted_at IS NULL)", name="doubt_dated"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    row: Mapped[int]
    column: Mapped[int]
    source: Mapped[PlacementSource] = mapped_column(text_enum(PlacementSource))
    placed_at: Mapped[datetime]
    placed_by: Mapped[UUID | None]
    placed_by_name: Mapped[str] = mapped_column(short_text())
    plan_id: Mapped[UUID | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_by: Mapped[UUID | None] = mapped_column(default=None)
    removed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    removal_reason: Mapped[str | None] = mapped_column(short_text(300), default=None)
    doubt: Mapped[Doubt | None] = mapped_column(text_enum(Doubt), default=None)
    """Why the stay is unverified; None while nothing speaks against it."""
    doubted_at: Mapped[datetime | None] = mapped_column(default=None)


class StorageTally(Base):
    """How full the units are, as signed steps that only ever add up (decision 3).

    A trigger on ``storage_node`` appends what each statement changed of the boxes in a unit, so
    filling boxes of one unit waits for no common row. A scheduled job folds the steps together.
    """

    __tablename__ = "storage_tally"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    unit_id: Mapped[UUID]
    temperature_class: Mapped[TemperatureClass | None] = mapped_column(text_enum(TemperatureClass))
    """Of the boxes, as their unit's was when they came."""
    boxes: Mapped[int]
    used: Mapped[int]
    capacity: Mapped[int]
    loose: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Samples in loose places that nobody has given a capacity; ``used`` does not count them."""


class OccupancySnapshot(Base):
    """How full a unit was at the end of a day; forecasts learn from these."""

    __tablename__ = "occupancy_snapshot"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= capacity", name="used_within_capacity"),
    )

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"), primary_key=True)
    taken_on: Mapped[date] = mapped_column(primary_key=True)
    temperature_class: Mapped[TemperatureClass] = mapped_column(text_enum(TemperatureClass))
    used: Mapped[int]
    capacity: Mapped[int]


class PlacementPlan(Base):
    """A proposal of where samples could go; nothing moves until a person accepts."""

    __tablename__ = "placement_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"))
    state: Mapped[PlanState] = mapped_column(text_enum(PlanState), default=PlanState.REQUESTED)
    answer_job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"), default=None)
    """The job that last carried out an answer; while it lives nobody else answers the plan."""
    scope: Mapped[dict[str, Any]]
    """``{"sample_ids": [...]}`` or ``{"all_unplaced": true}``."""
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    ready_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    objective_s: Mapped[float | None] = mapped_column(default=None)
    first_fit_s: Mapped[float | None] = mapped_column(default=None)
    bound_s: Mapped[float | None] = mapped_column(default=None)
    """Proven lower bound of the objective; None where the solver proved none."""
    summary: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class PlannedPlacement(Base):
    """One line of a plan and what became of it."""

    __tablename__ = "planned_placement"
    __table_args__ = (Index("ix_planned_placement_plan", "plan_id", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("placement_plan.id"))
    step: Mapped[int]
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    box_id: Mapped[UUID] = mapped_column(ForeignKey("storage_node.id"))
    row: Mapped[int]
    column: Mapped[int]
    reasons: Mapped[list[Any]]
    outcome: Mapped[str | None] = mapped_column(short_text(300), default=None)
    """None while open; ``placed``, ``declined``, or the sentence that says why it could not be."""
