"""The solver's only word, kept out of answers and logs.

HiGHS 1.16 prints its name with the first solver that a process makes, whatever its options say; but
what a command prints is its answer, and what a worker prints its log. Whoever plans asks for
silence first. Planning itself is pure and knows no output.
"""

import os
from functools import cache

import highspy


@cache
def silence_solver() -> None:
    """Make this process's first solver with standard output shut. Once is enough.

    Call it while no other thread may be printing: as a worker's module loads, as a command begins.
    """
    output = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types for it
    finally:
        os.dup2(output, 1)
        os.close(output)
        os.close(nowhere)
