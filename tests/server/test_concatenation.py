"""GROUP_CONCAT leaves out what is missing, whatever stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from server.engine.concatenation import quoted, without_gaps
from tests.server.running import Site

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=4)
SEPARATORS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=3)


def found(query: str) -> str | None:
    solutions = Store().query(without_gaps(query))
    value = next(iter(solutions))["y"]  # type: ignore[arg-type]
    return None if value is None else value.value


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=6), SEPARATORS)
def test_what_is_bound_is_concatenated(values: list[str | None], separator: str) -> None:
    rows = " ".join(f"(1 {'UNDEF' if one is None else quoted(one)})" for one in values)
    query = (
        f"SELECT ?a (GROUP_CONCAT(?x; SEPARATOR={quoted(separator)}) AS ?y) "
        f"WHERE {{ VALUES (?a ?x) {{ {rows} }} }} GROUP BY ?a"
    )
    if not set(separator) & set("$\\"):
        assert found(query) == separator.join(one for one in values if one is not None)
    else:
        assert without_gaps(query) == query


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("GROUP_CONCAT(?x)", "a http://example.org/b 5 a"),
        ("group_concat( DISTINCT ?x ; separator = '|||' )", "a|||http://example.org/b|||5"),
        ("GROUP_CONCAT(CONCAT(STR(?x), \";\") ; SEPARATOR=\"\"\"\\u002C\"\"\")",
         "a;,http://example.org/b;,5;,a;"),
        ("GROUP_CONCAT(?x # )\n)", "a http://example.org/b 5 a"),
        ("GROUP_CONCAT(IF(?x = 5, 'five', 1/0))", "five"),
        ("GROUP_CONCAT(?missing)", ""),
        ("CONCAT(GROUP_CONCAT(?x), ' GROUP_CONCAT(?x) ', GROUP_CONCAT(?n))",
         "a http://example.org/b 5 a GROUP_CONCAT(?x) 1 2 3 4 5"),
    ],
)  # fmt: skip
def test_calls_are_found_where_they_are(call: str, expected: str) -> None:
    values = "('a' 1) (UNDEF 2) (<http://example.org/b> 3) (5 4) ('a'@en 5)"
    assert found(f"SELECT ({call} AS ?y) WHERE {{ VALUES (?x ?n) {{ {values} }} }}") == expected


@pytest.mark.parametrize(
    "query",
    ["SELECT * WHERE { ?group_concat ?p 'GROUP_CONCAT(?x)' }", "SELECT (GROUP_CONCAT() AS ?y) {}",
     "PREFIX group_concat: <http://e.org/> SELECT * { ?s group_concat:GROUP_CONCAT (1) }",
     "SELECT (GROUP_CONCAT(?x"],
)  # fmt: skip
def test_what_is_no_call_stays(query: str) -> None:
    assert without_gaps(query) == query


def test_an_error_names_the_place_in_the_query_that_was_sent(site: Site) -> None:
    query = "SELECT (GROUP_CONCAT(?x) AS ?y) WHERE { ?x ?y }"
    with site.client() as client:
        answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 400
    assert (answer.json()["line"], answer.json()["column"]) == (1, query.index(" }") + 3)


def test_a_served_query_has_a_text_where_nothing_is_bound(site: Site) -> None:
    query = (
        "SELECT ?a (GROUP_CONCAT(DISTINCT ?x; SEPARATOR='|') AS ?y) "
        "{ VALUES ?a { 1 } OPTIONAL { ?a <http://example.org/none> ?x } } GROUP BY ?a"
    )
    with site.client() as client:
        answer = client.get("/sparql", params={"query": query},
                            headers={"Accept": "application/sparql-results+json"})  # fmt: skip
    assert answer.json()["results"]["bindings"][0]["y"]["value"] == ""
