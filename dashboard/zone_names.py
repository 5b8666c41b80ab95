"""What people call the temperature zones (DESIGN 2.1: named in text)."""

from collections.abc import Mapping

from backend.samples.ids import TemperatureClass

ZONE_NAMES: Mapping[TemperatureClass, str] = {
    TemperatureClass.LN2_VAPOUR: "LN₂ vapour",
    TemperatureClass.MINUS_80: "−80 °C",
    TemperatureClass.MINUS_40: "−40 °C",
    TemperatureClass.MINUS_20: "−20 °C",
    TemperatureClass.PLUS_4: "4 °C",
    TemperatureClass.ROOM: "Room temp.",
    TemperatureClass.PLUS_37: "37 °C",
}
