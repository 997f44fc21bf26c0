"""What is written so that it survives a power loss, and what is shared instead of written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def persist(folder: Path) -> None:
    """Make the content of a directory survive a power loss."""
    for directory, _, files in os.walk(folder):
        for file in files:
            handle = os.open(Path(directory) / file, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        persist_directory(Path(directory))


def persist_directory(folder: Path) -> None:
    """Make the names in a directory survive a power loss."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link_or_copy(origin: Path, target: Path) -> None:
    """Give a file a second name; where the file system cannot, copy it."""
    # A file that is there may be shared: it is replaced, never written to.
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(origin)
    except OSError:
        shutil.copy(origin, target)
