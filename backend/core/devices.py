"""Devices in the laboratory's network."""

import re
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
"""A name or an address in the network, without a scheme or a port."""


class ScannerDialect(StrEnum):
    """What a rack scanner's program understands."""

    VISIONMATE = "visionmate"
    """Thermo Scientific VisionMate with its TCP/IP server switched on."""
    PLAIN = "plain"
    """Any other: one text starts a scan, lines of position and barcode come back, then an end."""


class RackScanner(BaseModel):
    """A rack scanner, as the server's settings name it; people's are `storage.ScannerInput`.

    ``terminator`` ends every answer; of a plain scanner it should be a line of its own, such as OK
    between two line ends, so that no barcode can look like it. ``trigger`` starts a scan, a plain
    scanner's with its line end; without one VisionMate waits for the button at the scanner.
    ``delimiter`` and ``by_columns`` are VisionMate's settings of the same meaning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=60)
    host: str = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65_535)
    dialect: ScannerDialect
    trigger: str = Field(default="", max_length=200)
    terminator: str = Field(default="\x03", min_length=1, max_length=20)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    by_columns: bool = True
    wait_s: float = Field(default=30.0, gt=0, le=120)
    """How long a scan may take, with the time in which somebody presses the button."""

    @model_validator(mode="after")
    def _plain_has_trigger(self) -> Self:
        if self.dialect is ScannerDialect.PLAIN and not self.trigger:
            raise ValueError(f"The plain scanner {self.name} needs the text that starts a scan.")
        return self
