"""How much a release holds of everything, counted over files of any size."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from loaders.errors import LoadError
from ontology.outside import RDF, XSD

# The classes of one thing, as N-Triples has them, in order; nearly all things share a few.
Kinds = tuple[bytes, ...]
TYPE = str(RDF.type).encode()
STRING, TAGGED = str(XSD.string).encode(), str(RDF.langString).encode()
# Beyond so much memory, counting goes on in files.
MEMORY = "1500MB"
VERSION = 1
Settings = dict[str, str | bool | int | float | list[str]]


@dataclass
class Census:
    """How much there is of everything in the union of graphs, each statement counted once.

    Classes, properties and datatypes are IRIs as N-Triples writes them.
    """

    triples: int = 0
    subjects: int = 0
    objects: int = 0
    entities: Counter[bytes] = field(default_factory=Counter)
    class_triples: Counter[bytes] = field(default_factory=Counter)
    property_triples: Counter[bytes] = field(default_factory=Counter)
    property_subjects: Counter[bytes] = field(default_factory=Counter)
    property_objects: Counter[bytes] = field(default_factory=Counter)
    # By class and property: statements, things that have one, and what the values are.
    used: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    users: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    values: Counter[tuple[bytes, bytes, bytes]] = field(default_factory=Counter)
    datatypes: Counter[tuple[bytes, bytes, bytes]] = field(default_factory=Counter)

    def use(self, own: Kinds, name: bytes, value: Kinds | bytes, number: int) -> None:
        """Count statements of things with some classes, to things with others or a datatype."""
        for one in own:
            self.class_triples[one] += number
            self.used[one, name] += number
            if isinstance(value, bytes):
                self.datatypes[one, name, value] += number
            else:
                for other in value:
                    self.values[one, name, other] += number

    def write(self, file: Path) -> None:
        """Write the counts: the same counts give the same bytes."""
        held: dict[str, Any] = {"version": VERSION}
        for one in fields(self):
            value = getattr(self, one.name)
            held[one.name] = rows(value) if isinstance(value, Counter) else value
        text = json.dumps(held, separators=(",", ":"))
        file.write_bytes(gzip.compress(text.encode(), 5, mtime=0))

    @classmethod
    def read(cls, file: Path) -> Census:
        """Read counts; LoadError when the file holds none of this version."""
        try:
            held = json.loads(gzip.decompress(file.read_bytes()))
        except (OSError, EOFError, ValueError) as error:
            raise LoadError(f"{file}: no counts of a release: {error}") from None
        if held.pop("version", None) != VERSION:
            raise LoadError(f"{file}: counts of another version; build the release anew")
        census = cls()
        for name, value in held.items():
            setattr(census, name, counter(value) if isinstance(value, list) else value)
        return census


def rows(counts: Mapping[Any, int]) -> list[list[str | int]]:
    """Return counts as rows of terms and a number, in order."""
    keys = ((key if isinstance(key, tuple) else (key,), number) for key, number in counts.items())
    return sorted([*(term.decode() for term in terms), number] for terms, number in keys)


def counter(held: Iterable[list[Any]]) -> Counter[Any]:
    """Return counts from rows."""
    found: Counter[Any] = Counter()
    for *terms, number in held:
        key = tuple(term.encode() for term in terms)
        found[key if len(key) > 1 else key[0]] = number
    return found


# Statements are told apart by the first 128 bits of a digest: names are long, numbers are not.
READ = """
CREATE TABLE read AS
WITH lines AS (
  SELECT line, strpos(line, ' ') AS first
  FROM read_csv($files, columns = {'line': 'VARCHAR'}, header = false, auto_detect = false,
                delim = chr(1), quote = '', escape = '', new_line = '\\n', max_line_size = 4000000)
), cut AS (
  SELECT line, first, first + strpos(substr(line, first + 1), ' ') AS second FROM lines
), terms AS (
  SELECT substr(line, 1, first - 1) AS subject,
         substr(line, first + 1, second - first - 1) AS name,
         substr(line, second + 1, length(line) - second - 2) AS value
  FROM cut
)
SELECT md5_number(subject) AS subject, name, md5_number(value) AS value,
       CASE WHEN name = $type THEN value END AS class,
       CASE WHEN value[1] != '"' THEN NULL
            WHEN value[-1] = '"' THEN $string
            WHEN value[-1] = '>' THEN regexp_extract(value, '\\^\\^(<[^>]*>)$', 1)
            ELSE $tagged END AS datatype
