"""The runner of the W3C tests, on a small suite of ours; on the whole where there is a checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from server.settings import misspelt
from tests.conformance.__main__ import main
from tests.conformance.causes import UNKNOWN, cause
from tests.conformance.manifest import cases
from tests.conformance.outcome import PASS, Outcome, Verdict
from tests.conformance.protocol import fits
from tests.conformance.report import counts, page
from tests.conformance.results import Result, Statements, Table, difference, expected
from tests.conformance.run import jobs, run, wanted

VARIABLE = "MAILLAGE_RDF_TESTS"
CHECKOUT = os.environ.get(VARIABLE)
PREFIXES = """\
@prefix : <http://example.org/mini#> .
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#> .
@prefix ut: <http://www.w3.org/2009/sparql/tests/test-update#> .
@prefix ht: <http://www.w3.org/2011/http#> .
@prefix hts: <http://www.w3.org/2011/http-statusCodes#> .
@prefix cnt: <http://www.w3.org/2011/content#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
FILES = {
    "manifest.ttl": f"""{PREFIXES}
<> a mf:Manifest ; mf:entries (
  :select :wrong :union :base :construct :csv :from :reads :breaks :calls :large
  :ask :refuses :lies :updates :stores :returns-rdf :changes ) .
:select a mf:QueryEvaluationTest ; mf:result <select.srj> ;
  mf:action [ qt:query <select.rq> ; qt:data <data.ttl> ] .
:wrong a mf:QueryEvaluationTest ; mf:result <wrong.srj> ;
  mf:action [ qt:query <select.rq> ; qt:data <data.ttl> ] .
:union a mf:QueryEvaluationTest ; mf:result <union.srx> ;
  mf:action [ qt:query <union.rq> ; qt:data <data.ttl> ; qt:graphData <more.ttl> ] .
:base a mf:QueryEvaluationTest ; mf:result <base.tsv> ;
  mf:action [ qt:query <base.rq> ; qt:data <data.ttl> ] .
:construct a mf:QueryEvaluationTest ; mf:result <data.ttl> ;
  mf:action [ qt:query <construct.rq> ; qt:data <data.ttl> ] .
:csv a mf:CSVResultFormatTest ; mf:result <select.csv> ;
  mf:action [ qt:query <select.rq> ; qt:data <data.ttl> ] .
:from a mf:QueryEvaluationTest ; mf:result <from.ttl> ; mf:action [ qt:query <from.rq> ] .
:reads a mf:PositiveSyntaxTest11 ; mf:action <construct.rq> .
:breaks a mf:NegativeSyntaxTest11 ; mf:action <breaks.rq> .
:calls a mf:PositiveSyntaxTest11 ; mf:action <calls.rq> .
:large a mf:PositiveSyntaxTest11 ; mf:action <large.rq> .
:changes a mf:UpdateEvaluationTest ; mf:action [ ut:request <changes.ru> ] .
:returns-rdf a mf:ServiceDescriptionTest .
:ask a mf:ProtocolTest ; mf:action [ ht:requests ( [
  ht:methodName "POST" ;
  ht:absolutePath "/sparql/?default-graph-uri=http%3A%2F%2Fexample.org%2Fg" ;
  ht:headers ( [ ht:fieldName "content-type" ; ht:fieldValue "application/sparql-query" ] ) ;
  ht:body [ cnt:chars "ASK {{ ?s ?p ?o }}" ; cnt:characterEncoding "UTF-8" ] ;
  ht:resp [ mf:expectedStatus hts:StatusCode2xx ; mf:expectedBoolean true ;
            mf:expectedFormat "boolean" ] ] ) ] .
:refuses a mf:ProtocolTest ; mf:action [ ht:requests ( [
  ht:methodName "GET" ; ht:absolutePath "/sparql/?query=ASK%20%7B" ;
  ht:resp [ mf:expectedStatus hts:StatusCode4xx ] ] ) ] .
:lies a mf:ProtocolTest ; mf:action [ ht:requests ( [
  ht:methodName "GET" ; ht:absolutePath "/sparql/?query=ASK%20%7B%7D" ;
  ht:resp [ mf:expectedStatus hts:StatusCode2xx ; mf:expectedBoolean false ] ] ) ] .
:updates a mf:ProtocolTest ; mf:action [ ht:requests ( [
  ht:methodName "POST" ; ht:absolutePath "/sparql/" ;
  ht:headers ( [ ht:fieldName "content-type" ; ht:fieldValue "application/sparql-update" ] ) ;
  ht:body [ cnt:chars "CLEAR ALL" ] ; ht:resp [ mf:expectedStatus hts:StatusCode2xx ] ] ) ] .
:stores a mf:GraphStoreProtocolTest ; mf:action [ ht:requests (
  [ ht:methodName "PUT" ; ht:absolutePath "/gsp/person/1.ttl" ;
    ht:headers ( [ ht:fieldName "content-type" ; ht:fieldValue "text/turtle" ] ) ;
    ht:body [ cnt:chars "<http://x/s> <http://x/p> [] ." ] ;
    ht:resp [ mf:expectedStatus hts:Created ] ]
  [ ht:methodName "GET" ; ht:absolutePath "/gsp/person/1.ttl" ;
    ht:resp [ mf:expectedStatus hts:OK ;
      ht:headers ( [ ht:fieldName "content-type" ; ht:fieldValue "text/turtle" ] ) ;
      ht:body [ cnt:chars "<http://x/s> <http://x/p> _:any ." ] ] ]
  [ ht:methodName "DELETE" ; ht:absolutePath "/gsp/person/1.ttl" ;
    ht:resp [ mf:expectedStatus hts:OK ] ]
  [ ht:methodName "HEAD" ; ht:absolutePath "/gsp/person/1.ttl" ;
    ht:resp [ mf:expectedStatus hts:NotFound ] ] ) ] .
:forgotten a mf:GraphStoreProtocolTest ; mf:action [ ht:requests (
  [ ht:methodName "GET" ; ht:absolutePath "/gsp?default" ;
    ht:resp [ mf:expectedStatus hts:NotFound ] ] ) ] .
""",
    "data.ttl": "<http://x/s> <http://x/p> 1.0 , [ <http://x/q> 'é' ] .",
    "more.ttl": "<http://x/s> <http://x/p> 2 .",
    "select.rq": "SELECT ?o { <http://x/s> <http://x/p> ?o }",
    "select.srj": """{"head": {"vars": ["o"]}, "results": {"bindings": [
        {"o": {"type": "bnode", "value": "other"}}, {"o": {"type": "literal", "value": "1",
         "datatype": "http://www.w3.org/2001/XMLSchema#decimal"}}]}}""",
    "wrong.srj": '{"head": {"vars": ["o"]}, "results": {"bindings": []}}',
    "select.csv": "o\r\n_:any\r\n1\r\n",
    "union.rq": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "union.srx": """<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>
        <variable name="n"/></head><results><result><binding name="n">
        <literal datatype="http://www.w3.org/2001/XMLSchema#integer">2</literal>
        </binding></result></results></sparql>""",
    "base.rq": "PREFIX : <#> SELECT ?x { VALUES ?x { <a/b> :c } }",
    "base.tsv": "?x\n<https://w3c.github.io/rdf-tests/sparql/sparql11/mini/a/b>\n"
    "<https://w3c.github.io/rdf-tests/sparql/sparql11/mini/#c>\n",
    "construct.rq": "CONSTRUCT WHERE { ?s ?p ?o }",
    "from.rq": "SELECT ?o FROM <more.ttl> { ?s ?p ?o }",
    "from.ttl": """@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> .
        [] a rs:ResultSet ; rs:resultVariable "o" ;
           rs:solution [ rs:binding [ rs:variable "o" ; rs:value 2 ] ] .""",
    "breaks.rq": "SELECT * { ?s ?p }",
    "calls.rq": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "large.rq": "SELECT * { VALUES ?x { " + "1 " * 10_001 + "} }",
    "changes.ru": "CLEAR ALL",
}
STATES = {
    "select": ("pass", "pass"),
    "wrong": ("fail", "fail"),
    "union": ("fail", "fail"),
    "base": ("pass", "pass"),
    "construct": ("pass", "pass"),
    "csv": ("pass", "pass"),
    "from": ("pass", "pass"),
    "reads": ("pass", "pass"),
    "breaks": ("pass", "pass"),
    "calls": ("refused", "not run"),
    "large": ("refused", "pass"),
    "ask": ("pass", None),
    "refuses": ("pass", None),
    "lies": ("fail", None),
    "updates": ("refused", None),
    "stores": ("pass", None),
    "forgotten": ("fail", None),
    "returns-rdf": ("pass", None),
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("rdf-tests")
    folder = root / "sparql" / "sparql11" / "mini"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
    return root


@pytest.fixture(scope="module")
def verdicts(suite: Path) -> list[Verdict]:
    return run(wanted(suite))


def test_every_test_ends_as_it_must(verdicts: list[Verdict]) -> None:
    found = {v.case.name: (v.ours.state, v.engine and v.engine.state) for v in verdicts}
    assert found == STATES, [(v.case.name, v.ours, v.engine) for v in verdicts]


def test_only_what_is_required_is_worse(verdicts: list[Verdict]) -> None:
    assert {v.case.name for v in verdicts if v.worse} == {"lies", "forgotten"}
    assert sum(count.worse for count in counts(verdicts).values()) == 2


def test_the_page_names_failures_refusals_and_what_is_worse(verdicts: list[Verdict]) -> None:
    written = page(verdicts)
    _begin, _how, _counts, worse, refused, failed = written.split("\n## ")
    assert "`sparql11/mini/lies`: the answer is not False" in worse
    assert "SERVICE is refused" in refused
    assert "`sparql11/mini/calls`" in refused
    assert UNKNOWN.rstrip(".") in failed
    assert "`sparql11/mini/wrong`" in failed
    assert "| SPARQL 1.1 query syntax | 4 | 2 | 0 | 2 | 3 | 0 |" in written


def test_a_wrong_place_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: no tests")


def test_the_command_prints_counts_and_ends_with_1(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(suite)]) == 1
    printed = capsys.readouterr().out
    assert "worse: sparql11/mini/lies" in printed
    assert "SPARQL 1.1 query evaluation" in printed


