"""What is judged at a glance is judged exactly as in full."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.sparql.glance import glance
from server.sparql.precheck import DEEPEST, LIMITS, MOST_NEGATIONS, examine
from tests.server.test_precheck import ACCEPTED, CALLS, HIDDEN, REFUSED

PIECES = [
    'SELECT', 'ASK', 'CONSTRUCT', 'DESCRIBE', 'PREFIX a: <http://a/#>', 'PREFIX : <urn:b>',
    'BASE <http://b/>', 'WHERE', '{', '}', '(', ')', '[', ']', '?s', '?p', '?o', 'a:b', ':c',
    '<http://x/y#z>', '<#r>', "<r'>", '<', '<=', "'", '"', "'''", '#', '\n', ' ', ' ', '.',
    ';', ',', '!', '||', '*', '/', 'FROM', 'from', 'NAMED', 'SERVICE', '1SERVICE', 'service:',
    'now()', 'RAND', '?now', 'a:from', 'OPTIONAL', 'VALUES', 'INSERT DATA', '\\u0053', '\x00',
    '1', 'true', 'GRAPH', '@fr', '^^', 'é', 'FILTER', 'PREFIX', "VERSION '1.2'"
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=40
).map(" ".join)
START = st.sampled_from(["", "SELECT * {", "ASK {", "PREFIX a: <http://a/#> SELECT * {"])


@given(st.tuples(START, TEXT).map("".join))
@example("SELECT * {?s ?p ?o FILTER(?o<?o&&?o!='>')SERVICE<http://127.0.0.1/>{}}")
@example("PREFIX a: <http://a/#> PREFIX a: <http://b/#> ASK{}")
def test_a_glance_says_what_the_full_judgement_says(query: str) -> None:
    if (found := glance(query)) is not None:
        assert found == examine(query)


@pytest.mark.parametrize(
    "query", [*CALLS, *HIDDEN, *ACCEPTED, *(text for text, _slug in REFUSED.values())]
)
def test_known_queries_are_judged_alike(query: str) -> None:
    if (found := glance(query)) is not None:
        assert found == examine(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?p ?o WHERE { <http://example.org/id/1> ?p ?o }",
        "PREFIX se: <https://w3id.org/maillage/ns#>\nSELECT ?s { ?s a se:Federation }",
        "ask { ?s ?p 'x' }",
    ],
)
def test_plain_queries_need_no_more_than_a_glance(query: str) -> None:
    assert glance(query) is not None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + "{" * DEEPEST + "}" * DEEPEST + "}",
        "SELECT * {?s ?p ?o FILTER(" + "!" * (MOST_NEGATIONS + 1) + "?o)}",
        "SELECT * {" + "?s ?p ?o." * (LIMITS["patterns"][0] + 1) + "}",
        "SELECT * {?s " + "/".join([":p"] * (LIMITS["operators"][0] + 2)) + " ?o}",
        "SELECT * {" + "OPTIONAL{}" * (LIMITS["optionals"][0] + 1) + "}",
        "SELECT * FROM <http://g/> {?s ?p ?o}",
        "SELECT (NOW() AS ?n) {}",
    ],
)
def test_what_meets_a_bound_is_judged_in_full(query: str) -> None:
    assert glance(query) is None
