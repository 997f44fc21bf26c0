"""The results as a table, on the terminal and in docs/conformance.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from rich.table import Table

from tests.conformance.causes import UNKNOWN, cause
from tests.conformance.manifest import Case
from tests.conformance.outcome import State, Verdict

COLUMNS = ("suite", "tests", "pass", "fail", "refused", "engine passes", "worse")
OWN = ("csv-tsv-res", "json-res", "entailment", "service", "syntax-fed")
INTRODUCTION = """\
# Conformance

What the [W3C tests of SPARQL](https://github.com/w3c/rdf-tests) say of the server, and of the
engine alone (pyoxigraph {engine}). This page is written by the run:

```
make conformance SUITE=path/to/rdf-tests    # add WRITE=1 to write this page again
```

It needs nothing but a checkout of the tests, calls nothing outside, and takes a few minutes. It
ends with 1 if a test fails here that the engine alone passes, or if a test fails of the protocol
for queries, of reading by the Graph Store Protocol, or of the service description. `make test`
runs it too where `MAILLAGE_RDF_TESTS` names the checkout.

## How it is done

The data of each test become a release, which a real server publishes; the query is sent by HTTP as
it stands in its file, and the answer is compared with what the test expects. The default graph is
the one of the test, where that of a real release is the union of its graphs. Relative IRIs are
read against the base of the release, which is here the address of the suite. Numbers and truth
values of one type are compared by value, rows as bags (in order where the expected rows are
numbered), blank nodes up to their names. The engine alone is asked the same in one process, with
nothing of ours.

The requests of protocol tests are sent as described, `/sparql/` being `/sparql`. Graphs that
requests name and that the suite does not hold have one statement: the name of a graph that is not
there is an error here. The Graph Store tests write before they read. Writing is 405 here, which is
checked; what it should have done is then published as a new release, and every GET and HEAD must
be answered as the test says. `/gsp/person/1.ttl` is `/graphs/person/1.ttl`.

Tests of updates are not run but for those of the protocol: nothing is changed by HTTP here.
"""


def group(case: Case) -> str:
    """Return the line of the table that a test belongs to."""
    edition, _slash, suite = case.suite.partition("/")
    named = f"SPARQL {edition[-2]}.{edition[-1]}"
    if case.kind == "protocol":
        return f"{named} protocol, {'updates' if 'update' in case.name else 'queries'}"
    if case.kind == "graph store":
        return f"{named} Graph Store Protocol, reading"
    if edition == "sparql11" and suite in OWN:
        return f"{named} {suite}"
    kinds = {"evaluation": "query evaluation", "service description": "service description"}
    return f"{named} {kinds.get(case.kind, 'query syntax')}"


@dataclass
class Count:
    """How the tests of a group ended."""

    ours: Counter[State] = field(default_factory=Counter)
    engine: Counter[State] = field(default_factory=Counter)
    worse: int = 0

    def cells(self, name: str) -> tuple[str, ...]:
        """Return the cells of a line."""
        engine = str(self.engine["pass"]) if self.engine else "–"
        numbers = (self.ours.total(), *(self.ours[state] for state in ("pass", "fail", "refused")))
        return (name, *map(str, numbers), engine, str(self.worse))


def counts(verdicts: Iterable[Verdict]) -> dict[str, Count]:
    """Return how the tests ended, group by group; the groups of SPARQL 1.1 first."""
    found: dict[str, Count] = defaultdict(Count)
    for verdict in verdicts:
        count = found[group(verdict.case)]
        count.ours[verdict.ours.state] += 1
        if verdict.engine:
            count.engine[verdict.engine.state] += 1
        count.worse += verdict.worse
    return dict(
        sorted(found.items(), key=lambda item: (not item[0].startswith("SPARQL 1.1"), item[0]))
    )


def table(verdicts: Iterable[Verdict]) -> Table:
    """Return the counts for a terminal."""
    made = Table(box=None, header_style="bold")
    for number, column in enumerate(COLUMNS):
        made.add_column(column, justify="right" if number else "left")
    for name, count in counts(verdicts).items():
        made.add_row(*count.cells(name), style="red" if count.worse else None)
    return made


def page(verdicts: Sequence[Verdict]) -> str:
    """Return docs/conformance.md."""
    lines = [
        INTRODUCTION.format(engine=version("pyoxigraph")),
        "## Counts\n",
        f"| {' | '.join(COLUMNS)} |",
        "|---" + "|---:" * (len(COLUMNS) - 1) + "|",
        *(f"| {' | '.join(count.cells(name))} |" for name, count in counts(verdicts).items()),
        "\n*Engine passes* counts the tests that the engine alone passes; it is not asked what",
        "would have it call out. *Worse* is what ends the run with 1.",
    ]
    worse = [verdict for verdict in verdicts if verdict.worse]
    if worse:
        lines += ["\n## Worse\n", *(f"* `{v.case.id}`: {v.ours.reason}" for v in worse)]
    refused = collected((v.ours.reason, v) for v in verdicts if v.ours.state == "refused")
    lines += ["\n## Refused\n", "By decision, with an error that says so.\n", *refused]
    failed = collected((cause(v), v) for v in verdicts if v.ours.state == "fail" and not v.worse)
    text = "What the engine alone fails too, with the cause.\n"
    return "\n".join([*lines, "\n## Failures of the engine\n", text, *failed, ""])


def collected(reasons: Iterable[tuple[str, Verdict]]) -> list[str]:
    """Return a list of reasons, each with the tests that it concerns."""
    found: dict[str, list[str]] = defaultdict(list)
    for reason, verdict in reasons:
        found[reason].append(verdict.case.id)
    lines = []
    for reason in sorted(found, key=lambda one: (one == UNKNOWN, -len(found[one]), one)):
        sentence = reason[0].upper() + reason[1:].rstrip(".")
        names = ", ".join(f"`{name}`" for name in found[reason])
        lines.append(f"* **{sentence}.** {len(found[reason])}: {names}")
    return lines or ["None."]
