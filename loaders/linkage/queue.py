"""The review queue: pairs that a desk has to decide, as the last linking found them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from loaders.description.graphs import write_whole
from loaders.errors import LoadError, SourceError
from loaders.linkage import journal
from loaders.linkage.journal import NUMBER
from loaders.linkage.records import Record
from loaders.linkage.verdict import Pair
from queries.release import Home

FILE = "queue.csv"


@dataclass(frozen=True)
class Item:
    """One question to a desk; ``doubt`` says why the rule did not decide."""

    item: int
    kind: str
    doubt: str
    score: str
    left: str
    left_name: str
    left_address: str
    left_form: str
    right: str
    right_name: str
    right_address: str
    right_form: str
    features: str
    model: str
    visibility: str
    left_digest: str
    right_digest: str

    @property
    def pair(self) -> tuple[str, str, str]:
        """What the question is about."""
        return self.kind, self.left, self.right

    @property
    def state(self) -> tuple[str, str, str, str, str]:
        """What the question is about, and what was known of it."""
        return (*self.pair, self.left_digest, self.right_digest)


COLUMNS = tuple(field.name for field in fields(Item))


def asked(pair: Pair, kind: str, model: str) -> Item:
    """Return the question that a doubtful pair is, without its number."""
    left, right = pair.left, pair.right
    return Item(
        item=0, kind=kind, doubt=pair.doubt, score=written(pair.score),
        left=left.id, left_name=names(left), left_address=addresses(left), left_form=left.form,
        right=row_of(right.source) if kind == NUMBER else right.id,
        right_name=names(right), right_address=addresses(right), right_form=right.form,
        features=features(pair), model=model, visibility=right.visibility,
        left_digest=left.digest, right_digest=right.digest,
    )  # fmt: skip


def row_of(source: str) -> str:
    """Return what stands for the row of a list with the number of an enterprise."""
    return f"list/{source}"


def written(score: float) -> str:
    """Return a score as a decimal number.

    >>> written(0.25), written(1.0)
    ('0.25', '1')
    """
    return f"{score:.6f}".rstrip("0").rstrip(".")


def names(record: Record) -> str:
    """Return the names of a record in one text."""
    return " | ".join(record.names)


def addresses(record: Record) -> str:
    """Return the addresses of a record in one text."""
    return " ; ".join(
        ", ".join(filter(None, (one.street, one.postcode, " / ".join(one.municipalities))))
        for one in record.places
    )


def features(pair: Pair) -> str:
    """Return the levels of a comparison in one text."""
    return "; ".join(f"{name}: {level}" for name, level in pair.comparison.levels.items())


def numbered(items: Iterable[Item], before: Iterable[Item]) -> Iterator[Item]:
    """Yield items with their numbers: those asked before keep theirs, new ones follow."""
    known = {item.pair: item.item for item in before}
    free = max(known.values(), default=0) + 1
    for item in items:
        number = known.get(item.pair)
        if number is None:
            number, free = free, free + 1
        yield replace(item, item=number)


def read(home: Home) -> list[Item]:
    """Return the queue of a home, in its order."""
    file = journal.folder(home) / FILE
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise SourceError("not a review queue; run: maillage link", file, 1)
        try:
            return [Item(**{**row, "item": int(row["item"])}) for row in reader]  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise SourceError(
                "the row is damaged; run: maillage link", file, reader.line_num
            ) from None


def write(home: Home, items: Iterable[Item]) -> None:
    """Replace the queue of a home."""
    journal.folder(home).mkdir(parents=True, exist_ok=True)
    write_whole(journal.folder(home) / FILE, text(items))


def text(items: Iterable[Item]) -> str:
    """Return items as CSV."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(asdict(item).values() for item in items)
    return output.getvalue()


def find(home: Home, number: int) -> Item:
    """Return the item of that number; LoadError when there is none."""
    for item in read(home):
        if item.item == number:
            return item
    file: Path = journal.folder(home) / FILE
    raise LoadError(f"{file}: no item {number}; run: maillage review list")
