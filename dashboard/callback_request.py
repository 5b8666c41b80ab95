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
    parts = {
        "outputs": (_output_list(body.get("outputs"), spec["output"]), _declared_outputs(spec)),
        "inputs": (body.get("inputs", []), spec["inputs"]),
        "state": (body.get("state", []), spec["state"]),
    }
    for name, (sent, declared) in parts.items():
        if not _matches(sent, declared):
            return f"“{name}” does not match the callback."
    return None


def _output_list(sent: Any, declared: Any) -> Any:
    """Return the sent outputs as a list; the renderer sends a lone one bare, and none as absent."""
    if isinstance(declared, list | tuple):
        return [] if sent is None else sent
    return [sent]


def _declared_outputs(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    outputs = spec["output"]
    return [one.to_dict() for one in (outputs if isinstance(outputs, list | tuple) else [outputs])]


def _matches(sent: Any, declared: list[dict[str, Any]]) -> bool:
    if not isinstance(sent, list) or len(sent) != len(declared):
        return False
    # A wildcard arrives as the list of the elements that it matched.
    return all(
        _fits(one, wanted)
        for entry, wanted in zip(sent, declared, strict=True)
        for one in (entry if isinstance(entry, list) else [entry])
    )


def _fits(entry: Any, wanted: dict[str, Any]) -> bool:
    if not isinstance(entry, dict) or _plain(entry.get("property")) != wanted["property"]:
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


def _plain(name: Any) -> Any:
    """Return a property without the mark of an allowed duplicate: ``children@5f2…``."""
    return name.split("@", 1)[0] if isinstance(name, str) else None
