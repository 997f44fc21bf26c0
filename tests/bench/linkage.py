"""How well lists are linked, against the truth that was invented with them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from loaders.linkage import journal
from loaders.linkage.journal import MATCH, NUMBER
from loaders.lists.parties import key_of
from loaders.synthetic import lists
from queries.release import Home
from tests.bench import commands

NUMBERED = ("right", "another's")
BY = "bench oracle"


@dataclass(frozen=True)
class Score:
    """Links made, how many of them are right, and how many records could be linked."""

    made: int
    right: int
    possible: int

    @property
    def precision(self) -> float:
        """The share of the links made that are right."""
        return self.right / self.made if self.made else 0.0

    @property
    def recall(self) -> float:
        """The share of the records of enterprises in the register that are linked rightly."""
        return self.right / self.possible if self.possible else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return (
            f"P {self.precision:.4f} R {self.recall:.4f} F1 {self.f1:.4f} "
            f"({self.right}/{self.made} of {self.possible})"
        )


def truth(folder: Path) -> dict[str, str]:
    """Return the enterprise of each record without number, empty for one not in the register.

    Records and enterprises are named as the journal names them.
    """
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        told = {(row["list"], row["row"]): row for row in csv.DictReader(stream)}
    found = {}
    for planned in lists.PLANNED:
        for cells in rows(folder, planned):
            true = told[planned.name, cells.get("member_id") or cells["accreditation_number"]]
            if true["number_as"] in NUMBERED:
                continue
            key = (
                key_of(cells["member_id"])
                if planned.layout == "members"
                else key_of(cells["name"], cells["postcode"], cells["municipality"])
            )
            number = true["enterprise_number"]
            found[f"organisation/{planned.name}-{key}"] = (
                f"organisation/kbo-{number}" if number else ""
            )
    return found


def rows(folder: Path, planned: lists.Planned) -> Iterable[Mapping[str, str]]:
    """Yield the rows of a list under the technical names of its columns."""
    technical = {label: name for name, label in lists.headings(planned).items()}
    with (folder / f"{planned.name}.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter=";" if planned.for_people else ","):
            yield {technical[label]: cell for label, cell in row.items()}


def score(home: Path, true: Mapping[str, str]) -> Score:
    """Return how well the live decisions of a home agree with the truth."""
    live = journal.live(journal.read(Home(home))).values()
    links = {(d.right, d.left) for d in live if d.kind == MATCH and d.judgement == "same"}
    ours = {(record, enterprise) for record, enterprise in links if record in true}
    right = sum(true[record] == enterprise for record, enterprise in ours)
    return Score(len(ours), right, sum(enterprise != "" for enterprise in true.values()))


def review(home: Path, true: Mapping[str, str], work: Path) -> dict[str, int]:
    """Answer the review queue as one who knows the truth does; return the answers by judgement."""
    file = work / "review.csv"
    commands.run(home, "review", "export", file)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, delimiter=";")
        columns, items = list(reader.fieldnames or ()), list(reader)
    answers: dict[str, int] = {}
    for item in items:
        if item["kind"] == NUMBER or item["right"] not in true:
            continue
        same = true[item["right"]] == item["left"]
        item["judgement"] = "same" if same else "different"
        item["reason"] = "the truth that was invented with the list"
        answers[item["judgement"]] = answers.get(item["judgement"], 0) + 1
    if not answers:
        return answers
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter=";")
        writer.writeheader()
        writer.writerows(items)
    commands.run(home, "review", "import", file, "--by", BY)
    return answers


def asked_of_numbers(home: Path, folder: Path) -> tuple[int, int]:
    """Return how many rows with another's number a desk is asked about, and how many there are."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        rows_told = list(csv.DictReader(stream))
    wrong = [row for row in rows_told if row["number_as"] == "another's"]
    asked = commands.run(home, "review", "list").content or []
    return sum(item["kind"] == NUMBER for item in asked), len(wrong)
