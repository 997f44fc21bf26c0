"""Answers with rows as tables on a page, each label in the place of what it names."""

import json
from dataclasses import dataclass
from typing import Any

from server.engine.pool import Answer
from server.pages.display import Shower, Shown

MOST_LINES = 500
SUFFIX = "Label"


@dataclass(frozen=True)
class Table:
    """An answer as a page shows it; the whole of it is in the downloads."""

    columns: list[str]
    lines: list[list[Shown]]
    total: int

    @property
    def cut(self) -> bool:
        """Tell whether there are more rows than the page shows."""
        return self.total > len(self.lines)


def truth(answer: Answer) -> bool | None:
    """Return the answer to an ASK; None for an answer with rows."""
    found: bool | None = json.loads(answer.body).get("boolean")
    return found


def table(answer: Answer, shower: Shower) -> Table:
    """Return an answer in the JSON results format as a table."""
    content = json.loads(answer.body)
    names: list[str] = content["head"]["vars"]
    rows: list[dict[str, Any]] = content["results"]["bindings"]
    folded = {name: name + SUFFIX for name in names if name + SUFFIX in names}
    columns = [name for name in names if name not in folded.values()]
    lines = [
        [cell(row, name, folded.get(name), shower) for name in columns] for row in rows[:MOST_LINES]
    ]
    return Table(columns, lines, len(rows))


def cell(row: dict[str, Any], name: str, label: str | None, shower: Shower) -> Shown:
    """Return one cell: the term, under the label that the query gives it."""
    shown = shower.term(row.get(name))
    if label and label in row:
        return Shown(row[label]["value"], shown.href, row[label].get("xml:lang"), shown.title,
                     shown.outside)  # fmt: skip
    return shown


def iris(answer: Answer) -> list[str]:
    """Return the IRIs that a page shows of an answer."""
    rows = json.loads(answer.body)["results"]["bindings"][:MOST_LINES]
    return [term["value"] for row in rows for term in row.values() if term["type"] == "uri"]
