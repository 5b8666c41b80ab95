"""Ids of the laboratory's own rules."""

EDGES = ("fail_low", "warn_low", "warn_high", "fail_high")
"""Limits of a metric, from the lowest to the highest."""

THRESHOLDS = "rules-thresholds"
"""What stands under the form: counted, published."""
WHICH = "rules-which"
"""Store: material, analysis and version that the form was filled from."""
PROBLEMS = "rules-problems"
EFFECT = "rules-effect"
REASON = "rules-reason"
COUNT = "rules-count"
PUBLISH = "rules-publish"
FOR_MATERIAL = "rules-for-material"
FOR_ANALYSIS = "rules-for-analysis"
OPEN_FORM = "rules-open-form"

HANDLING = "rules-handling"
HANDLING_WHICH = "rules-handling-which"
HANDLING_PROBLEMS = "rules-handling-problems"
THAWS = "rules-thaws"
GOOD_FOR = "rules-good-for"
KEEP_FOR = "rules-keep-for"
WITNESSED = "rules-witnessed"
HANDLING_SAVE = "rules-handling-save"

SERIES = "rules-series"
SERIES_PROBLEMS = "rules-series-problems"
PREFIX = "rules-prefix"
DIGITS = "rules-digits"
START_AT = "rules-start-at"
MATERIALS = "rules-materials"
SERIES_ADD = "rules-series-add"
FOREIGN = "rules-foreign"
FOREIGN_SAVE = "rules-foreign-save"

LEADS = "rules-leads"
LEADS_REASON = "rules-leads-reason"
LEADS_PROBLEMS = "rules-leads-problems"
LEADS_SAVE = "rules-leads-save"

ENERGY = "rules-energy"
"""The versions of the price and the form of the next."""
PRICE = "rules-price"
CURRENCY = "rules-currency"
PRICE_REASON = "rules-price-reason"
PRICE_VERSION = "rules-price-version"
PRICE_PROBLEMS = "rules-price-problems"
PRICE_SAVE = "rules-price-save"


def asked(metric: str) -> str:
    """Return the id of the field that says whether a metric is asked for."""
    return f"rules-{metric}-asked"


def edge(metric: str, name: str) -> str:
    """Return the id of a limit's field."""
    return f"rules-{metric}-{name}"


def series_act(prefix: object) -> dict[str, object]:
    """Return the id of the button that closes a series or opens it again; ALL fits too."""
    return {"type": "rules-series-act", "prefix": prefix}
