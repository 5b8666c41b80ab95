"""A folder's files made a reading: by our own reader, and by Illumina's library where it helps."""

from backend.sequencing.run_folders.files import RunFiles
from backend.sequencing.run_folders.model import FolderReading
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.run_folders.supplementing import (
    is_wanted,
    supplemented,
    without_library,
)
from backend.sequencing.runs import interop_process


def read_files(files: RunFiles) -> FolderReading:
    """Return everything that the files say; InterOp layouts that are new ask the extra, if there.

    Never raises for what files hold.
    """
    reading = read_folder(files)
    if not is_wanted(reading, files):
        return reading
    if not interop_process.is_installed():
        return without_library(reading)
    answer = interop_process.ask(files)
    if not answer.rows:
        return without_library(reading, answer.why or "it knows no lane")
    return supplemented(reading, answer.rows, answer.version)