FROM terms
"""
TABLES = """
CREATE TABLE names AS
  SELECT row_number() OVER (ORDER BY name)::INTEGER AS number, name
  FROM (SELECT DISTINCT name FROM read);
CREATE TABLE kinds AS
  SELECT subject, list_sort(list(DISTINCT class)) AS classes
  FROM read WHERE class IS NOT NULL GROUP BY subject;
CREATE TABLE sets AS
  SELECT row_number() OVER (ORDER BY classes)::INTEGER AS number, classes
  FROM (SELECT DISTINCT classes FROM kinds);
CREATE TABLE things AS
  SELECT subject AS thing, number AS kind FROM kinds JOIN sets USING (classes);
CREATE TABLE facts AS
  SELECT DISTINCT subject, number AS name, value, datatype FROM read JOIN names USING (name);
DROP TABLE read;
DROP TABLE kinds;
"""
TOTALS = "SELECT count(*), count(DISTINCT subject) FROM facts"
OBJECTS = """
WITH pairs AS (SELECT DISTINCT name, value FROM facts)
SELECT name, count(*) FROM pairs GROUP BY name
UNION ALL SELECT NULL, count(DISTINCT value) FROM pairs
"""
ENTITIES = "SELECT kind, count(*) FROM things GROUP BY kind"
USED = """
SELECT own.kind, name, to_.kind, datatype, count(*)
FROM facts LEFT JOIN things own ON own.thing = subject
LEFT JOIN things to_ ON to_.thing = value
GROUP BY ALL
"""
USERS = """
SELECT kind, name, count(*) FROM (SELECT DISTINCT subject, name FROM facts)
LEFT JOIN things ON thing = subject GROUP BY ALL
"""


def take(files: Iterable[Path], working: Path | None = None) -> Census:
    """Count over N-Triples files, their lines in any order, each statement once.

    What does not fit into memory is written below ``working``, by default where the system
    keeps temporary files.
    """
    places = [str(file) for file in files if file.stat().st_size]
    if not places:
        return Census()
    with TemporaryDirectory(prefix="maillage-", dir=working) as folder:
        settings: Settings = {
            "memory_limit": MEMORY, "temp_directory": folder, "preserve_insertion_order": False,
        }  # fmt: skip
        with duckdb.connect(str(Path(folder) / "facts.duckdb"), config=settings) as base:
            terms = {"type": TYPE, "string": STRING, "tagged": TAGGED}
            asked = {name: term.decode() for name, term in terms.items()}
            base.execute(READ, {"files": places, **asked})
            base.execute(TABLES)
            return added_up(base)


def added_up(base: duckdb.DuckDBPyConnection) -> Census:
    """Return the counts of a base of facts."""
    names = {number: name.encode() for number, name in select(base, "SELECT * FROM names")}
    kinds: dict[int | None, Kinds] = {None: ()}
    for number, classes in select(base, "SELECT * FROM sets"):
        kinds[number] = tuple(one.encode() for one in classes)
    census = Census()
    ((census.triples, census.subjects),) = select(base, TOTALS)
    for name, number in select(base, OBJECTS):
        if name is None:
            census.objects = number
        else:
            census.property_objects[names[name]] = number
    for kind, number in select(base, ENTITIES):
        census.entities.update(dict.fromkeys(kinds[kind], number))
    for own, name, other, datatype, number in select(base, USED):
        census.property_triples[names[name]] += number
        value = kinds[other] if datatype is None else datatype.encode()
        census.use(kinds[own], names[name], value, number)
    for own, name, number in select(base, USERS):
        census.property_subjects[names[name]] += number
        census.users.update({(one, names[name]): number for one in kinds[own]})
    return census


def select(base: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return base.execute(query).fetchall()
