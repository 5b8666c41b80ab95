"""A process of its own: asks Illumina's InterOp library (GPL-3.0) and writes JSON, nothing else.

The only file that names the library. It imports nothing of this program, and this program starts
it and reads what it writes: neither is a part of the other.
"""

import importlib
import json
import sys
from pathlib import Path

_COLUMNS = {
    "Lane": "lane",
    "ReadNumber": "read",
    "IsIndex": "is_index",
    "Reads": "clusters",
    "Reads Pf": "clusters_pf",
    "Density": "density",
    "Density Pf": "density_pf",
    "% >= Q30": "q30_percent",
    "% Aligned": "aligned_percent",
    "Error Rate": "error_percent",
    "Yield G": "yield_gigabases",
}


def main(folder: str) -> None:
    """Write the library's version and its figures by lane and read; densities are per mm²."""
    library = importlib.import_module("interop")
    table = library.summary(folder, level="Lane")
    names = [name for name in table.dtype.names or () if name in _COLUMNS]
    rows = [{_COLUMNS[name]: float(row[name]) for name in names} for row in table]
    told = {"version": str(library.__version__), "rows": rows}
    # NaN is what the library says of what it does not know; JSON of ours has no such word.
    text = json.dumps(told).replace("NaN", "null").replace("-Infinity", "null")
    sys.stdout.write(text.replace("Infinity", "null"))


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
