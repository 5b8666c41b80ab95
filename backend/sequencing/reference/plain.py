"""Entries, versions and what a kit's file holds, as plain values for terminal and API alike."""

from backend.sequencing.reference.kit_files import KitReading
from backend.sequencing.reference.views import ReferenceView


def version_out(view: ReferenceView) -> dict[str, object]:
    """Return a version; decimals are texts, so that none is rounded."""
    return {
        "kind": view.kind.value,
        "key": view.key,
        "name": view.name,
        "is_active": view.is_active,
        "version_id": str(view.version_id),
        "version": view.number,
        "content": view.content.model_dump(mode="json"),
        "source": view.source,
        "reason": view.reason,
        "made_by_name": view.made_by_name,
        "made_at": view.made_at.isoformat(),
    }


def kit_out(reading: KitReading, kept: ReferenceView | None) -> dict[str, object]:
    """Return what was read of a kit, and the version it was kept as; null is "not kept"."""
    return {
        "kept": version_out(kept) if kept else None,
        "pairs": len(reading.content.wells) if reading.content else 0,
        "is_unique_dual": reading.content.is_unique_dual if reading.content else None,
        "least_distance_i7": reading.least_i7,
        "least_distance_i5": reading.least_i5,
        "findings": [
            {
                "severity": each.severity.value,
                "file": each.file or None,
                "line": each.line,
                "message": each.message,
            }
            for each in reading.findings
        ],
    }
