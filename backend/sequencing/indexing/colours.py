"""How a sequencer sees bases: its channels, what each base lights, and what a dark channel means.

Usual colours and what they are judged by are DOMAIN 2c. A laboratory may keep others
(sequencing.reference); `why_impossible` says of which no sequencer could read.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import TypeAlias

BASES = "ACGT"
_CHANNELS_SEEN = 2


class Chemistry(StrEnum):
    """How many channels a sequencer sees bases in, and which."""

    FOUR_CHANNEL = "four_channel"
    TWO_CHANNEL_RED_GREEN = "two_channel_red_green"
    TWO_CHANNEL_BLUE_GREEN = "two_channel_blue_green"
    XLEAP = "xleap"
    ONE_CHANNEL = "one_channel"
    AVIDITY = "avidity"
    NANOPORE = "nanopore"


WITHOUT_CHANNELS = frozenset({Chemistry.AVIDITY, Chemistry.NANOPORE})
"""AVITI sees each base by itself, a pore sees none."""


class Verdict(StrEnum):
    """What a cycle is good for."""

    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Channel:
    """A colour that is looked for; in four channels, a laser that excites two of the four dyes."""

    name: str
    when_dark: Verdict
    """What a cycle is in which no library lights it, though another channel is lit."""


@dataclass(frozen=True, slots=True)
class Colours:
    """A chemistry with its channels and, in the order of `BASES`, the names that a base lights."""

    detection: Chemistry
    channels: tuple[Channel, ...] = ()
    lights: tuple[frozenset[str], ...] = (frozenset(),) * len(BASES)

    def lit(self, base: str) -> frozenset[str]:
        """Return the names of the channels that a base lights."""
        return self.lights[BASES.index(base)]

    @property
    def dark_bases(self) -> str:
        """Return the bases that light nothing; none where there are no channels."""
        return "".join(base for base in BASES if not self.lit(base)) if self.channels else ""


Sight: TypeAlias = Chemistry | Colours
"""Colours, or a chemistry alone, which stands for its usual ones."""


def _usual(detection: Chemistry, channels: str, **lights: str) -> Colours:
    """Read channels such as ``red! green?``: an error when dark, a warning, or neither."""
    marks = {"!": Verdict.ERROR, "?": Verdict.WARNING}
    return Colours(
        detection,
        tuple(
            Channel(each.rstrip("!?").replace("_", " "), marks.get(each[-1], Verdict.GOOD))
            for each in channels.split()
        ),
        tuple(frozenset(lights[base].replace("_", " ").split("+")) - {""} for base in BASES),
    )


USUAL_COLOURS: Mapping[Chemistry, Colours] = MappingProxyType(
    {
        each.detection: each
        for each in (
            _usual(Chemistry.FOUR_CHANNEL, "red! green!", A="red", C="red", G="green", T="green"),
            _usual(
                Chemistry.TWO_CHANNEL_RED_GREEN,
                "red? green?",
                A="red+green",
                C="red",
                G="",
                T="green",
            ),
            _usual(
                Chemistry.TWO_CHANNEL_BLUE_GREEN,
                "blue? green?",
                A="blue+green",
                C="blue",
                G="",
                T="green",
            ),
            _usual(Chemistry.XLEAP, "blue green?", A="blue", C="blue+green", G="", T="green"),
            _usual(
                Chemistry.ONE_CHANNEL,
                "image_1 image_2",
                A="image_1",
                C="image_2",
                G="",
                T="image_1+image_2",
            ),
            Colours(Chemistry.AVIDITY),
            Colours(Chemistry.NANOPORE),
        )
    }
)


def colours_of(sight: Sight) -> Colours:
    """Return colours as they are, and of a chemistry alone its usual ones."""
    return USUAL_COLOURS[sight] if isinstance(sight, Chemistry) else sight


def why_impossible(colours: Colours) -> str:
    """Return why no sequencer could read by these colours, or nothing."""
    if colours.detection in WITHOUT_CHANNELS:
        given = colours.channels or any(colours.lights)
        return "It sees no colours. Leave channels and lights out." if given else ""
    names = [channel.name for channel in colours.channels]
    if said := _why_not_these_channels(colours, names):
        return said
    if colours.detection is Chemistry.FOUR_CHANNEL:
        return _why_not_by_lasers(colours, names)
    for one, other in combinations(BASES, 2):
        if colours.lit(one) == colours.lit(other):
            light = " and ".join(sorted(colours.lit(one))) or "nothing"
            return f"{one} and {other} both light {light}. They could not be told apart."
    return ""


def _why_not_these_channels(colours: Colours, names: list[str]) -> str:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        return f"The channel {twice[0]} stands there twice. Keep it once."
    if len(names) != _CHANNELS_SEEN:
        return f"It sees in {_CHANNELS_SEEN} channels, and {len(names)} are given. Name both."
    for base in BASES:
        if unknown := sorted(colours.lit(base) - set(names)):
            return f"{base} lights {unknown[0]}, which is no channel. Write {' or '.join(names)}."
    return ""


def _why_not_by_lasers(colours: Colours, names: list[str]) -> str:
    """Four dyes are told apart by filters: each needs one laser, and no laser may idle."""
    for base in BASES:
        if len(colours.lit(base)) != 1:
            return f"{base} has a dye of its own here. Name the one laser that excites it."
    if idle := set(names) - set().union(*colours.lights):
        return f"No base lights {min(idle)}. Give it the dyes that it excites."
    return ""
