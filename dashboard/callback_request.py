"""Is a callback request well formed? Dash alone answers garbage with 500 and a stack trace.

The renderer sends ``{"output", "outputs", "inputs": [{"id", "property", "value"}], "state": […]}``.
Ids and properties are compared with the declared ones, so a request forged by hand cannot feed a
callback from elements that it does not listen to.
"""

import json
from collections.abc import Mapping
from typing import Any

WILDCARDS = (["ALL"], ["MATCH"], ["ALLSMALLER"])


def malformed(body: Any, callback_map: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a request's JSON body, or None."""
    if not isinstance(body, dict):
        return "The body is not a JSON object."
    output = body.get("output")
    spec = callback_map.get(output) if isinstance(output, str) else None
    if spec is None:
        return "No such callback."
    if not isinstance(body.get("changedPropIds", []), list):
        return "“changedPropIds” is not a list."
    if not isinstance(body.get("outputs", {}), dict | list):
        return "“outputs” is neither an object nor a list."
    for part in ("inputs", "state"):
        reason = _mismatch(body.get(part, []), spec[part], part)
        if reason is not None:
            return reason
    return None


def _mismatch(sent: Any, declared: list[dict[str, Any]], part: str) -> str | None:
    if not isinstance(sent, list) or len(sent) != len(declared):
        return f"“{part}” does not match the callback."
    for entry, wanted in zip(sent, declared, strict=True):
        # A wildcard input arrives as the list of the elements that it matched.
        entries = entry if isinstance(entry, list) else [entry]
        if not all(_fits(one, wanted) for one in entries):
            return f"“{part}” does not match the callback."
    return None


def _fits(entry: Any, wanted: dict[str, Any]) -> bool:
    if not isinstance(entry, dict) or entry.get("property") != wanted["property"]:
        return False
    declared = wanted["id"]
    if not declared.startswith("{"):
        return bool(entry.get("id") == declared)
    pattern, sent = json.loads(declared), entry.get("id")
    return (
        isinstance(sent, dict)
        and sent.keys() == pattern.keys()
        and all(sent[key] == value or value in WILDCARDS for key, value in pattern.items())
    )
