"""The services' JSON log lines, made readable for the person at the terminal."""

import json

_QUIET = {"debug", "info"}


def readable(line: str) -> list[str]:
    """Return a log line as text lines: message first, a trace after it; other text as it is."""
    if not line.startswith("{"):
        return [line]
    try:
        entry = json.loads(line)
        level, message = str(entry["level"]), str(entry["message"])
    except (ValueError, KeyError, TypeError):
        return [line]
    head = message if level in _QUIET else f"{level.upper()} {message}"
    return [head, *str(entry.get("trace", "")).splitlines()]
