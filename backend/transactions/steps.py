"""What the steps of sagas do, each one service call in the transaction it is given."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from backend.core.principal import Principal
from backend.core.sessions import WriteSession

Step = Callable[[WriteSession, Principal, Mapping[str, Any]], Mapping[str, object]]
"""Takes what the saga knows; returns what it found out, by name."""

STEPS: Mapping[str, Step] = MappingProxyType({})
