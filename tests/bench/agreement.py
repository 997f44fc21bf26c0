"""Whether servers answer alike, as bags of rows: a fast wrong answer counts for nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import httpx
from pyoxigraph import QueryResultsFormat, QuerySolutions

from queries.release import Release, open_store
from tests.bench.load import JSON_ROWS
from tests.bench.peers import Endpoint

XSD = "http://www.w3.org/2001/XMLSchema#"
EXACT = {f"{XSD}{name}" for name in ("integer", "decimal", "int", "long", "nonNegativeInteger")}
Term = tuple[str, str, str, str]
Bag = Counter[frozenset[tuple[str, Term]]]


class NoAnswerError(Exception):
    """A query that a server did not answer: why."""


def expected(release: Release, queries: Iterable[str]) -> dict[str, Bag]:
    """Return the right rows of each query, as pyoxigraph gives them in this process."""
    store, found = open_store(release, "public"), {}
    for query in queries:
        answer = store.query(query)
        assert isinstance(answer, QuerySolutions)
        body = answer.serialize(format=QueryResultsFormat.JSON)
        assert body is not None
        found[query] = bag(json.loads(body))
    return found


def ask(client: httpx.Client, endpoint: Endpoint, query: str) -> Bag:
    """Return the rows of one answer; raises httpx.TimeoutException or NoAnswerError."""
    found = client.get(endpoint.url, params={"query": query}, headers={"Accept": JSON_ROWS})
    if found.status_code != httpx.codes.OK:
        raise NoAnswerError(f"{found.status_code}: {found.text[:200]}")
    return bag(found.json())


def bag(results: Mapping[str, Any]) -> Bag:
    """Return the rows of SPARQL JSON results, how often each stands there, in no order.

    >>> one = {"type": "literal", "value": "1.0", "datatype": XSD + "decimal"}
    >>> other = {"type": "typed-literal", "value": "1", "datatype": XSD + "decimal"}
    >>> [bag({"results": {"bindings": [{"n": n}]}}) for n in (one, other)][0] == bag(
    ...     {"results": {"bindings": [{"n": other}]}})
    True
    """
    if "boolean" in results:
        return Counter([frozenset([("", ("boolean", str(results["boolean"]), "", ""))])])
    return Counter(
        frozenset((name, term(cell)) for name, cell in row.items())
        for row in results["results"]["bindings"]
    )


def term(cell: Mapping[str, str]) -> Term:
    """Return a term in one way of writing it: plain strings untyped, exact numbers by value."""
    kind = cell["type"].removeprefix("typed-")
    language = cell.get("xml:lang", "").lower()
    datatype = "" if language else cell.get("datatype", "").replace(f"{XSD}string", "")
    value = cell["value"]
    if datatype in EXACT:
        value = str(Decimal(value).normalize())
    return kind, value, language, datatype
