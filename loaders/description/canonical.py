"""Identity applied: merged records speak under the IRI of the one that replaces them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import networkx as nx

from loaders.errors import LoadError
from ontology.outside import DCTERMS, SKOS

REPLACED = re.compile(rf"^<([^>]+)> {re.escape(str(DCTERMS.isReplacedBy))} <([^>]+)> \.$")
PREFERRED, ALTERNATIVE = f" {SKOS.prefLabel} ", f" {SKOS.altLabel} "


def replacements(lines: Iterable[str]) -> dict[str, str]:
    """Return for each merged IRI the one that finally replaces it.

    LoadError names the records when decisions run in a circle or replace one record twice.
    """
    chain = nx.DiGraph()
    for line in lines:
        if match := REPLACED.match(line):
            chain.add_edge(match[1], match[2])
    for record, degree in chain.out_degree():
        if degree > 1:
            raise LoadError(f"identity decisions replace {record} by {degree} records; keep one")
    if not nx.is_directed_acyclic_graph(chain):
        circle = " → ".join(edge[0] for edge in nx.find_cycle(chain))
        raise LoadError(f"identity decisions run in a circle: {circle}; remove one of them")
    final: dict[str, str] = {}
    for record in reversed(list(nx.topological_sort(chain))):
        for successor in chain.successors(record):
            final[record] = final.get(successor, successor)
    return final


def applied(lines: Iterable[str], replaced: Mapping[str, str]) -> Iterator[str]:
    """Yield lines with merged IRIs replaced.

    The preferred label of a merged record becomes an alternative one: the record that remains
    keeps its own.
    """
    if not replaced:
        yield from lines
        return
    merged = re.compile("<(" + "|".join(map(re.escape, sorted(replaced))) + ")>")
    for line in lines:
        if not merged.search(line):
            yield line
            continue
        if merged.match(line):
            line = line.replace(PREFERRED, ALTERNATIVE, 1)
        yield merged.sub(lambda match: f"<{replaced[match[1]]}>", line)
