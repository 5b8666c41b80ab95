"""What the Turnaround page says about its prediction."""

from typing import assert_never

from backend.sequencing.turnaround.scoring import COVERAGE, ENOUGH, Lack, Score
from backend.sequencing.turnaround.views import Prediction, Turnaround
from dashboard import format as fmt


def basis(seen: Turnaround) -> str:
    """Say from what ends are expected."""
    if seen.prediction.lack is None:
        return (
            f"ends predicted from {fmt.count(seen.prediction.finished)} finished requests, "
            "at risk where one in five like it ends after the due day"
        )
    if seen.by_history:
        return f"ends expected from {fmt.count(seen.done)} finished requests of the same age"
    return f"ends expected from the targets: history speaks from {ENOUGH} finished requests"


def score(foreseen: Prediction) -> str:
    """Say how good the prediction was on past requests."""
    found = foreseen.score
    if found is None:
        return ""
    return f"Tried on the past, each week knowing only what came before it: {_measured(found)}"


def lack(foreseen: Prediction) -> str:
    """Say why there is no prediction, and what will change that."""
    if foreseen.lack is None or foreseen.lack is Lack.NEVER_MADE or foreseen.score is None:
        return "The first is made tonight."
    match foreseen.lack:
        case Lack.TERMS_CHANGED:
            return "The calendar or the targets have changed since; the next is made tonight."
        case Lack.TOO_FEW_FINISHED:
            return (
                f"It needs {ENOUGH} finished requests of the last year; there are "
                f"{fmt.count(foreseen.finished)}."
            )
        case Lack.TOO_FEW_TRIED:
            return (
                f"It could be tried on {fmt.count(foreseen.score.cases)} past cases and has to "
                f"prove itself on {ENOUGH}."
            )
        case Lack.INTERVAL_OFF:
            return f"It is not to be trusted: {_measured(foreseen.score)}"
        case Lack.NOT_BETTER:
            return f"It is no better than the plain median: {_measured(foreseen.score)}"
        case _:
            assert_never(foreseen.lack)


def _measured(found: Score) -> str:
    cases = (
        f"{fmt.plural(found.cases, 'case', 'cases')} of "
        f"{fmt.plural(found.requests, 'request', 'requests')}"
    )
    held = ""
    if found.coverage is not None:
        bounds = fmt.between(
            fmt.percent(found.coverage.low, 0), fmt.percent(found.coverage.high, 0)
        )
        held = (
            f"the {fmt.percent(COVERAGE, 0)} interval held in "
            f"{fmt.percent(found.coverage.share, 0)} of {cases} (95%: {bounds})"
        )
    if found.mae_days is None or found.mae_plain_days is None:
        return f"{held}."
    return (
        f"{held}; the middle missed by {fmt.decimal(found.mae_days, 1)} working days on average, "
        f"the plain median by age by {fmt.decimal(found.mae_plain_days, 1)}."
    )
