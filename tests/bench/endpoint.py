"""The endpoint under load against its peers: ``python -m tests.bench.endpoint --help``.

Three mixes, each asked in the same words of every server on the same release: ``a`` lookups of
one subject and ``b`` forty named questions, both without our cache of answers; ``c`` the same
forty with repeats, with that cache as it is by default.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console

from queries.release import Home, Release
from tests.bench import agreement, load, mixes, outcome, peers
from tests.bench.grown import WANTED, grown_release, public_statements
from tests.bench.outcome import Checked, Measured
from tests.bench.peers import MAILLAGE, OXIGRAPH, RDFLIB, Endpoint

CLIENTS = (1, 8, 32)
SECONDS, PASSES, LONGEST = 5.0, 60, 30.0
WIDTH = 110
# So many queries are enough to have a server warm.
WARMING = 200
# Settings of our server in every mix: the one place for what would be in the way of measuring.
UNDER_TEST: Mapping[str, object] = {"rate_seconds": 0, "rate_errors": 0}
# What rdflib-endpoint has not answered by then is left out of what it is asked, and said.
PATIENCE = {MAILLAGE: 60.0, OXIGRAPH: 60.0, RDFLIB: 3.0}


@dataclass(frozen=True)
class Mix:
    """What is asked together, and how often as fast as Oxigraph we want to be, by clients.

    Where some queries take much longer than others, a measurement lasts for ``passes`` through
    all of them: what is under way at its end is not counted.
    """

    letter: str
    title: str
    queries: list[str]
    aims: Mapping[int, float]
    passes: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """The servers that are compared, on one release."""

    home: Home
    release: Release
    servers: Sequence[str]
    clients: Sequence[int]
    seconds: float

    def measure(self, mix: Mix) -> Measured:
        """Check what every server answers in a mix, then measure how fast."""
        right = agreement.expected(self.release, mix.queries)
        measured = Measured()
        for name in self.servers:
            measured.checked[name] = self.check(name, mix, right)
            self.load(name, name, mix, measured)
        theirs = measured.checked.get(RDFLIB)
        if MAILLAGE in self.servers and theirs and theirs.left_out:
            # Ratios are of the same questions: those that both answer.
            measured.checked[outcome.SAME] = theirs
            self.load(outcome.SAME, MAILLAGE, mix, measured)
        return measured

    def load(self, label: str, name: str, mix: Mix, measured: Measured) -> None:
        """Ask a server what it answers rightly, by few and by many clients."""
        asked = measured.checked[label].right
        with self.running(name, mix) as endpoint:
            once = self.warm(endpoint, asked) if asked else 0.0
            lasting = min(max(self.seconds, mix.passes * once), LONGEST)
            for clients in self.clients if asked else ():
                paths = [load.path_of(endpoint.path, query) for query in asked]
                done = load.run(endpoint.address, paths, clients, lasting)
                measured.loads[label, clients] = done

    def warm(self, endpoint: Endpoint, asked: Sequence[str]) -> float:
        """Ask everything twice, so that nothing is read or kept for the first time later.

        Returns the seconds of the second time.
        """
        with httpx.Client(timeout=PATIENCE[OXIGRAPH], trust_env=False) as client:
            for _pass in range(2):
                start = time.perf_counter()
                for query in asked[:WARMING]:
                    agreement.ask(client, endpoint, query)
        return time.perf_counter() - start

    def check(self, name: str, mix: Mix, right: Mapping[str, agreement.Bag]) -> Checked:
        """Ask a server every query once and compare the answers with the right ones."""
        checked, waiting = Checked(), list(reversed(mix.queries))
        while waiting:
            with (
                self.running(name, mix) as endpoint,
                httpx.Client(timeout=PATIENCE[name], trust_env=False) as client,
            ):
                while waiting:
                    query = waiting.pop()
                    try:
                        same = agreement.ask(client, endpoint, query) == right[query]
                    except httpx.TimeoutException:
                        checked.late.append(query)
                        # It may be busy with this query for long: go on with a new one.
                        break
                    except agreement.NoAnswerError as error:
                        checked.refused[query] = str(error)
                    else:
                        (checked.right if same else checked.wrong).append(query)
        return checked

    def running(self, name: str, mix: Mix) -> AbstractContextManager[Endpoint]:
        """Run one of the servers."""
        if name == MAILLAGE:
            return peers.maillage(self.home, {**UNDER_TEST, **mix.settings})
        return peers.oxigraph(self.release) if name == OXIGRAPH else peers.rdflib(self.release)


def every_mix(release: Release, letters: Sequence[str], named: list[str]) -> Iterator[Mix]:
    """Yield the mixes that are wanted."""
    if "a" in letters:
        aims = {clients: 1.0 if clients == 1 else 0.4 for clients in CLIENTS}
        title = "lookups of one subject"
        yield Mix("a", title, mixes.lookups(release), aims, settings={"cache": 0})
    if "b" in letters:
        aims = dict.fromkeys(CLIENTS, 0.9)
        yield Mix("b", "forty named questions", named, aims, PASSES, {"cache": 0})
    if "c" in letters:
        aims = dict.fromkeys(CLIENTS, 5.0)
        yield Mix("c", "the same with repeats", named, aims, PASSES)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.endpoint", description=__doc__)
    parser.add_argument("--home", type=Path, help="a home to measure on, made when it is empty")
    parser.add_argument("--mix", nargs="+", choices="abc", default=list("abc"))
    parser.add_argument("--clients", nargs="+", type=int, default=list(CLIENTS))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    servers = (MAILLAGE, OXIGRAPH, RDFLIB)
    parser.add_argument("--servers", nargs="+", choices=servers, default=list(servers))
    parser.add_argument(
        "--questions", action="store_true", help="only time the named questions in pyoxigraph"
    )
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 when a server of the first two gave a wrong answer."""
    asked = arguments(given)
    console = Console(file=sys.stdout, width=WIDTH)
    if not load.available() and not asked.questions:
        console.print(load.MISSING)
        return 0
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        home = Home(asked.home or Path(folder) / "home")
        release = grown_release(home)
        held = public_statements(release)
        note = "" if held >= WANTED else f", fewer than the {WANTED:,} that the aims are about"
        console.print(f"release {release.id}: {held:,} public statements{note}")
        return measure_all(console, home, release, asked)


def measure_all(console: Console, home: Home, release: Release, asked: argparse.Namespace) -> int:
    """Measure what is wanted on one release, and print each mix as it is done."""
    named: list[str] = []
    names: dict[str, str] = {}
    if asked.questions or {"b", "c"} & set(asked.mix):
        every = list(mixes.timed(release))
        chosen = mixes.forty(every)
        outcome.print_questions(console, every if asked.questions else chosen)
        names = {one.query: one.name for one in chosen}
        named = mixes.shuffled(list(names))
    if asked.questions:
        return 0
    bench = Bench(home, release, asked.servers, asked.clients, asked.seconds)
    wrong = False
    for mix in every_mix(release, asked.mix, named):
        measured = bench.measure(mix)
        title = f"({mix.letter}) {mix.title}: {len(mix.queries):,} queries"
        console.print(outcome.table(title, measured, asked.clients, mix.aims))
        wrong |= outcome.print_checks(console, measured, names)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
