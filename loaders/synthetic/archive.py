"""Zips whose bytes depend on what they hold alone."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import TracebackType

# Fast: an extract of full size is 2.7 GB, and text of this kind shrinks well anyway.
LEVEL = 3
COPIED_AT_ONCE = 1 << 20


class Archive:
    """A zip being written beside its place; it takes its place when all went well."""

    def __init__(self, path: Path, day: date) -> None:
        self.path = path
        self._partial = path.with_name(path.name + ".partial")
        self._day = (day.year, day.month, day.day, 4, 0, 0)
        self._zip = zipfile.ZipFile(self._partial, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()
        if kind is None:
            self._partial.replace(self.path)
        else:
            with suppress(FileNotFoundError):
                self._partial.unlink()

    def add(self, name: str, head: str, bodies: Sequence[Path] = ()) -> None:
        """Add a file made of a text and of what other files hold."""
        entry = zipfile.ZipInfo(name, self._day)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self._zip.open(entry, "w", force_zip64=True) as out:
            out.write(head.encode("utf-8"))
            for body in bodies:
                with body.open("rb") as content:
                    shutil.copyfileobj(content, out, COPIED_AT_ONCE)