def test_tests_with_the_same_data_share_a_release(suite: Path) -> None:
    shared = [{case.name for case in job} for job in jobs(cases(suite))]
    assert {"select", "wrong", "base", "construct", "csv"} in shared
    assert {"ask", "refuses", "lies", "updates"} in shared


def test_our_server_is_worse_only_where_the_engine_passes(suite: Path) -> None:
    case = cases(suite)[0]
    bad = Outcome("fail", "why")
    assert Verdict(case, bad, PASS).worse
    assert not Verdict(case, bad, bad).worse
    assert Verdict(case, bad, required=True).worse
    assert not Verdict(case, PASS, PASS, required=True).worse
    assert not Verdict(case, Outcome("refused"), PASS).worse


A, B = BlankNode("a"), BlankNode("b")
P = NamedNode("http://x/p")
XSD = "http://www.w3.org/2001/XMLSchema#"
ONE = Literal("1.0", datatype=NamedNode(f"{XSD}decimal"))


def rows(*values: object, ordered: bool = False) -> Table:
    made = tuple({"x": value} for value in values)
    return Table(frozenset("x"), made, ordered)  # type: ignore[arg-type]


SAME: dict[str, tuple[Result, Result]] = {
    "truth": (True, True),
    "bags": (rows(P, ONE), rows(ONE, P)),
    "blank nodes": (rows(A, A, B), rows(B, BlankNode("c"), B)),
    "graphs": (
        Statements((Triple(A, P, B), Triple(B, P, ONE))),
        Statements((Triple(A, P, ONE), Triple(B, P, A))),
    ),
}
OTHER: dict[str, tuple[Result, Result]] = {
    "truth": (True, False),
    "kinds": (True, rows()),
    "bags": (rows(P, P, ONE), rows(P, ONE, ONE)),
    "numbers": (rows(P), rows(P, P)),
    "blank nodes": (rows(A, A), rows(A, B)),
    "types": (rows(Literal("1")), rows(Literal("1", language="en"))),
    "order": (rows(P, ONE, ordered=True), rows(ONE, P)),
    "order with blank nodes": (rows(P, A, ordered=True), rows(A, P)),
    "variables": (Table(frozenset("x"), ()), Table(frozenset("y"), ())),
    "graphs": (Statements((Triple(A, P, B),)), Statements((Triple(A, P, A),))),
}


