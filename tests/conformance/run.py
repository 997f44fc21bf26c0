"""Runs the tests of a checkout, those with the same data one after the other on one release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.conformance import graph_store, protocol, querying, service_description
from tests.conformance.manifest import Case, cases
from tests.conformance.outcome import Verdict
from tests.conformance.site import Site, contents, serving

SERVERS = 2
QUERIES = ("evaluation", "positive", "negative")


def wanted(root: Path) -> list[Case]:
    """Return the tests of a checkout but those that update."""
    return [case for case in cases(root) if case.kind != "update"]


def run(
    known: Sequence[Case], done: Callable[[Verdict], object] = lambda _verdict: None
) -> list[Verdict]:
    """Return the verdict on each test, in the order of the tests; says when each is done."""
    pending: SimpleQueue[list[Case]] = SimpleQueue()
    for job in jobs(known):
        pending.put(job)

    def work() -> list[Verdict]:
        found = []
        with serving() as site:
            for job in taken(pending):
                for verdict in verdicts(job, site):
                    done(verdict)
                    found.append(verdict)
        return found

    with ThreadPoolExecutor(SERVERS) as executor:
        shares = [executor.submit(work) for _number in range(SERVERS)]
    by_name = {verdict.case.id: verdict for share in shares for verdict in share.result()}
    return [by_name[case.id] for case in known]


def taken(pending: SimpleQueue[list[Case]]) -> Iterator[list[Case]]:
    """Yield what is left until nothing is."""
    while True:
        try:
            yield pending.get_nowait()
        except Empty:
            return


def jobs(known: Iterable[Case]) -> list[list[Case]]:
    """Return the tests in groups that can share one release."""
    return [list(job) for _key, job in groupby(sorted(known, key=sharing), key=sharing)]


def sharing(case: Case) -> tuple[str, ...]:
    """Return what the tests of a group have in common."""
    if case.kind not in QUERIES:
        return (case.suite, case.kind)
    data = (f"{iri} {place}" for iri, place in (*case.data, ("", ""), *case.graphs))
    return (case.suite, str(case.kind == "evaluation"), *data)


def verdicts(job: list[Case], site: Site) -> Iterator[Verdict]:
    """Run the tests of a group on one server."""
    kind = job[0].kind
    if kind == "graph store":
        yield from (graph_store.run(case, site) for case in job)
        return
    held = protocol.contents(job) if kind == "protocol" else contents(job[0])
    site.publish(held)
    for case in job:
        if kind == "protocol":
            yield protocol.run(case, site)
        elif kind == "service description":
            yield service_description.run(case, site)
        else:
            yield querying.run(case, site, held)
