"""``make conformance SUITE=PATH``: the W3C SPARQL tests through our HTTP."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from tests.conformance.report import page, table
from tests.conformance.run import run, wanted

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the tests of a checkout, print the counts, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("suite", type=Path, help="a checkout of https://github.com/w3c/rdf-tests")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} again")
    given = parser.parse_args(arguments)
    cases = wanted(given.suite)
    if not cases:
        sys.stderr.write(
            f"error: {given.suite}: no tests in sparql/*/*/manifest*.ttl; "
            "name a checkout of https://github.com/w3c/rdf-tests\n"
        )
        return USAGE_ERROR
    bar = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with Progress(*bar, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("tests", total=len(cases))
        verdicts = run(cases, lambda _verdict: progress.advance(task))
    output = Console(file=sys.stdout)
    output.print(table(verdicts))
    for verdict in verdicts:
        if verdict.worse:
            output.print(f"worse: {verdict.case.id}: {verdict.ours.reason}", markup=False)
    if given.write:
        PAGE.write_text(page(verdicts), encoding="utf-8")
    return int(any(verdict.worse for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
