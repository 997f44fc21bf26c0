"""``make conformance SUITE=PATH SHACL=PATH``: the W3C tests of SPARQL through our HTTP, of SHACL
on the engines of the gate.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from tests.conformance import shacl_engines, shacl_report
from tests.conformance.report import page, table
from tests.conformance.run import run, wanted
from tests.conformance.shacl_suite import Suite

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the tests of checkouts, print the counts, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument(
        "suite", type=Path, nargs="?", help="a checkout of https://github.com/w3c/rdf-tests"
    )
    parser.add_argument(
        "--shacl", type=Path, help="a checkout of https://github.com/w3c/data-shapes"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} again")
    given = parser.parse_args(arguments)
    if not given.suite and not given.shacl:
        return wrong(
            "name a checkout of https://github.com/w3c/rdf-tests, or --shacl of data-shapes"
        )
    codes = [sparql(given.suite, write=given.write)] if given.suite else []
    codes += [shacl(given.shacl, write=given.write)] if given.shacl else []
    return max(codes)


def sparql(checkout: Path, *, write: bool) -> int:
    """Run the tests of SPARQL; return the exit code."""
    cases = wanted(checkout)
    if not cases:
        return wrong(
            f"{checkout}: no tests in sparql/*/*/manifest*.ttl; "
            "name a checkout of https://github.com/w3c/rdf-tests"
        )
    with showing(len(cases)) as done:
        verdicts = run(cases, done)
    output = Console(file=sys.stdout)
    output.print(table(verdicts))
    for verdict in verdicts:
        if verdict.worse:
            output.print(f"worse: {verdict.case.id}: {verdict.ours.reason}", markup=False)
    if write:
        _own, heading, rest = written().partition(f"\n{shacl_report.HEADING}\n")
        PAGE.write_text(page(verdicts) + heading + rest, encoding="utf-8")
    return int(any(verdict.worse for verdict in verdicts))


def shacl(checkout: Path, *, write: bool) -> int:
    """Run the tests of SHACL; return the exit code."""
    suite = Suite(checkout)
    total = len(suite.cases()) * len(shacl_engines.ENGINES)
    if not total:
        return wrong(
            f"{checkout}: no tests in data-shapes-test-suite/tests; "
            "name a checkout of https://github.com/w3c/data-shapes"
        )
    with showing(total) as done:
        verdicts = shacl_engines.run(suite, done)
    output = Console(file=sys.stdout)
    output.print(shacl_report.table(verdicts))
    for verdict in verdicts:
        if verdict.worse:
            said = f"worse: {verdict.engine}: {verdict.case.id}: {verdict.difference}"
            output.print(said, markup=False)
    if write:
        own = written().partition(f"\n{shacl_report.HEADING}\n")[0]
        PAGE.write_text(f"{own}\n{shacl_report.section(verdicts)}", encoding="utf-8")
    return int(any(verdict.worse for verdict in verdicts))


def written() -> str:
    """Return the page as it is."""
    return PAGE.read_text(encoding="utf-8")


def wrong(reason: str) -> int:
    """Say in one line why nothing is run; return the exit code."""
    sys.stderr.write(f"error: {reason}\n")
    return USAGE_ERROR


@contextmanager
def showing(total: int) -> Iterator[Any]:
    """Show on a terminal how many tests are done; yield what is told of each."""
    bar = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with Progress(*bar, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("tests", total=total)
        yield lambda _verdict: progress.advance(task)


if __name__ == "__main__":
    sys.exit(main())
