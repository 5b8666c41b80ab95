"""The terminal shows what a service says, not how it is encoded."""

import json

from jobs.supervisor.log_lines import readable


def test_a_message_is_shown_without_its_json() -> None:
    line = json.dumps({"at": "2026-11-25T01:00:00Z", "level": "info", "message": "Ready"})

    assert readable(line) == ["Ready"]


def test_a_warning_is_marked_and_its_trace_follows() -> None:
    line = json.dumps({"level": "error", "message": "Failed", "trace": "Traceback\n  line 1"})

    assert readable(line) == ["ERROR Failed", "Traceback", "  line 1"]


def test_other_text_is_shown_as_it_is() -> None:
    assert readable("plain text") == ["plain text"]
    assert readable('{"not": "a log line"}') == ['{"not": "a log line"}']
    assert readable("{broken") == ["{broken"]
