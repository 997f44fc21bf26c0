"""Linkage on invented lists of which the truth is known: measured, and its weights estimated.

``python -m tests.bench.labelled`` measures; ``… train FILE`` writes the weights to a file.
"""

from __future__ import annotations

import random
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from rich.console import Console
from rich.table import Table

from loaders.description import describe
from loaders.kbo.loader import open_register
from loaders.linkage import journal, model, queue
from loaders.linkage.candidates import candidates, families
from loaders.linkage.comparison import Comparison, compare
from loaders.linkage.linking import BLIND_CHECK, Linked, link_records, register_file
from loaders.linkage.records import ListGraph, Record, read_records
from loaders.linkage.review import Answer, decide
from loaders.linkage.verdict import wilson
from loaders.records.codes import CodeBook
from loaders.records.source import find, sources
from loaders.synthetic import full, lists, partners
from queries.release import Home
from tests.bench import linkage

DAY = date(2026, 1, 1)
ENTITIES, ROWS = 50_000, 8_000
TRAINING = 200_000, 20_000
TRAINING_SEED, SEEDS = 11, (12, 13)
# Of the enterprises on lists, so many of a hundred are struck off the register.
GONE = 10
PRECISION, F1 = 0.99, 0.97


@dataclass(frozen=True)
class Labelled:
    """Lists as records, with the enterprise that each one without number is, or none."""

    records: Sequence[Record]
    truth: Mapping[str, str]

    @property
    def matches(self) -> int:
        """How many records are an enterprise of the register."""
        return sum(1 for enterprise in self.truth.values() if enterprise)


@dataclass(frozen=True)
class Measured:
    """What a linking and its review came to, against the truth."""

    labelled: Labelled
    linked: Linked
    right: int
    found: int
    asked: int
    seconds: float

    @property
    def precision(self) -> float:
        """The share of automatic links that are right."""
        return self.right / len(self.linked.accepted)

    @property
    def recall(self) -> float:
        """The share of matches that are linked automatically."""
        return self.right / self.labelled.matches

    @property
    def reviewed(self) -> float:
        """F1 after a desk that knows the truth has answered the whole queue."""
        wrong = len(self.linked.accepted) - self.right
        return 2 * self.found / (self.found + wrong + self.labelled.matches)


def generate(home: Home, folder: Path, entities: int, rows: int, seed: int) -> Labelled:
    """Invent a register and lists on it, load the register, and return the lists."""
    folder.mkdir(parents=True, exist_ok=True)
    extract = full.generate(full.Full(entities, seed), folder, lambda _: None)
    partners.generate(extract, rows, seed, folder / "partners", lambda _: None)
    load_register(home, extract)
    return prepare(home, folder / "partners")


def load_register(home: Home, extract: Path) -> None:
    """Load a full extract as the register of a home."""
    file = register_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.path) as unpacked, open_register(file) as register:
        with zipfile.ZipFile(extract) as packed:
            packed.extractall(unpacked)
        register.replace(Path(unpacked), lambda _: None)
        register.commit()


def prepare(home: Home, folder: Path) -> Labelled:
    """Return the lists of a folder as records, with the truth about them."""
    records = read_records(list(list_graphs(folder, home.path)))
    true = linkage.truth(folder)
    kept = [record for record in records if record.number or record.id in true]
    unnumbered = {record.id for record in kept if not record.number}
    return Labelled(kept, {record: true[record] for record in sorted(unnumbered)})


def list_graphs(folder: Path, working: Path) -> Iterator[ListGraph]:
    """Yield the graphs that the loaders make of the lists of a folder."""
    book = CodeBook()
    for source in sources().values():
        if source.codes:
            for lines in describe.describe(source, source.folder, book).lines.values():
                book.learn(lines)
    for planned in lists.PLANNED:
        source = find(planned.name)
        (table,) = source.tables.values()
        place = working / "lists" / planned.name
        place.mkdir(parents=True, exist_ok=True)
        (place / table.file).write_bytes((folder / f"{planned.name}.csv").read_bytes())
        described = describe.describe(source, place, book, period="2025-09", set_aside=True)
        for visibility, said in described.lines.items():
            graph = place / f"{visibility}.nt"
            graph.write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
            yield ListGraph(source.name, visibility, graph)


