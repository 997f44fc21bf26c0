"""What the parser says of a fault reaches people in words, and briefly."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from server.engine.refusals import syntax_problem

LONGEST = 80


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELEC * {?s ?p ?o}", "expected CONSTRUCT"),
        ("SELECT * {?s ?p }", "expected one of LATERAL, SERVICE"),
        ("SELECT * WHERE {?s ?p ?o", 'expected one of ",", ".", ";", "{", "{|", "}", …'),
        ("SELECT * {} LIMIT x", "expected one of HAVING, OFFSET, OPTIONAL, VALUES, a digit"),
        ("PREFIX a: b", 'expected "<"'),
        ("ASK {FILTER(1+)}", "expected one of BNODE, BOUND, COUNT, FLOOR, HOURS, IF, …"),
        ("ASK { ?s ?p '\\q' }", "expected one of OPTIONAL, a character"),
        ("", "expected something else"),
        ("ASK {?s ?p <a b>}", "IRI parsing failed"),
        ("SELECT ?a ?a {}", "Duplicated variable name in SELECT"),
        (
            "SELECT (COUNT(*) AS ?n) ?s {?s ?p ?o}",
            "The SELECT contains a variable that is unbound",
        ),
    ],
)
def test_the_fault_is_said_in_words(query: str, said: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        Store().query(query)
    problem = syntax_problem(str(caught.value))
    assert problem.line == 1
    assert problem.column
    assert problem.values["message"] == said
    assert len(said) < LONGEST
