"""The results of the SHACL tests as a table, on the terminal and in docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from rich.table import Table

from tests.conformance.shacl_engines import ENGINES, ShaclVerdict

HEADING = "## SHACL"
NAMES = {"compiled": "shacl", "reference": "pySHACL"}
INTRODUCTION = """\
What the [W3C tests of SHACL 1.0](https://github.com/w3c/data-shapes) say of the two engines of the
gate: the compiled one (shacl {compiled}), and the reference (pySHACL {reference}), to which
`make test` holds it equal on our own shapes. This section is written by the run:

```
make conformance SHACL=path/to/data-shapes    # with SUITE=… both; WRITE=1 writes this page again
```

Both are given the graphs of each test. Their results must be those that the test lists, each as
often: focus node, path, severity, constraint component, shape and value; all blank nodes count as
one. What must be refused has to end in an error. Messages are not compared. The run ends with 1
when an engine fails a test that is not among the deviations below.
"""


def counts(verdicts: Iterable[ShaclVerdict]) -> list[tuple[str, ...]]:
    """Return the lines of the table: the tests by category, and how many each engine passes."""
    found: dict[str, dict[str, list[ShaclVerdict]]] = {}
    for verdict in verdicts:
        for category in (verdict.case.category, "all"):
            found.setdefault(category, {}).setdefault(verdict.engine, []).append(verdict)
    lines = []
    for category in sorted(found, key=lambda name: (name == "all", name)):
        by_engine = found[category]
        passes = [sum(not v.difference for v in by_engine[engine]) for engine in ENGINES]
        worse = sum(v.worse for judged in by_engine.values() for v in judged)
        total = len(by_engine["compiled"])
        lines.append((category, *map(str, (total, *passes, worse))))
    return lines


def columns() -> tuple[str, ...]:
    """Return the heads of the columns."""
    return ("category", "tests", *(f"{NAMES[engine]} passes" for engine in ENGINES), "worse")


def table(verdicts: Iterable[ShaclVerdict]) -> Table:
    """Return the counts for a terminal."""
    made = Table(box=None, header_style="bold")
    for number, column in enumerate(columns()):
        made.add_column(column, justify="right" if number else "left")
    for line in counts(verdicts):
        made.add_row(*line, style="red" if line[-1] != "0" else None)
    return made


def section(verdicts: Sequence[ShaclVerdict]) -> str:
    """Return the section of docs/conformance.md."""
    versions = {"compiled": version("shacl"), "reference": version("pyshacl")}
    lines = [
        f"{HEADING}\n",
        INTRODUCTION.format(**versions),
        f"| {' | '.join(columns())} |",
        "|---" + "|---:" * (len(columns()) - 1) + "|",
        *(f"| {' | '.join(line)} |" for line in counts(verdicts)),
        "\n### Deviations\n",
    ]
    known = [verdict for verdict in verdicts if verdict.difference and verdict.cause]
    lines += [f"* **{NAMES[v.engine]}**, `{v.case.id}`: {v.cause}" for v in known] or ["None."]
    worse = [verdict for verdict in verdicts if verdict.worse]
    if worse:
        lines.append("\n### Worse\n")
        lines += [f"* **{NAMES[v.engine]}**, `{v.case.id}`: {v.difference}" for v in worse]
    return "\n".join([*lines, ""])
