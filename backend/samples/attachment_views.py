"""What readers of a sample's attachments receive, and the words for their kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.samples.ids import AttachmentId, AttachmentKind

KIND_NAME: Mapping[AttachmentKind, str] = {
    AttachmentKind.PHOTO: "Photo of the tube",
    AttachmentKind.CONSENT: "Consent form",
    AttachmentKind.QC_REPORT: "Quality report",
    AttachmentKind.CORRESPONDENCE: "E-mail or letter",
    AttachmentKind.SHIPPING: "Shipping paper",
    AttachmentKind.OTHER: "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file that stands in a sample's list."""

    id: AttachmentId
    sample_id: UUID
    kind: AttachmentKind
    file_name: str
    format: str
    size_bytes: int
    sha256: str
    note: str
    attached_by_name: str
    attached_at: datetime
