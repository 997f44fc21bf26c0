"""Writes the page about the questions: ``python -m queries.document [--check]``."""

import sys
from itertools import groupby
from pathlib import Path

from queries.catalogue import NamedQuery, catalogue

PAGE = Path(__file__).parent.parent / "docs" / "queries.md"
HEAD = """\
# The questions

<!-- Written by `make terms` from the files in queries/. -->

Each is one file, [`queries/<topic>/<name>.rq`](../queries), that runs as it stands in any SPARQL
engine. Ask it with `GET /queries/<name>?parameter=value`, on its page, or with
`maillage query <name> --parameter value`. Parameters in brackets may be left out.
"""


def page() -> str:
    """Return the page as Markdown."""
    questions = sorted(catalogue().values(), key=lambda query: (query.topic, query.name))
    parts = [HEAD]
    for topic, group in groupby(questions, key=lambda query: query.topic):
        parts.append(f"\n## {topic.replace('_', ' ').capitalize()}\n\n")
        parts.append("| question | parameters | answer |\n|---|---|---|\n")
        parts.extend(row(query) for query in group)
    return "".join(parts)


def row(query: NamedQuery) -> str:
    """Return one question as a row of a table."""
    parameters = ", ".join(
        f"[`{one.name}`]" if one.optional else f"`{one.name}`" for one in query.parameters
    )
    columns = ", ".join(f"`{column}`" for column in query.columns)
    return f"| **{query.name}** <br> {query.summary} | {parameters} | {columns} |\n"


def main() -> None:
    """Write the page, or with --check say whether it is stale."""
    if "--check" in sys.argv[1:]:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page():
            sys.exit("docs/queries.md is stale; run: make terms")
    else:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
