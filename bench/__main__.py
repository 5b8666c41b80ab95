"""``python -m bench``: the speed that was promised, measured in one run and printed as a table.

Nothing here decides whether a build passes: these machines are noisy. `TRACSEQ_BENCH_HOME` keeps
the seeded laboratory between runs, `--samples` makes a smaller one.
"""

import argparse
import sys
from pathlib import Path

from bench import (
    api_page,
    boxmap,
    browser,
    drill,
    grid,
    import_rate,
    overview,
    plan10k,
    search,
    telemetry,
)
from bench.laboratory import seeded
from bench.measures import Measure, table

MILLION = 1_000_000
PARTS = (
    overview,
    grid,
    search,
    api_page,
    import_rate,
    telemetry,
    plan10k,
    browser,
    boxmap,
    drill,
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--samples", type=int, default=MILLION)
    parser.add_argument("--home", type=Path, help="keep the seeded laboratory here")
    parser.add_argument("--only", nargs="*", help="names of parts to measure")
    arguments = parser.parse_args()
    found: list[Measure] = []
    with seeded(arguments.samples, arguments.home) as laboratory:
        try:
            for part in PARTS:
                name = part.__name__.removeprefix("bench.")
                if arguments.only and name not in arguments.only:
                    continue
                print(f"Measuring {name} …", file=sys.stderr)
                found += part.measure(laboratory)
        finally:  # a part that fails takes nothing from those before it
            print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
