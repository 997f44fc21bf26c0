"""Rows as CSV that no spreadsheet takes for formulas, each saying where it comes from."""

from __future__ import annotations

import csv as lines_of
import io
from collections.abc import Iterable, Mapping, Sequence

from server.maps.picture import Picture
from server.maps.text import clean

SAID = ("release", "date", "on", "sources", "licence")
# What a cell begins with that a spreadsheet would run.
STARTS = ("=", "+", "-", "@")


def csv(picture: Picture, names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows as CSV, in UTF-8."""
    about = picture.about()
    said = {name: about[name] for name in SAID}
    stream = io.StringIO()
    writer = lines_of.DictWriter(stream, [*names, *SAID], lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: cell(value) for name, value in {**row, **said}.items()})
    return stream.getvalue().encode()


def cell(value: object) -> object:
    """Return a value as a cell: a text that would be run is quoted as spreadsheets quote.

    >>> cell("=1+1"), cell(-2.5), cell("a-b")
    ("'=1+1", -2.5, 'a-b')
    """
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(STARTS) else text
