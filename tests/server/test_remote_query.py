"""How another engine is named, and what of a query and of an answer passes."""

from __future__ import annotations

import json

import pytest

from queries.service import KINDS, Names, read_service
from server.access.caller import Bounds
from server.engine.process import Question
from server.engine.remote_answer import convert, refuse_failure
from server.engine.remote_query import Put, put
from server.errors import ProblemError
from server.settings import SettingsError, read_settings

BASE = "https://w3id.org/maillage/"
NAMES = Names(BASE)
GRAPHS = frozenset({f"{BASE}graph/b", f"{BASE}graph/a"})
BOUNDS = Bounds(deadline=1, result_cap=1_000)
ROW_ANSWER = Put({}, answers_rows=True)
ROWS = Question("SELECT * WHERE {}", rows="text/csv")


def dataset(query: str, **given: object) -> tuple[object, object]:
    """Return the dataset that is sent with a query."""
    form = put(Question(query, **given), NAMES, GRAPHS, KINDS["generic"]).form  # type: ignore[arg-type]
    return form["default-graph-uri"], form["named-graph-uri"]


@pytest.mark.parametrize(("query", "expected"), [
    ("ASK {}", ([f"{BASE}service/all"], sorted(GRAPHS))),
    ("ASK FROM <http://g/1> {}", (["http://g/1"], [f"{BASE}service/nothing"])),
    ("ASK FROM NAMED <http://g/1> {}", ([f"{BASE}service/nothing"], ["http://g/1"])),
    ("PREFIX g: <http://g/> ASK FROM g:1 FROM g:2 FROM NAMED <http://g/3> {}",
     (["http://g/1", "http://g/2"], ["http://g/3"])),
    ("BASE <http://g/> ASK FROM <1> {}", (["http://g/1"], [f"{BASE}service/nothing"])),
])  # fmt: skip
def test_every_query_is_sent_with_its_dataset(query: str, expected: object) -> None:
    assert dataset(query) == expected


def test_the_dataset_of_the_request_goes_before_that_of_the_query() -> None:
    found = dataset("ASK FROM <http://g/1> {}", default_graphs=("http://g/2",))
    assert found == (["http://g/2"], [f"{BASE}service/nothing"])


def test_several_default_graphs_are_refused_where_they_would_be_added_up() -> None:
    with pytest.raises(ProblemError) as caught:
        put(Question("ASK FROM <a:b> FROM <a:c> {}"), NAMES, GRAPHS, KINDS["virtuoso"])
    assert caught.value.problem.slug == "query-unsupported"


@pytest.mark.parametrize(("query", "slug", "kind"), [
    ("ASK { SERVICE <http://e.org/> {} }", "federation-disabled", "generic"),
    ("ASK { FILTER EXISTS { SERVICE SILENT <http://e.org/> {} } }", "federation-disabled",
     "generic"),
    ("ASK { ", "query-syntax", "generic"),
    ("define input:inference 'x' ASK {}", "query-syntax", "virtuoso"),
    ("SELECT (bif:user() AS ?x) {}", "query-unsupported", "virtuoso"),
    ("SELECT (<SQL:x>() AS ?x) {}", "query-unsupported", "virtuoso"),
    ("PREFIX x: <bif:> SELECT (x:user() AS ?x) {}", "query-unsupported", "virtuoso"),
    ("ASK { ?s bif:contains 'x' }", "query-unsupported", "virtuoso"),
])  # fmt: skip
def test_what_would_reach_elsewhere_is_refused(query: str, slug: str, kind: str) -> None:
    with pytest.raises(ProblemError) as caught:
        put(Question(query), NAMES, GRAPHS, KINDS[kind])
    assert caught.value.problem.slug == slug


@pytest.mark.parametrize(("query", "sent"), [
    ("ASK { ?s ?p ?o } # so", "SELECT * { ?s ?p ?o } # so\nLIMIT 1"),
    ("PREFIX ask: <a:b> ask WHERE { ask:c ?p ?o }",
     "PREFIX ask: <a:b> SELECT * WHERE { ask:c ?p ?o }\nLIMIT 1"),
    ("ASK {}", "ASK {}"),
    ("SELECT ?s { ?s ?p 'ASK' }", "SELECT ?s { ?s ?p 'ASK' }"),
    ("DESCRIBE <a:b>", 'define sql:describe-mode "CBD" DESCRIBE <a:b>'),
])  # fmt: skip
def test_what_virtuoso_understands_otherwise_is_put_otherwise(query: str, sent: str) -> None:
    assert put(Question(query), NAMES, GRAPHS, KINDS["virtuoso"]).form["query"] == sent
    assert put(Question(query), NAMES, GRAPHS, KINDS["generic"]).form["query"] == query