def strike_off(home: Home, labelled: Labelled, seed: int) -> Labelled:
    """Strike some listed enterprises off the register: what is left may only look like them."""
    dice = random.Random(seed)
    listed = sorted({enterprise for enterprise in labelled.truth.values() if enterprise})
    gone = set(dice.sample(listed, len(listed) * GONE // 100))
    with closing(duckdb.connect(str(register_file(home)))) as register:
        for enterprise in sorted(gone):
            number = enterprise.rpartition("-")[2]
            register.execute("DELETE FROM enterprise WHERE enterprise_number = ?", [number])
    truth = {record: "" if one in gone else one for record, one in labelled.truth.items()}
    return Labelled(labelled.records, truth)


def measure(home: Home, labelled: Labelled) -> Measured:
    """Link, have the truth answer the queue, and count."""
    start = time.perf_counter()
    linked = link_records(home, labelled.records, DAY)
    seconds = time.perf_counter() - start
    right = sum(labelled.truth[one.right] == one.left for one in linked.accepted)
    decide(home, list(true_answers(labelled, queue.read(home))), "oracle", DAY)
    live = journal.live(journal.read(home)).values()
    found = sum(
        one.judgement == "same" and labelled.truth.get(one.right) == one.left for one in live
    )
    asked = sum(item.kind == journal.MATCH for item in linked.queue)
    return Measured(labelled, linked, right, found, asked, seconds)


def true_answers(labelled: Labelled, items: Sequence[queue.Item]) -> Iterator[Answer]:
    """Yield the true answer to every question on a pair."""
    for item in items:
        if item.kind == journal.MATCH and item.doubt != BLIND_CHECK:
            same = labelled.truth[item.right] == item.left
            yield Answer(item, "same" if same else "different", "the truth")


def compared(home: Home, labelled: Labelled) -> Iterator[tuple[Comparison, bool]]:
    """Yield every comparison with whether it is a match."""
    unnumbered = [record for record in labelled.records if not record.number]
    for record, found in candidates(register_file(home), unnumbered):
        for one in found:
            comparison = compare(record, one.enterprise, one.rarest, families())
            yield comparison, labelled.truth[record.id] == one.enterprise.id


def train(file: Path) -> None:
    """Estimate the weights on lists of another seed than those measured, and write them."""
    entities, rows = TRAINING
    with TemporaryDirectory(prefix="maillage-bench-") as name:
        home = Home(Path(name) / "home")
        labelled = generate(home, Path(name) / "invented", entities, rows, TRAINING_SEED)
        provenance = {
            "estimated on": f"maillage synth kbo --entities {entities} --partners {rows} "
            f"--seed {TRAINING_SEED}",
            "by": "python -m tests.bench.labelled train FILE",
            "records": len(labelled.truth),
        }
        estimated = model.estimate(model.CURRENT, compared(home, labelled), provenance)
    file.write_text(estimated.as_json(), encoding="utf-8")


def add_rows(table: Table, entities: int = ENTITIES, rows: int = ROWS) -> None:
    """Measure on several seeds, and where listed enterprises are struck off; add the figures."""
    for seed in SEEDS:
        for gone in (False, True):
            with TemporaryDirectory(prefix="maillage-bench-") as name:
                home = Home(Path(name) / "home")
                labelled = generate(home, Path(name) / "invented", entities, rows, seed)
                if gone:
                    labelled = strike_off(home, labelled, seed)
                title = f"linkage, seed {seed}{', struck off' * gone}"
                add_figures(table, title, measure(home, labelled))


def add_figures(table: Table, title: str, found: Measured) -> None:
    """Add what was measured on one set of lists."""
    made = len(found.linked.accepted)
    least, _ = wilson(found.right, made)
    shown = f"{len(found.labelled.truth)} records, {found.seconds:.1f} s"
    table.add_row(title, shown, "", "")
    figures = (
        ("precision of automatic links", found.precision, f"{PRECISION} at least"),
        (f"  of {made}, with 95 % confidence", least, ""),
        ("recall of automatic links", found.recall, ""),
        ("F1 with review", found.reviewed, f"{F1} at least"),
    )
    for label, value, aim in figures:
        table.add_row(f"  {label}", f"{value:.4f}", aim, "")
    table.add_row("  asked of the desk", str(found.asked), "", "")


def main() -> None:
    """Train or measure."""
    if sys.argv[1:2] == ["train"]:
        train(Path(sys.argv[2]))
        return
    table = Table("measure", "value", "reference", "ratio", box=None, header_style="bold")
    add_rows(table)
    Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
