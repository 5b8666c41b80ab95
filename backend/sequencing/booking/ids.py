"""Keys of bookings."""

from typing import NewType
from uuid import UUID

ServiceId = NewType("ServiceId", UUID)
