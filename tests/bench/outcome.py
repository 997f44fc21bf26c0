"""What was measured, as tables for people: each ratio beside its aim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from rich.console import Console
from rich.table import Table

from tests.bench.load import Load
from tests.bench.mixes import Timed
from tests.bench.peers import MAILLAGE, OXIGRAPH, RDFLIB

# Our server, asked only what rdflib-endpoint answers.
SAME = "maillage, the same"
AIM_RDFLIB = 20.0
SLOWEST = 10
NAMED_AT_MOST = 40


@dataclass
class Checked:
    """The queries of a mix by what a server answered: right, wrong, too late, or a refusal."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> list[str]:
        """Queries that the server is not asked under load."""
        return [*self.wrong, *self.late, *self.refused]


@dataclass
class Measured:
    """What was seen in one mix: checks by server, loads by server and clients."""

    checked: dict[str, Checked] = field(default_factory=dict)
    loads: dict[tuple[str, int], Load] = field(default_factory=dict)


def table(
    title: str, measured: Measured, clients: Sequence[int], aims: Mapping[int, float]
) -> Table:
    """Return the figures of a mix; the ratio in a row is ours over that server's."""
    shown = Table(
        "clients", "server", "requests/s", "median ms", "p99 ms", "failed", "ours / its",
        "at least",
        title=title, title_justify="left", box=None, header_style="bold",
    )  # fmt: skip
    for number in clients:
        for name in (MAILLAGE, OXIGRAPH, SAME, RDFLIB):
            if load := measured.loads.get((name, number)):
                ratio = compared(name, number, measured, aims)
                shown.add_row(
                    str(number), name, f"{load.rate:,.1f}", f"{load.median:,.2f}",
                    f"{load.p99:,.2f}", str(load.failures), *ratio,
                )  # fmt: skip
    return shown


def compared(
    name: str, clients: int, measured: Measured, aims: Mapping[int, float]
) -> tuple[str, str]:
    """Return how often as fast as a peer we are, and how often we want to be."""
    if name not in (OXIGRAPH, RDFLIB):
        return "", ""
    theirs = measured.loads[name, clients]
    ours = measured.loads.get((MAILLAGE, clients))
    aim = aims.get(clients)
    if name == RDFLIB:
        ours, aim = measured.loads.get((SAME, clients), ours), AIM_RDFLIB
    if ours is None:
        return "", ""
    ratio = ours.rate / theirs.rate if theirs.rate else inf
    if aim is None:
        return f"{ratio:.2f}", ""
    return f"{ratio:.2f}", f"{aim:g} {'met' if ratio >= aim else 'MISSED'}"


def print_checks(console: Console, measured: Measured, names: Mapping[str, str]) -> bool:
    """Say what was not answered or not rightly; tell whether Oxigraph or we were wrong."""
    for server, checked in measured.checked.items():
        if server != SAME and checked.left_out:
            for line in complaints(checked, names):
                console.print(f"  {server}: {line}", soft_wrap=True, markup=False)
    first = (checked for name, checked in measured.checked.items() if name in (MAILLAGE, OXIGRAPH))
    wrong = any(checked.left_out for checked in first)
    if not wrong:
        console.print("  every answer was compared with pyoxigraph's, as bags of rows")
    return wrong


def complaints(checked: Checked, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what a server is not asked under load, and why."""
    for reason, queries in (
        ("not answered in time", checked.late),
        ("other rows than in pyoxigraph", checked.wrong),
        ("refused", list(checked.refused)),
    ):
        if queries:
            listed = ", ".join(names.get(query, query[:80]) for query in queries[:NAMED_AT_MOST])
            yield f"{len(queries)} {reason}, left out: {listed}"


def print_questions(console: Console, asked: Sequence[Timed]) -> None:
    """Print how long the named questions take in pyoxigraph alone, the slowest first."""
    total = sum(one.seconds for one in asked)
    console.print(f"{len(asked)} named questions, {total:.2f} s in pyoxigraph; the slowest ten:")
    shown = Table("question", "rows", "ms", "of all", box=None, header_style="bold")
    for one in sorted(asked, key=lambda one: -one.seconds)[:SLOWEST]:
        share = f"{one.seconds / total:.0%}"
        shown.add_row(one.name, f"{one.rows:,}", f"{one.seconds * 1000:,.1f}", share)
    console.print(shown)
    console.print("asked: " + ", ".join(one.name for one in asked), soft_wrap=True)
