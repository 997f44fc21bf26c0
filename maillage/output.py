"""How commands speak: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

results = Console(
    highlight=False,
    # A pipe has no width of its own, and must not fold what it carries.
    width=None if sys.stdout.isatty() else 400,
)
messages = Console(stderr=True, soft_wrap=True, highlight=False)


def say_json(content: object) -> None:
    """Print a result as JSON."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a result as a table for people."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    results.print(table)


def say_csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Print a result as CSV."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([row.get(column) or "" for column in columns] for row in rows)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the stage at work, on a terminal only."""
    if not messages.is_terminal:
        yield lambda _: None
        return
    with messages.status("starting") as status:
        yield lambda stage: status.update(f"{stage} …")


def say_seconds(seconds: Mapping[str, float]) -> None:
    """Show where the time of a long command went."""
    total = sum(seconds.values())
    parts = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items())
    messages.print(f"{total:.1f} s: {parts}", markup=False)