@pytest.mark.parametrize("graph", ["<http://e.org/x>", "service:note"])
def test_a_graph_outside_the_dataset_is_refused_where_it_would_seem_to_be_there(
    graph: str,
) -> None:
    query = f"PREFIX service: <{BASE}service/> ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    put(Question(query), NAMES, GRAPHS, KINDS["generic"])
    with pytest.raises(ProblemError) as caught:
        put(Question(query), NAMES, GRAPHS, KINDS["virtuoso"])
    assert caught.value.problem.slug == "unknown-graph"


def test_a_text_that_speaks_of_functions_passes() -> None:
    query = "ASK { ?s ?p 'bif:user() of <sql:>' . ?s ?q ?bif }"
    assert put(Question(query), NAMES, GRAPHS, KINDS["virtuoso"]).answers_rows


@pytest.mark.parametrize(("status", "headers", "body", "slug"), [
    (206, {}, b"{}", "query-crashed"),
    (200, {"x-sql-state": "S1TAT"}, b"{}", "query-timeout"),
    (200, {"x-sparql-anytime": "timeout=1"}, b"{}", "query-timeout"),
    (200, {"x-sparql-maxrows": "10"}, b"{}", "result-too-large"),
    (500, {}, b"Virtuoso S1T00 Error SR171: Transaction timed out", "query-timeout"),
    (504, {}, b"", "query-timeout"),
    (500, {}, b"java.lang.NullPointerException", "query-crashed"),
    (502, {}, b"", "not-ready"),
    (401, {}, b"", "not-ready"),
    (500, {}, b"The custom function <x:y> is not supported", "query-unsupported"),
    (400, {}, b"unknown function\n\nSPARQL query: SELECT", "query-unsupported"),
])  # fmt: skip
def test_what_an_engine_reports_is_told(
    status: int, headers: dict[str, str], body: bytes, slug: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        refuse_failure(status, headers, body, BOUNDS)
    assert caught.value.problem.slug == slug
    assert "SPARQL query" not in str(caught.value)


@pytest.mark.parametrize("body", [
    b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"1"}}',
    b'{"head":{"vars":["a"]},"results":{"bindings":[The operation has been cancelled',
    b"<html>Welcome</html>", b"",
])  # fmt: skip
def test_an_answer_that_ends_early_is_none(body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        convert(body, ROWS, BOUNDS, KINDS["generic"], ROW_ANSWER)
    assert caught.value.problem.slug == "query-crashed"


def test_an_answer_beyond_the_cap_is_refused_as_a_whole() -> None:
    rows = [{"a": {"type": "literal", "value": "x" * 100}}] * 10
    body = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": rows}}).encode()
    with pytest.raises(ProblemError) as caught:
        convert(body, ROWS, BOUNDS, KINDS["generic"], ROW_ANSWER)
    assert caught.value.problem.slug == "result-too-large"


@pytest.mark.parametrize("given", [
    {"engine": "sparql+http://me:geheim@h/sparql"},
    {"engine": "http://me:geheim@h/sparql", "engine_kind": "virtuoso"},
    {"engine": "sparql+ftp://me:geheim@h/", "engine_kind": "virtuoso"},
    {"engine": "sparql+http://h/", "engine_store": "http://me:geheim@h/store"},
    {"engine": "sparql+http://me:geheim@h/", "engine_kind": "blazegraph"},
])  # fmt: skip
def test_a_wrong_engine_is_refused_without_telling_the_password(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(**given)
    assert str(caught.value).startswith("MAILLAGE_ENGINE")
    assert "geheim" not in str(caught.value)


def test_settings_do_not_show_a_token() -> None:
    settings = read_settings(
        engine="sparql+https://h/", engine_kind="qlever", engine_token="geheim"
    )
    service = settings.service()
    assert service is not None
    assert service.token == "geheim"
    assert "geheim" not in repr(service)
    assert "geheim" not in repr(settings.engine_token)


def test_an_empty_engine_is_our_own() -> None:
    assert read_settings(engine="").service() is None


def test_user_and_password_are_taken_from_the_address() -> None:
    service = read_service("sparql+https://me:a%40b@h:1/sparql", kind="virtuoso")
    assert (service.address, service.user, service.password) == ("https://h:1/sparql", "me", "a@b")
    assert service.store == "https://h:1/sparql-graph-crud-auth"
