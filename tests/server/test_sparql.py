"""The SPARQL protocol as clients use it, and as they misuse it."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.server.conftest import DEADLINE
from tests.server.releases import REPORT
from tests.server.running import Site
from tests.server.test_pool import CROSS, listener

ROWS = "SELECT ?s WHERE {?s a <https://w3id.org/maillage/ns#Federation>}"
GRAPH = "CONSTRUCT {?s ?p ?o} WHERE {?s a <https://w3id.org/maillage/ns#Federation> ; ?p ?o}"
UMBRELLA = "https://w3id.org/maillage/id/organisation/umbrella"
FORM = "application/x-www-form-urlencoded"


def ask(client: httpx.Client, query: str, accept: str = "*/*", **more: str) -> httpx.Response:
    """Send a query with GET."""
    return client.get("/sparql", params={"query": query, **more}, headers={"Accept": accept})


def slug(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the name of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_a_query_can_be_posted_in_two_ways(client: httpx.Client) -> None:
    form = client.post("/sparql", data={"query": ROWS})
    direct = client.post(
        "/sparql", content=ROWS, headers={"Content-Type": "application/sparql-query"}
    )
    assert form.json() == direct.json()


def test_a_byte_order_mark_is_no_fault(client: httpx.Client) -> None:
    assert ask(client, "\ufeff" + ROWS).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([("query", "")], (400, "query-syntax")),
        ([("query", "# nothing")], (400, "query-syntax")),
        ([("query", "ASK {}"), ("query", "ASK {}")], (400, "duplicate-parameter")),
        ([("query", "SELEC * {}")], (400, "query-syntax")),
        ([("query", "ASK {?s ?p 'a\0'}")], (400, "control-character")),
        ([("query", "ASK {}"), ("format", "ods")], (400, "bad-parameter")),
        ([("update", "DROP ALL")], (403, "read-only-endpoint")),
        ([("query", "INSERT DATA {<a:b> <a:c> 1}")], (400, "updates-refused")),
        ([("query", "ASK {} ; DROP ALL")], (400, "query-syntax")),
        ([("query", "SELECT * {SERVICE SILENT ?x {}}")], (403, "federation-disabled")),
        ([("query", "ASK FROM <file:///etc/passwd> {}")], (400, "unknown-graph")),
        ([("query", "ASK {}"), ("default-graph-uri", "http://169.254.169.254/")],
         (400, "unknown-graph")),
        ([("query", "ASK {}"), ("named-graph-uri", "urn:x")], (400, "unknown-graph")),
        ([("query", "SELECT * {?s ?p ?o} LIMIT -1")], (400, "query-syntax")),
        ([("query", "SELECT * {?s ?p ?o} LIMIT 99999999999999999999")], (400, "query-syntax")),
        ([("query", "ASK {}"), ("timeout", "abc")], (400, "bad-parameter")),
        ([("query", "ASK {}"), ("timeout", "-1")], (400, "bad-parameter")),
        ([("query", "ASK {}"), ("timeout", "nan")], (400, "bad-parameter")),
        ([("query", "ASK {}"), ("timeout", "99999")], (403, "limit-refused")),
        ([("query", "SELECT (<http://x/f>(1) AS ?y) {}")], (400, "query-unsupported")),
        ([("query", "SELECT * {" + "{" * 3_000)], (400, "too-deep")),
        ([("query", "SELECT * {?s ?p ?o}")], (413, "result-too-large")),
        ([("query", CROSS)], (503, "query-timeout")),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_clearly(
    client: httpx.Client, parameters: list[tuple[str, str]], expected: tuple[int, str]
) -> None:
    answer = client.get(f"/sparql?{urlencode(parameters)}")
    assert slug(answer) == expected
    assert answer.json()["hint"]
    assert ask(client, "ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    ("content", "media", "expected"),
    [
        (b"ASK {}", "application/json", (415, "unsupported-media-type")),
        (b"DROP ALL", "application/sparql-update", (403, "read-only-endpoint")),
        (b"update=DROP%20ALL", FORM, (403, "read-only-endpoint")),
        (b"ASK {?s ?p '\xe9'}", "application/sparql-query", (400, "encoding")),
        (b"query=ASK%20%7B%7D%E9", FORM, (400, "encoding")),
        (b"", FORM, (400, "missing-parameter")),
        (b"a" * 2_000_000, "application/sparql-query", (413, "body-too-large")),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: httpx.Client, content: bytes, media: str, expected: tuple[int, str]
) -> None:
    answer = client.post("/sparql", content=content, headers={"Content-Type": media})
    assert slug(answer) == expected
    assert ask(client, "ASK {}").json()["boolean"] is True


def test_a_query_in_the_address_and_in_the_body_is_refused(client: httpx.Client) -> None:
    answer = client.post("/sparql?query=ASK%20%7B%7D", data={"query": "ASK {}"})
    assert slug(answer) == (400, "duplicate-parameter")


def test_long_addresses_and_large_headers_have_their_own_status(client: httpx.Client) -> None:
    assert slug(client.get("/sparql?query=" + "a" * 65_000)) == (414, "url-too-long")
    answer = client.get("/health", headers={"X-Much": "a" * 40_000})
    assert slug(answer) == (431, "headers-too-large")


def test_a_syntax_error_says_where(client: httpx.Client) -> None:
    found = ask(client, "SELECT *\n{?s ?p }").json()
    assert (found["line"], found["column"] > 1) == (2, True)
    assert "{?s ?p }" in found["excerpt"]


def test_arithmetic_on_nonsense_is_no_error(client: httpx.Client) -> None:
    query = "SELECT (1/0 AS ?a) (SUM('x') AS ?b) ((9223372036854775807 + 1) AS ?c) {}"
    assert ask(client, query).json()["results"]["bindings"] in ([{}], [])
    assert ask(client, "SELECT * {?s ?p ?o} OFFSET 18446744073709551615").status_code == 200
    quick = "ASK {FILTER(REGEX('" + "a" * 30 + "b', '^(a+)+$'))}"
    assert ask(client, quick).json()["boolean"] is False


def test_the_dataset_can_be_chosen(client: httpx.Client) -> None:
    query = "SELECT (COUNT(*) AS ?n) {?s a <https://w3id.org/maillage/ns#FederationMembership>}"

    def count(**more: str) -> str:
        found: str = ask(client, query, **more).json()["results"]["bindings"][0]["n"]["value"]
        return found

    assert count() == "2"
    assert count(**{"default-graph-uri": REPORT}) == "2"
    assert count(**{"default-graph-uri": REPORT.replace("report2019/2019", "vocabulary")}) == "0"
    assert count(**{"named-graph-uri": REPORT}) == "0"


def test_an_unchanged_answer_is_not_sent_again(client: httpx.Client) -> None:
    first = ask(client, ROWS)
    again = client.get(
        "/sparql", params={"query": ROWS}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    other = ask(client, ROWS, "text/csv")
    assert other.headers["etag"] != first.headers["etag"]
    garbage = client.get("/sparql", params={"query": ROWS}, headers={"If-None-Match": '"x", W/'})
    assert garbage.status_code == 200
    assert "etag" not in ask(client, "SELECT (NOW() AS ?n) {}").headers


def test_a_program_without_a_query_gets_the_service_description(client: httpx.Client) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"].startswith("text/turtle")
    assert f"<{str(client.base_url).rstrip('/')}/sparql>" in answer.text
    assert REPORT in client.get("/sparql", headers={"Accept": "application/n-triples"}).text
    missing = client.get("/sparql", headers={"Accept": "application/sparql-results+json"})
    assert slug(missing) == (400, "missing-parameter")


def test_methods_other_than_asking_are_405(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/sparql")
        assert slug(answer) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("query", [ROWS, GRAPH, "SELEC", "SELECT * {?s ?p ?o}", None])
def test_the_head_of_an_answer_is_that_of_the_answer(
    client: httpx.Client, query: str | None
) -> None:
    given = {"query": query} if query else {}
    whole, head = (client.request(method, "/sparql", params=given) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert head.status_code == whole.status_code
    own = {"date", "x-request-id", "x-cache", "age", "content-length"}
    assert {name: value for name, value in head.headers.items() if name not in own} == {
        name: value for name, value in whole.headers.items() if name not in own
    }
    if whole.status_code == 200:
        assert head.headers["content-length"] == whole.headers["content-length"]


def test_an_address_says_which_methods_it_takes(client: httpx.Client) -> None:
    for path, methods in (
        ("/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/fr/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/queries", "GET, HEAD, OPTIONS"),
        ("/nothing", "GET, HEAD, OPTIONS"),
    ):
        answer = client.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == methods, path
        assert answer.headers["access-control-allow-methods"] == methods


def test_pages_of_others_may_ask(client: httpx.Client) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/sparql", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    allowed = preflight.headers["access-control-allow-headers"].split(", ")
    assert {"Accept-Datetime", "If-Range", "If-None-Match", "Range"} <= set(allowed)
    exposed = ask(client, ROWS).headers["access-control-expose-headers"].split(", ")
    assert {"Memento-Datetime", "Link", "ETag", "X-Release"} <= set(exposed)
    assert ask(client, ROWS).headers["access-control-allow-origin"] == "*"
    assert ask(client, "SELEC").headers["access-control-allow-origin"] == "*"


def test_a_client_that_hangs_up_frees_its_worker(site: Site, client: httpx.Client) -> None:
    host, port = site.address.removeprefix("http://").split(":")
    for _ in range(3):
        with socket.create_connection((host, int(port))) as connection:
            line = f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(line.encode())
            time.sleep(0.1)
    time.sleep(DEADLINE / 2)
    assert client.get("/health").json()["running"] == 0


def test_no_query_opens_a_connection(client: httpx.Client) -> None:
    with listener() as (port, heard):
        here = f"http://127.0.0.1:{port}/"
        for query in (
            f"SELECT * {{SERVICE <{here}> {{?s ?p ?o}}}}",
            f"SELECT * FROM <{here}> {{?s ?p ?o}}",
            f"SELECT * {{?s ?p ?o FILTER(?o <?o||?o!='>')SERVICE <{here}>{{}} BIND('' AS ?q)}}",
        ):
            assert ask(client, query).status_code in (400, 403)
        client.get("/sparql", params={"query": "ASK {}", "default-graph-uri": here})
    assert heard == []


def test_the_form_shows_the_answer_and_the_fault(client: httpx.Client) -> None:
    html = "text/html"
    assert "Demonstration federation" in client.get(
        "/en/sparql", params={"query": ROWS}, headers={"Accept": html}
    ).text  # fmt: skip
    wrong = client.get("/en/sparql", params={"query": "SELEC"}, headers={"Accept": html})
    assert wrong.status_code == 400
    assert "not valid SPARQL" in wrong.text
    assert "SELEC</textarea>" in wrong.text
    yes = client.get("/fr/sparql", params={"query": "ASK {?s ?p ?o}"}, headers={"Accept": html})
    assert ">oui<" in yes.text
    turtle = client.get("/fr/sparql", params={"query": GRAPH}, headers={"Accept": html})
    assert "&lt;script&gt;" in turtle.text
    assert "<script>alert" not in turtle.text


def test_results_are_valid_json_and_whole(client: httpx.Client) -> None:
    query = "SELECT ?s ?o {?s ?p ?o} LIMIT 1000"
    assert len(json.loads(ask(client, query).content)["results"]["bindings"]) == 1_000
