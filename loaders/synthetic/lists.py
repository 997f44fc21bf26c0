"""Partner lists as files, in the layouts that the platform documents."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.synthetic.partners import Entry, Written

LOADERS = Path(__file__).parent.parent
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Planned:
    """A list to be written: its layout, who sends it, and what share of all rows it has.

    ``schemes`` are the accreditations that an administration grants. ``for_people`` gives the
    list French headings and semicolons, as spreadsheet programs write it in Belgium.
    """

    layout: str
    sender: str
    share: float
    schemes: tuple[str, ...] = ()
    for_people: bool = False
    postcodes: tuple[tuple[str, str], ...] = (("1000", "9999"),)

    def covers(self, postcode: str) -> bool:
        """Tell whether the sender deals with organisations at a postcode."""
        return any(first <= postcode <= last for first, last in self.postcodes)

    @property
    def name(self) -> str:
        """The name of its file, and of the source that it is delivered as."""
        return f"{self.layout}-{self.sender}"


PLANNED = (
    Planned("members", "federation-a", 0.36),
    Planned("members", "federation-b", 0.24, for_people=True),
    Planned("accreditations", "region-a", 0.26, ("IES", "EI", "IDESS", "CISP", "ETA", "AC"),
            postcodes=(("1300", "1499"), ("4000", "7999"))),
    Planned("accreditations", "region-b", 0.14, ("ES-BXL", "ESI"),
            postcodes=(("1000", "1299"),)),
)  # fmt: skip
PREREQUISITES = {"EI": "IES", "ESI": "ES-BXL"}
COOPERATIVES = frozenset({"706", "008", "508", "016"})
GAP = 0.08
CATEGORIES = ("membre effectif", "membre adhérent", "")


def write(
    planned: Planned, found: Sequence[Entry], folder: Path, written: Written, dice: random.Random
) -> list[Path]:
    """Write one list, and how it was first sent where that differs; tell the truth about it."""
    rows = list(listed(planned, found, dice))
    columns = headings(planned)
    files = []
    wrong = {n for n, (entry, _) in enumerate(rows) if entry.number_as == "wrong check digits"}
    if wrong:
        first = folder / f"{planned.name}.first.csv"
        save(first, columns, [cells for _, cells in rows], planned.for_people)
        files.append(first)
    # What the sender does with a number that was refused and is not at hand: leave it out.
    mended = [
        {**cells, "enterprise_number": ""} if n in wrong else cells
        for n, (_, cells) in enumerate(rows)
    ]
    path = folder / f"{planned.name}.csv"
    save(path, columns, mended, planned.for_people)
    for entry, cells in rows:
        key = cells.get("member_id") or cells["accreditation_number"]
        written.truth.append((
            planned.name, key, entry.number, entry.number_as, entry.name_as, entry.address_as
        ))  # fmt: skip
        for said in (entry.number_as, entry.name_as, f"address: {entry.address_as}"):
            written.counts[said] += 1
    written.counts["accreditation gaps"] += sum(
        1 for one, other in pairwise(rows) if is_gap(one[1], other[1])
    )
    return [*files, path]


def headings(planned: Planned) -> Mapping[str, str]:
    """Return the headings of a layout by column, in its order."""
    with (LOADERS / planned.layout / "columns.csv").open(encoding="utf-8", newline="") as stream:
        columns = list(csv.DictReader(stream))
    return {
        column["name"]: column["label_fr"] if planned.for_people else column["name"]
        for column in columns
    }


def save(path: Path, columns: Mapping[str, str], rows: Sequence[Cells], for_people: bool) -> None:
    """Write the rows under their headings."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if for_people else ",", lineterminator="\r\n")
    writer.writerow(columns.values())
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def listed(
    planned: Planned, found: Sequence[Entry], dice: random.Random
) -> Iterator[tuple[Entry, Cells]]:
    """Yield the rows of a list with the organisations that they describe."""
    for count, entry in enumerate(found, 1):
        cells = {
            "enterprise_number": entry.written_as, "name": entry.name,
            "legal_form": entry.legal_form, "street": entry.street,
            "postcode": entry.postcode, "municipality": entry.municipality,
        }  # fmt: skip
        if planned.schemes:
            for row in accreditations(planned, entry, count, dice):
                yield entry, {**cells, **row}
        else:
            since = date(1995, 1, 1) + timedelta(days=dice.randrange(10_000))
            yield entry, {
                **cells, "member_id": f"M-{count:05}",
                "valid_from": dice.choice((since.isoformat(), str(since.year), "")),
                "member_category": dice.choice(CATEGORIES),
            }  # fmt: skip


def accreditations(
    planned: Planned, entry: Entry, count: int, dice: random.Random
) -> Iterator[Cells]:
    """Yield the accreditations of one organisation: also what another one requires, and gaps."""
    eligible = [
        scheme for scheme in planned.schemes
        if scheme != "EI" or entry.form in COOPERATIVES
    ]  # fmt: skip
    scheme = dice.choice(eligible)
    since = date(2017 + dice.randrange(6), dice.choice((1, 4, 7, 10)), 1)
    until = date(since.year + dice.choice((3, 4)), since.month, 1) - timedelta(days=1)
    periods = [(since, until)]
    if dice.random() < GAP:
        again = until + timedelta(days=120 + dice.randrange(300))
        periods.append((again, again + timedelta(days=1460)))
    schemes = [PREREQUISITES[scheme], scheme] if scheme in PREREQUISITES else [scheme]
    for one in schemes:
        for part, (first, last) in enumerate(periods, 1):
            yield {
                "scheme": one,
                "accreditation_number": f"{one}-{count:05}-{part}",
                "decision_date": (first - timedelta(days=20 + dice.randrange(60))).isoformat(),
                "valid_from": first.isoformat(),
                "valid_to": last.isoformat(),
                "status": "granted" if part == 1 else "renewed",
                "source_date": "2025-09-30",
            }


def is_gap(one: Cells, other: Cells) -> bool:
    """Tell whether a row goes on, later, with the accreditation of the row before it."""
    keys = ("scheme", "accreditation_number")
    if not all(key in one for key in keys):
        return False
    return one["accreditation_number"][:-2] == other["accreditation_number"][:-2]
