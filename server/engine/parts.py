"""What a description says beside the thing itself: the parts of shapes and lists.

Others write these as blank nodes, and what SPARQL describes goes along them. Here everything has
an IRI, that of a part beginning with that of its whole; a client finds them all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyoxigraph import NamedNode, QueryTriples, Store, Triple

SH, RDF = "http://www.w3.org/ns/shacl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META = "https://cube.link/meta/"
LEADING = frozenset(
    NamedNode(name)
    for name in (
        f"{SH}property", f"{SH}in", f"{SH}ignoredProperties", f"{SH}languageIn", f"{SH}or",
        f"{SH}and", f"{SH}xone", f"{SH}not", f"{SH}qualifiedValueShape", f"{RDF}first",
        f"{RDF}rest", "http://rdf-vocabulary.ddialliance.org/xkos#levels", f"{META}dataKind",
        f"{META}inHierarchy", f"{META}nextInHierarchy",
        "http://www.w3.org/2004/02/skos/core#definition",
    )
)  # fmt: skip
# Beyond this it is no description any more.
MOST = 2_000


def with_parts(
    store: Store, found: Iterable[Triple], dataset: Mapping[str, Any]
) -> Iterator[Triple]:
    """Yield what was found of some things, and what there is of their parts in a dataset."""
    seen: set[NamedNode] = set()
    waiting: list[tuple[NamedNode, str]] = []

    def along(triple: Triple, whole: str | None) -> None:
        start = whole or f"{getattr(triple.subject, 'value', '')}/"
        part = triple.object
        if (
            triple.predicate in LEADING
            and isinstance(part, NamedNode)
            and part.value.startswith(start)
            and part not in seen
        ):
            seen.add(part)
            waiting.append((part, start))

    for triple in found:
        along(triple, None)
        yield triple
    while waiting and len(seen) <= MOST:
        part, whole = waiting.pop()
        described = store.query(f"DESCRIBE {part}", **dataset)
        if isinstance(described, QueryTriples):
            for triple in described:
                along(triple, whole)
                yield triple
