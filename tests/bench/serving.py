"""What a worker process costs a query, and how fast a runaway one ends."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import httpx
from pyoxigraph import QueryResultsFormat
from rich.table import Table

from queries.release import Home, Release, open_store
from tests.server.running import serving

LOOKUP = "SELECT ?s { ?s a <https://w3id.org/maillage/ns#UmbrellaOrganisation> }"
THOUSAND = "SELECT ?s ?o { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } LIMIT 1000"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
RUNS = 100


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median milliseconds of some runs."""
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


def measure(home: Home, release: Release, table: Table) -> None:
    """Compare the endpoint with the same queries asked of the store in this process."""
    store = open_store(release, "public")
    with serving(home, deadline=2) as site, site.client() as client:
        for name, query in (("one row", LOOKUP), ("1,000 rows", THOUSAND)):
            alone = median(lambda query=query: within(store, query))  # type: ignore[misc]
            served = median(lambda query=query: over_http(client, query))  # type: ignore[misc]
            ratio = f"{served / alone:.1f}"
            table.add_row(f"query, {name}", f"{served:.2f} ms", f"in process {alone:.2f} ms", ratio)
        start = time.perf_counter()
        refused = client.get("/sparql", params={"query": RUNAWAY})
        ended = time.perf_counter() - start
        after = median(lambda: over_http(client, LOOKUP), 1)
        table.add_row("runaway ended", f"{ended:.2f} s", "deadline 2 s", f"{ended / 2:.2f}")
        table.add_row("next query", f"{after:.1f} ms", f"status was {refused.status_code}", "")
        held = site.resident() / 1e6
        table.add_row("server and workers", f"{held:.0f} MB", "allowed 600 MB", f"{held / 600:.2f}")


def within(store: object, query: str) -> bytes:
    """Answer a query in this process, as JSON."""
    return store.query(query).serialize(format=QueryResultsFormat.JSON)  # type: ignore[attr-defined,no-any-return]


def over_http(client: httpx.Client, query: str) -> bytes:
    """Answer a query over HTTP, as JSON."""
    accept = {"Accept": "application/sparql-results+json"}
    return client.get("/sparql", params={"query": query}, headers=accept).content
