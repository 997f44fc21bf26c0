"""The second wall against federated queries where no empty network can be had: a full parse."""

from collections.abc import Iterator

from pyparsing import ParseException
from rdflib.plugins.sparql.parser import parseQuery

FEDERATED = frozenset({"ServiceGraphPattern", "Load"})


def refuse_federation(query: str) -> None:
    """Raise ValueError for a query that would call another server, or that cannot be judged."""
    try:
        tree = parseQuery(query)
    except (ParseException, RecursionError) as error:
        raise ValueError(
            "this server runs without network isolation and takes SPARQL 1.1 only: "
            f"the query cannot be judged ({str(error)[:200]})"
        ) from error
    if any(getattr(part, "name", None) in FEDERATED for part in parts(tree)):
        raise ValueError("SERVICE is not available here")


def parts(tree: object) -> Iterator[object]:
    """Yield every node of a parsed query, without recursion."""
    pending = [tree]
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, dict):
            pending.extend(part.values())
        elif not isinstance(part, str) and hasattr(part, "__iter__"):
            pending.extend(part)