@pytest.mark.parametrize("name", SAME)
def test_equal_answers_are_equal(name: str) -> None:
    one, other = SAME[name]
    assert difference(one, other) is None
    assert difference(other, one) is None


@pytest.mark.parametrize("name", OTHER)
def test_different_answers_are_different(name: str) -> None:
    assert difference(*OTHER[name])


def test_reduced_may_leave_some_rows_out() -> None:
    assert difference(rows(P, P, ONE), rows(ONE, P), lax=True) is None
    assert difference(rows(P, P, ONE), rows(P, P), lax=True)
    assert difference(rows(P, ONE), rows(P, P, ONE), lax=True)


def test_a_result_set_in_rdf_is_read_as_a_table(tmp_path: Path) -> None:
    place = tmp_path / "sparql" / "numbered.ttl"
    place.parent.mkdir()
    place.write_text(
        """@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> .
        [] a rs:ResultSet ; rs:resultVariable "x", "y" ;
          rs:solution [ rs:index 2 ; rs:binding [ rs:variable "x" ; rs:value <a> ] ] ,
                      [ rs:index 1 ; rs:binding [ rs:variable "x" ; rs:value 1.0 ] ] .""",
        encoding="utf-8",
    )
    _media, table = expected(place)
    assert isinstance(table, Table)
    assert table.ordered
    assert table.variables == {"x", "y"}
    assert [str(row["x"]) for row in table.rows] == [
        '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        "<https://w3c.github.io/rdf-tests/sparql/a>",
    ]


def test_statuses_are_read_as_the_manifests_write_them() -> None:
    assert fits(204, "NoContent")
    assert fits(200, "StatusCode2xx")
    assert not fits(200, "StatusCode4xx")


def test_the_variable_that_names_a_checkout_is_no_misspelt_setting() -> None:
    assert misspelt(VARIABLE) is None


@pytest.mark.skipif(not CHECKOUT, reason=f"{VARIABLE} does not name a checkout of w3c/rdf-tests")
@pytest.mark.timeout(1_200)
def test_nothing_is_worse_than_the_engine_and_every_failure_has_a_cause() -> None:
    known = wanted(Path(CHECKOUT or ""))
    assert len(known) > 1_000
    verdicts = run(known)
    assert [(v.case.id, v.ours.reason) for v in verdicts if v.worse] == []
    failed = [v for v in verdicts if v.ours.state == "fail"]
    assert [v.case.id for v in failed if cause(v) == UNKNOWN] == []
