"""Entries of the European authority tables, by which catalogues name what is common to all."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from ontology.outside import SKOS

EU = "http://publications.europa.eu/resource/authority/"


def authority(table: str, code: str) -> NamedNode:
    """Return an entry of a European authority table."""
    return NamedNode(f"{EU}{table}/{code}")


def in_tables(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield of which table each entry is that some statements name: who reads has no tables."""
    used = {one.object for one in triples if isinstance(one.object, NamedNode)}
    for entry in sorted(used, key=lambda one: one.value):
        table, _slash, code = entry.value.removeprefix(EU).partition("/")
        if entry.value.startswith(EU) and code:
            yield Triple(entry, SKOS.inScheme, NamedNode(f"{EU}{table}"))
