"""Enterprises of a register that a list's records may be, found by what both have in common."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.errors import LoadError
from loaders.linkage.comparison import house
from loaders.linkage.names import LOOKALIKES, SMALL_WORDS, folded, legal_words
from loaders.linkage.records import Place, Record
from loaders.records.source import FOLDER

# Up to so many enterprises, a word is rare enough to make candidates in any place.
RARE = 60
# Up to so many, it makes candidates together with a second such word.
FREQUENT = 20_000
# Larger groups of enterprises at one door, or of names that begin alike in one postcode, tell
# too little.
BLOCK = 300
# So many candidates of a record are compared, those with the most in common.
MOST = 25
RECORDS_AT_ONCE = 2000
MEMORY, THREADS = "1500MB", 2
TABLES = {
    "record_name": "record INTEGER, name VARCHAR",
    "record_place": "record INTEGER, postcode VARCHAR",
    "record_start": "record INTEGER, postcode VARCHAR, start VARCHAR",
    "record_door": "record INTEGER, postcode VARCHAR, street VARCHAR, house VARCHAR",
    "record_contact": "record INTEGER, contact VARCHAR",
    "ignored_word": "word VARCHAR",
    "named": "record INTEGER, enterprise VARCHAR",
}


@dataclass(frozen=True)
class Candidate:
    """An enterprise that a record may be.

    ``rarest`` counts the enterprises with the rarest word that both names share, None when they
    share no word.
    """

    enterprise: Record
    rarest: int | None


@cache
def families() -> dict[str, str]:
    """Return the legal family of each legal form of the register."""
    with (FOLDER / "kbo_codes" / "legal_family.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["legal_family"] for row in csv.DictReader(stream)}


@contextmanager
def opened(register: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection beside a register, which it can read but not change."""
    if not register.is_file():
        raise LoadError(f"there is no register at {register}; deliver one first")
    with TemporaryDirectory(prefix="maillage-linkage-") as folder:
        connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": THREADS, "temp_directory": folder}
        )
        try:
            path = str(register).replace("'", "''")
            connection.execute(f"ATTACH '{path}' AS register (READ_ONLY)")
            run(connection, "entities.sql", {})
            yield connection
        except duckdb.CatalogException as error:
            reason = str(error).splitlines()[0]
            raise LoadError(f"{register}: {reason}; deliver the register again") from None
        finally:
            connection.close()


def candidates(
    register: Path, records: Sequence[Record], decided: Iterable[tuple[int, str]] = ()
) -> Iterator[tuple[Record, list[Candidate]]]:
    """Yield each record with the enterprises that it may be, ordered by number.

    ``decided`` names pairs that are compared in any case, as positions in ``records`` with
    enterprise numbers. Records are yielded in the order given.
    """
    with opened(register) as connection:
        load(connection, records, decided)
        (count,) = connection.execute("SELECT count(*) FROM register.enterprise").fetchone() or (0,)
        bounds = {"rare": RARE, "frequent": FREQUENT, "block": BLOCK, "most": MOST}
        run(connection, "blocking.sql", {**bounds, "enterprises": float(count)})
        run(connection, "facts.sql", {})
        for start in range(0, len(records), RECORDS_AT_ONCE):
            yield from compared(connection, records, start)


def enterprises(register: Path, numbers: Sequence[str]) -> Iterator[Record]:
    """Yield what the register says of the enterprises with these numbers, those that it holds."""
    with opened(register) as connection:
        connection.execute("CREATE TEMP TABLE candidate (record INTEGER, enterprise VARCHAR)")
        insert(connection, "candidate", [(0, number) for number in numbers])
        run(connection, "facts.sql", {})
        yield from facts(connection, 0, 1)


def load(
    connection: duckdb.DuckDBPyConnection, records: Sequence[Record],
    decided: Iterable[tuple[int, str]],
) -> None:  # fmt: skip
    """Give the database what is known of the records."""
    for table, columns in TABLES.items():
        connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in TABLES}
    rows["ignored_word"] = [(word,) for word in sorted({*legal_words(), *SMALL_WORDS})]
    rows["named"] = list(decided)
    for position, record in enumerate(records):
        rows["record_name"] += [(position, name) for name in record.names]
        rows["record_contact"] += [(position, contact.lower()) for contact in record.contacts]
        for place in record.places:
            if place.postcode:
                rows["record_place"].append((position, place.postcode))
                rows["record_start"] += [
                    (position, place.postcode, start(name)) for name in record.names
                ]
                if number := house(place.street):
                    street = folded(place.street).partition(f" {number}")[0]
                    rows["record_door"].append((position, place.postcode, street, number))
    for table, content in rows.items():
        insert(connection, table, sorted(set(content), key=repr))


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]
) -> None:
    """Insert many rows at once: column by column, as executemany takes a statement each."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        listed = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {listed}", columns)


def start(name: str) -> str:
    """Return how a name begins, without the signs that are taken for each other."""
    return folded(name).replace(" ", "").translate(LOOKALIKES)[:4]


def run(connection: duckdb.DuckDBPyConnection, name: str, bounds: dict[str, float]) -> None:
    """Run a script of this folder with the bounds that it names."""
    script = (resources.files("loaders.linkage") / name).read_text(encoding="utf-8")
    for statement in duckdb.extract_statements(script):
        wanted = {key: bounds[key] for key in statement.named_parameters}
        connection.execute(statement, wanted)


def compared(
    connection: duckdb.DuckDBPyConnection, records: Sequence[Record], start: int
) -> Iterator[tuple[Record, list[Candidate]]]:
    """Yield some records with their candidates."""
    end = min(start + RECORDS_AT_ONCE, len(records))
    known = {record.number: record for record in facts(connection, start, end)}
    found: dict[int, list[Candidate]] = {position: [] for position in range(start, end)}
    pairs = connection.execute(
        "SELECT record, enterprise, rarest FROM candidate WHERE record >= ? AND record < ?"
        " ORDER BY record, enterprise",
        [start, end],
    )
    for position, number, rarest in pairs.fetchall():
        found[position].append(Candidate(known[number], rarest))
    for position, listed in found.items():
        yield records[position], listed


def facts(connection: duckdb.DuckDBPyConnection, start: int, end: int) -> Iterator[Record]:
    """Yield what the register says of the candidates of some records."""
    rows = connection.execute(
        "SELECT * FROM fact WHERE enterprise IN"
        " (SELECT enterprise FROM candidate WHERE record >= ? AND record < ?)",
        [start, end],
    )
    while batch := rows.fetchmany(10_000):
        for number, form, names, addresses, contacts in batch:
            yield registered(number, form, names, addresses, contacts)


def registered(
    number: str, form: str | None, names: list[str] | None,
    addresses: list[dict[str, str]] | None, contacts: list[str] | None,
) -> Record:  # fmt: skip
    """Return what the register says of one enterprise as a record."""
    return Record(
        id=f"organisation/kbo-{number}",
        source="kbo",
        names=tuple(names or ()),
        places=tuple(
            Place(one["street"], one["postcode"], tuple(filter(None, (one["fr"], one["nl"]))))
            for one in addresses or ()
        ),
        form=form or "",
        contacts=tuple(contacts or ()),
        number=number,
    )
