"""From the tables of one delivery to the sorted lines of its named graphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store

from loaders.errors import LoadError
from loaders.lists.judging import judge
from loaders.lists.verdicts import Judgement, RefusedError
from loaders.records.codes import CodeBook
from loaders.records.row import Context, Row
from loaders.records.source import Source, Triples
from loaders.records.tables import Table, locate, read
from ontology import NAMESPACE, superclasses
from ontology.outside import RDF


@dataclass
class Described:
    """What one delivery says: N-Triples lines by visibility, and what was counted.

    ``remarks`` name odd records, ``shortfalls`` counts below those of a healthy delivery,
    ``judgement`` says of a list what became of each row.
    """

    lines: dict[str, list[str]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    shortfalls: list[str] = field(default_factory=list)
    judgement: Judgement | None = None


def union(files: Iterable[Path]) -> Store:
    """Return a store whose default graph is the union of N-Triples files."""
    facts = Store()
    for file in files:
        facts.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    return facts


def describe(
    source: Source,
    folder: Path,
    codes: CodeBook,
    inputs: Iterable[Path] = (),
    *,
    period: str = "",
    set_aside: bool = False,
) -> Described:
    """Describe a delivery of a source that lies in a folder.

    ``inputs`` are the N-Triples files of the graphs that a derived source reads. Lists are told
    the ``period`` of their delivery; with ``set_aside`` their refused rows are left out, and
    stay in the judgement. Raises SourceError at the first row that cannot be read; of a list
    RefusedError, with the judgement on all rows.
    """
    result = Described()
    statements: dict[str, set[str]] = {visibility: set() for visibility in source.visibilities}
    if source.generator:
        collect(source.loader().describe(), statements["public"], source.name)
    elif source.derived:
        facts = union(inputs)
        loader = source.loader()
        for organisation in loader.organisations(facts):
            collect(loader.derive(facts, organisation), statements["public"], source.name)
    elif source.rdf:
        found = source.loader().statements(source, folder, result.remarks)
        collect(found, statements["public"], source.name)
        result.rows["statements"] = len(statements["public"])
    else:
        context = Context(
            references=references(source, folder),
            codes=codes,
            period=period,
            sender=source.sender,
        )
        for name, describer in source.describers().items():
            table = source.tables[name]
            if table.layout is not None:
                judgement, said = judge(source, table, folder, context, describer)
                if judgement.refused and not (set_aside and judgement.kept):
                    raise RefusedError(judgement)
                result.judgement, result.rows[name] = judgement, judgement.kept
                result.remarks.extend(judgement.summary())
                collect(iter(said), statements[table.visibility], source.name)
                continue
            for row in standing(source, name, rows(table, folder, context)):
                result.rows[name] += 1
                collect(described(row, describer(row)), statements[table.visibility], source.name)
        result.remarks.extend(context.remarks)
    result.lines = {visibility: sorted(lines) for visibility, lines in statements.items()}
    result.classes = count_classes(result.lines.values())
    compare(source, result)
    return result


def standing(source: Source, table: str, found: Iterator[Row]) -> Iterable[Row]:
    """Return the rows of a table that count: of a journal, those that no later row undoes."""
    chosen = getattr(source.loader(), "standing", None)
    return chosen(table, found) if chosen else found


def rows(table: Table, folder: Path, context: Context) -> Iterator[Row]:
    """Yield the rows of a table."""
    file = locate(table, folder)
    here = replace(table, file=file.name)
    for record in read(here, file):
        yield Row(here, record, context)


def described(row: Row, triples: Triples) -> Triples:
    """Yield the triples of a row, then refuse it when a filled field was not read."""
    yield from triples
    row.close()


def collect(triples: Triples, lines: set[str], source: str) -> None:
    """Add triples to a set of N-Triples lines, with every class above a stated class."""
    for subject, predicate, value in triples:
        if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
            raise LoadError(f"{source}: a blank node at {predicate}; give the thing an IRI")
        lines.add(f"{subject} {predicate} {value} .")
        if predicate == RDF.type and isinstance(value, NamedNode):
            lines.update(f"{subject} {predicate} {above} ." for above in superclasses(value))


def references(source: Source, folder: Path) -> dict[str, dict[str, NamedNode]]:
    """Return the IRIs that the keyed tables of a source give to their keys."""
    index: dict[str, dict[str, NamedNode]] = {}
    for name, table in source.tables.items():
        if table.key is None:
            continue
        keyed: dict[str, NamedNode] = {}
        numbers: dict[NamedNode, int] = {}
        for row in rows(table, folder, Context()):
            key, iri = row.take(table.key), row.iri()
            if key in keyed:
                raise row.error(f"{table.key} {key!r} stands twice")
            if iri in numbers:
                raise row.error(f"{table.number} is also that of line {numbers[iri]}")
            keyed[key], numbers[iri] = iri, row.line
        index[name] = keyed
    return index


def count_classes(graphs: Iterable[list[str]]) -> Counter[str]:
    """Count the instances of each of our classes over all visibilities."""
    typed = f" {RDF.type} <{NAMESPACE}"
    found = {
        (subject, rest[:-3])
        for lines in graphs
        for line in lines
        if typed in line
        for subject, _, rest in [line.partition(typed)]
    }
    return Counter(name for _, name in found)


def compare(source: Source, result: Described) -> None:
    """Note the counts that are not those of a healthy delivery of the source."""
    counted: tuple[tuple[str, Mapping[str, tuple[int, int]], Counter[str]], ...] = (
        ("rows", source.expect_rows, result.rows),
        ("instances", source.expect_classes, result.classes),
    )
    for unit, bounds, counts in counted:
        for name, (least, most) in bounds.items():
            if counts[name] < least:
                reason = f"{counts[name]} {unit} of {name}, at least {least} expected"
                result.shortfalls.append(reason)
            if counts[name] > most:
                result.remarks.append(f"{counts[name]} {unit} of {name}, at most {most} expected")
