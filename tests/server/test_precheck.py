"""What is refused before a worker sees it, and what must not be."""

from __future__ import annotations

import math
import time

import pytest

from server.errors import ProblemError
from server.sparql.precheck import judge
from server.sparql.tokens import tokens

S = "SELECT * WHERE "

REFUSED = {
    "empty": ("", "query-syntax"),
    "comment": ("# nothing", "query-syntax"),
    "nul": ("ASK {?s ?p 'a\0'}", "control-character"),
    "too long": (f"ASK {{?s ?p '{'a' * 70_000}'}}", "query-too-long"),
    "braces": (S + "{" * 3_000 + "}" * 3_000, "too-deep"),
    "parentheses": (S + "{?s ?p ?o FILTER" + "(" * 5_000 + "1" + ")" * 5_000 + "}", "too-deep"),
    "lists": (S + "{?s ?p " + "(" * 205 + "1" + ")" * 205 + "}", "too-deep"),
    "blank nodes": (S + "{?s ?p " + "[<x:p> " * 488 + "1" + "]" * 488 + "}", "too-deep"),
    "sub-selects": (S + "{SELECT * " * 2_000 + "{}" + "}" * 2_000, "too-deep"),
    "negations": (S + "{?s ?p ?o FILTER(" + "!" * 10_000 + "?o)}", "too-deep"),
    "path": (S + "{?s " + "/".join(["<http://p>"] * 500) + " ?o}", "query-too-complex"),
    "patterns": (S + "{" + "?s ?p ?o . " * 1_000 + "}", "query-too-complex"),
    "objects": (S + "{?s ?p " + ",".join(["?o"] * 500) + "}", "query-too-complex"),
    "alternatives": (
        S + "{?s ?p ?o FILTER(" + "||".join(["?o"] * 2_900) + ")}",
        "query-too-complex",
    ),
    "unions": (S + "{" + " UNION ".join(["{?s ?p ?o}"] * 600) + "}", "query-too-complex"),
    "optionals": (S + "{" + "OPTIONAL {?s ?p ?o} " * 100 + "}", "query-too-complex"),
    "values": (S + "{VALUES ?x {" + "1 " * 12_000 + "}}", "query-too-long"),
    "tuples": (S + "{VALUES (?x) {" + "(1)" * 12_000 + "}}", "query-too-long"),
    "insert": ("INSERT DATA {<a:b> <a:c> <a:d>}", "updates-refused"),
    "drop": ("PREFIX a: <b:c> DROP ALL", "updates-refused"),
    "with": ("WITH <a:b> DELETE {?s ?p ?o} WHERE {?s ?p ?o}", "updates-refused"),
    "prose": ("please list all federations", "query-syntax"),
}
CALLS = [
    S + "{SERVICE <http://127.0.0.1/> {?s ?p ?o}}",
    S + "{service silent <http://127.0.0.1/> {?s ?p ?o}}",
    S + "{SERVICE ?where {?s ?p ?o}}",
    S + "{SERVICE?x#>\n{?s ?p ?o}}",
    "PREFIX x: <http://127.0.0.1/> " + S + "{SERVICEx:a{?s ?p ?o}}",
    "PREFIX SERVICE: <http://127.0.0.1/> " + S + "{SERVICE SERVICE:a{?s ?p ?o}}",
    S + "{?s ?p 1SERVICE<http://127.0.0.1/>{?s ?p ?o}}",
    S + "{?s ?p trueSERVICE<http://127.0.0.1/>{?s ?p ?o}}",
    S + "{?s ?p ?o FILTER EXISTS {SERVICE <http://127.0.0.1/> {}}}",
]
HIDDEN = [
    S + "{?s ?p ?o FILTER(?o <?o&&?o!='>')SERVICE<http://127.0.0.1/>{} BIND('' AS ?q)}",
    S + "{?s ?p ?o FILTER(?o <?o+9).SERVICE?z#>\n{?s ?p ?o}}",
]
ACCEPTED = [
    "ASK {?s ?p 'SERVICE <http://x/> {}'}",
    "SELECT ?service WHERE {?service ?p '''a ' \" service'''}",
    "# SERVICE\nSELECT * {?s ?p ?o}",
    "SELECT * {?s <http://example.org/service#x> ?o}",
    "PREFIX service: <http://example.org/> SELECT * {?s service:a ?o GRAPH service:g {?a ?b ?c}}",
    "SELECT * {?s ?p ?o FILTER(?o < 3 && ?s > 2)}",
    "SELECT * {?s ?p '" + "{" * 500 + "'}",
    "SELECT * {VALUES (?x ?y) {" + "(1 'a,;.')" * 900 + "} ?x ?p ?y}",
    "SELECT * {" + "((" * 0 + "?s ?p ?o FILTER(((((?o)))))}",
    "BASE <http://x/> PREFIX a: <b:c> CONSTRUCT {?s ?p ?o} WHERE {?s ?p ?o}",
    "DESCRIBE <http://example.org/it's#all>",
    "SELECT * {?s a/<http://x/p>* ?o ; !(<http://x/a>|^<http://x/b>) ?z}",
]


def slug(query: str) -> str:
    """Return the name of the problem of a query."""
    with pytest.raises(ProblemError) as caught:
        judge(query)
    return caught.value.problem.slug


@pytest.mark.parametrize(("query", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_too_much_is_refused(query: str, expected: str) -> None:
    assert slug(query) == expected


@pytest.mark.parametrize("query", CALLS)
def test_every_way_to_call_out_is_refused(query: str) -> None:
    assert slug(query) == "federation-disabled"


@pytest.mark.parametrize("query", HIDDEN)
def test_a_call_hidden_in_what_looks_like_an_iri_is_refused(query: str) -> None:
    assert slug(query) in {"query-syntax", "federation-disabled"}


@pytest.mark.parametrize("query", ACCEPTED)
def test_ordinary_queries_pass(query: str) -> None:
    assert judge(query).form in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def test_a_refusal_says_where() -> None:
    with pytest.raises(ProblemError) as caught:
        judge("SELECT *\nWHERE { SERVICE <http://x/> {} }")
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_the_dataset_and_the_prefixes_of_a_query_are_known() -> None:
    judged = judge("PREFIX g: <http://x/> SELECT * FROM g:a FROM NAMED <http://y/> {?s ?p ?o}")
    assert judged.graphs == ["http://x/a", "http://y/"]
    assert judged.prefixes == {"g": "http://x/"}


@pytest.mark.parametrize(
    ("query", "changing"), [("SELECT (NOW() AS ?n) {}", True), ("ASK {}", False)]
)
def test_queries_whose_answer_changes_by_itself_are_known(query: str, changing: bool) -> None:
    assert judge(query).changing is changing


CROOKED = {
    "dotted": "a.",
    "dashed": "a-",
    "escaped": '"\\"',
    "quoted": "'a\n",
    "long strings": '"""a',
    "open": "<a",
    "tagged": "@a-",
    "blank": "_:a..",
}


def spent(text: str) -> float:
    """Processor time to cut a text into tokens, the least of some tries."""
    best = math.inf
    for _ in range(3):
        start = time.process_time()
        for _token in tokens(text):
            pass
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("piece", CROOKED.values(), ids=CROOKED)
def test_the_time_to_judge_grows_with_the_length_and_no_faster(piece: str) -> None:
    short, long = (spent("SELECT * {" + piece * (size // len(piece))) for size in (8_000, 64_000))
    # Eight times as long: eight times the time, where it would be 64 times if it were squared.
    assert long < 24 * short + 0.02
