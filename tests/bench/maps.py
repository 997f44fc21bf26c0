"""Layout time against networkx, and the time from request to picture of a stored view.

``python -m tests.bench.maps``. The references are slow: they run up to a size at which they end
within a minute or two, and are extrapolated beyond by the square of the number of things, which is
what they do to each round (each thing is compared with each other); such figures are marked with ~.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
from rich.console import Console
from rich.table import Table

from loaders.building import build as building
from queries.maps.forces import positions
from queries.maps.view import EGO, views
from queries.release import Home
from tests.server.running import Site, serving

SIZES = (1_000, 5_000, 20_000)
# The largest sizes at which the references are run, and not extrapolated from.
SPRING, ATLAS = 5_000, 1_000
REQUESTS = 30


def ecosystem(count: int, seed: int = 7) -> nx.MultiDiGraph:
    """Return a network with a hub for each sixty things, and 1.75 ties for each thing."""
    chosen = random.Random(seed)
    hubs = max(1, count // 60)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(f"n{number}" for number in range(count))
    for number in range(count):
        graph.add_edge(f"n{number}", f"n{chosen.randrange(hubs)}", key="hub")
    for _ in range(count * 3 // 4):
        graph.add_edge(f"n{chosen.randrange(count)}", f"n{chosen.randrange(count)}", key="other")
    return graph


def cpu(work: Callable[[], object]) -> float:
    """Return the processor time of some work: other work on the machine does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def spring(graph: nx.Graph) -> object:
    """Lay out by the forces of Fruchterman and Reingold."""
    return nx.spring_layout(graph, iterations=50, seed=7, method="force")


def atlas(graph: nx.Graph) -> object:
    """Lay out by ForceAtlas2."""
    return nx.forceatlas2_layout(graph, max_iter=100, seed=7)


@cache
def reference(count: int, work: Callable[[nx.Graph], object]) -> float:
    """Return the time of a reference."""
    simple = nx.Graph(ecosystem(count))
    return cpu(lambda: work(simple))


def layouts(table: Table) -> None:
    """Measure layouts, with all rounds that each method does by default."""
    for count in SIZES:
        graph = ecosystem(count)
        ours = cpu(lambda: positions(graph))  # noqa: B023
        for name, largest, work in (
            ("networkx spring_layout, 50 rounds", SPRING, spring),
            ("networkx forceatlas2_layout, 100 rounds", ATLAS, atlas),
        ):
            size = min(count, largest)
            spent = reference(size, work) * (count / size) ** 2
            about = "~" if size < count else ""
            table.add_row(
                f"layout of {count:,}", f"{ours:.2f} s", f"{name} {about}{spent:.1f} s",
                f"{about}{spent / ours:.0f} times faster",
            )  # fmt: skip


def requests(table: Table) -> None:
    """Measure the time from request to SVG: of stored views that nobody asked for before."""
    with TemporaryDirectory(prefix="maillage-bench-maps-") as folder:
        home = Home(Path(folder) / "home")
        building.build(home)
        with serving(home) as site:
            for name in (one for one in views() if one != EGO):
                fresh = [asked(site, f"/maps/{name}.svg?lang=en&on=20{year:02}-01-01")
                         for year in range(10, 10 + REQUESTS)]  # fmt: skip
                again = [asked(site, f"/maps/{name}.svg?lang=fr") for _ in range(REQUESTS)]
                table.add_row(
                    f"/maps/{name}.svg", f"{statistics.median(again) * 1_000:.1f} ms again",
                    f"{statistics.median(fresh) * 1_000:.1f} ms drawn anew", "aim: under 50 ms",
                )  # fmt: skip


def asked(site: Site, path: str) -> float:
    """Return the time to the whole answer."""
    with site.client() as client:
        start = time.perf_counter()
        client.get(path).raise_for_status()
        return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    table = Table("measure", "value", "reference", "ratio", box=None, header_style="bold")
    layouts(table)
    requests(table)
    Console(file=sys.stdout, width=140).print(table)


if __name__ == "__main__":
    main()
