"""The hostile inputs for addresses other than SPARQL, one by one: each has a clear answer.

The numbers are those of the corpus of bad inputs that the platform is held to (87 to 98; those of
headers are in test_rest_headers); after each of them an ordinary query is answered rightly.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi.routing import APIRoute

from queries.catalogue import NamedQuery, Parameter, catalogue
from queries.release import Home
from server.app import ROUTERS
from server.dependencies import JUDGING, JUDGING_BELOW
from tests.server.releases import BASE, REPORT, make, point
from tests.server.running import serving
from tests.server.test_sparql import UMBRELLA, ask, slug

HTML = {"Accept": "text/html"}
NT = {"Accept": "application/n-triples"}
QUESTION = "/queries/organisations_by_label"
ROLES = "/queries/organisations_by_ecosystem_role"
EXTRA = f"""
<{REPORT}> {{
  org:kbo-0200065765 a se:Enterprise, se:Organisation ; skos:prefLabel "Une coopérative"@fr ;
    se:foundedOn "1999-01-01"^^xsd:date ; se:dissolvedOn "2019-05-31"^^xsd:date .
  org:erased <http://www.w3.org/ns/prov#invalidatedAtTime> "2026-10-01T08:00:00Z"^^xsd:dateTime .
}}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server on a release with a ceased enterprise and an erased one."""
    home = Home(tmp_path_factory.mktemp("rest"))
    make(home, "r1", extra=EXTRA)
    point(home, "r1")
    # So many refusals of one client in a minute would be one more reason to refuse.
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


@pytest.fixture(autouse=True)
def probe(client: httpx.Client) -> Iterator[None]:
    """After each input an ordinary query is answered, and rightly."""
    yield
    assert_answered(client)


def assert_answered(client: httpx.Client) -> None:
    """Ask an ordinary query."""
    found = ask(client, "SELECT ?s { ?s a <https://w3id.org/maillage/ns#UmbrellaOrganisation> }")
    assert [row["s"]["value"] for row in found.json()["results"]["bindings"]] == [UMBRELLA]


def refused(client: httpx.Client, address: str, named: str) -> tuple[int, str]:
    """Return the status and the problem of an address, which must name a parameter."""
    answer = client.get(address)
    found = slug(answer)
    assert answer.json()["parameter"] == named
    assert named in answer.json()["detail"]
    assert answer.json()["hint"]
    return found


UNKNOWN, BAD = (400, "unknown-parameter"), (400, "bad-parameter")
TWICE = (400, "duplicate-parameter")
PAGES = (
    "/", "/search", "/id/organisation/umbrella", "/queries", "/graphs", "/graphs/report2019/2019",
    "/dumps", "/dumps/public.nq.gz", "/code", "/code/ecosystem-role",
    "/code/ecosystem-role/umbrella", "/releases", "/catalogue", "/quality", "/ns", "/shapes",
)  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "values"), {"limit": ("0", "-1", "1e9", "abc", ""), "offset": ("10001",)}.items()
)
def test_87_a_page_of_no_possible_size_is_refused(
    client: httpx.Client, parameter: str, values: tuple[str, ...]
) -> None:
    expected = BAD if parameter == "limit" else UNKNOWN
    for value in values:
        given = urlencode({"label": "x", parameter: value})
        assert refused(client, f"{QUESTION}?{given}", parameter) == expected
        for page in PAGES:
            assert refused(client, f"{page}?{parameter}={value}", parameter) == UNKNOWN, page


def test_88_no_address_ignores_a_parameter_that_it_does_not_know(client: httpx.Client) -> None:
    templates = {
        route.path
        for module in ROUTERS
        for route in module.router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    assert len(templates) > 30
    assert set(JUDGING) < templates
    # Cubes know their parameters themselves, and there is none here: they have tests of their own.
    own = {one for one in templates if one.startswith(("/statistics/", JUDGING_BELOW))}
    for template in templates - own:
        address = template.replace("{name}", "federations") if template in JUDGING else template
        assert refused(client, f"{quote(address)}?limt=10", "limt") == UNKNOWN, address
        page = client.get(f"/en{quote(address)}?limt=10", headers=HTML)
        assert (page.status_code, "limt" in page.text) == (400, True), address


@pytest.mark.parametrize(
    ("address", "given", "meant"),
    [
        ("/search", "Q", "q"),
        ("/graphs", "grahp", "graph"),
        ("/rdf-graph-store", "defualt", "default"),
        ("/sparql", "defaut-graph-uri", "default-graph-uri"),
        ("/sparql", "timeot", "timeout"),
        (QUESTION, "lable", "label"),
        (QUESTION, "limt", "limit"),
    ],
)
def test_88_a_misspelt_parameter_is_answered_with_the_one_that_was_meant(
    client: httpx.Client, address: str, given: str, meant: str
) -> None:
    required = {"/sparql": "query=ASK{}&", QUESTION: "label=x&"}.get(address, "")
    answer = client.get(f"{address}?{required}{given}=1")
    assert slug(answer) == UNKNOWN
    if given != "Q":
        assert answer.json()["nearest"] == meant
    assert meant in answer.json()["known"].split(", ")


def test_88_what_other_servers_are_sent_by_clients_is_no_fault(client: httpx.Client) -> None:
    others = {"results": "json", "queryLn": "SPARQL", "infer": "true", "debug": "on"}
    assert ask(client, "ASK {}", **others).json()["boolean"] is True


def test_89_a_parameter_comes_once(client: httpx.Client) -> None:
    query = quote("ASK {}")
    for address, name in (
        ("/search?q=a&q=a", "q"),
        (f"/graphs?graph={REPORT}&graph={REPORT}", "graph"),
        (f"/rdf-graph-store?graph={REPORT}&graph={REPORT}", "graph"),
        ("/rdf-graph-store?default&default", "default"),
        (f"{QUESTION}?label=a&label=b", "label"),
        (f"{QUESTION}?label=a&limit=1&limit=1", "limit"),
        (f"/sparql?query={query}&query={query}", "query"),
        (f"/sparql?query={query}&timeout=1&timeout=1", "timeout"),
        (f"/sparql?query={query}&release=r1&release=r1", "release"),
        (f"/sparql?query={query}&format=csv&format=json", "format"),
        (f"/sparql?query={query}&format=csv&output=json", "format"),
    ):
        assert refused(client, address, name) == TWICE, address


def test_90_what_is_one_of_a_few_is_nothing_else(client: httpx.Client) -> None:
    injected = quote("name;drop")
    for address in (*PAGES, f"{QUESTION}?label=x"):
        join = "&" if "?" in address else "?"
        assert refused(client, f"{address}{join}sort={injected}", "sort") == UNKNOWN, address
    for name in ("format", "dialect", "lang"):
        address = f"{QUESTION}?label=x&{name}={quote('csv;drop')}"
        assert refused(client, address, name) == BAD


@pytest.mark.parametrize(
    "value",
    ["nosuch", "enterprise;drop", f"{BASE}code/ecosystem-role/x", "http://example.org/enterprise",
     "Enterprise", "federatio", "../federation", "*"],
)  # fmt: skip
def test_90_a_code_is_one_of_its_list(client: httpx.Client, value: str) -> None:
    address = f"{ROLES}?{urlencode({'role': value})}"
    assert refused(client, address, "role") == BAD
    assert "ecosystem-role" in client.get(address).json()["detail"]
    page = client.get(f"/en{address}", headers=HTML)
    assert page.status_code == 400
    assert 'name="role"' in page.text
    assert client.get(f"{ROLES}?role=enterprise").json()["results"]["bindings"]


def listed(query: NamedQuery) -> list[Parameter]:
    """Return the parameters of a question that take a code."""
    return [one for one in query.parameters if one.scheme]


def test_90_each_question_knows_the_codes_of_its_lists(published: Home) -> None:
    """On a release of the bundled sources, whose lists are whole."""
    asking = {query.name: listed(query) for query in catalogue().values() if listed(query)}
    with serving(published, rate_errors=0, rate_seconds=0) as site, site.client() as real:
        for name, parameters in asking.items():
            values = catalogue()[name].example_values()
            for one in parameters:
                wrong = {**values, one.name: "no-such-code"}
                answer = real.get(f"/queries/{name}", params=wrong)
                assert slug(answer) == BAD, name
                assert f"not a code of {one.scheme}" in answer.json()["detail"]
            assert real.get(f"/queries/{name}", params=values).status_code == 200
        region = real.get("/queries/organisations_by_region", params={"region": "0300"})
    assert len(asking) >= 10
    assert "03000" in region.json()["detail"]


CLIMBING = ("..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/etc/passwd", "../../../etc/passwd", "%00",
            "umbrella%00.ttl", "..%5C..%5Cetc%5Cpasswd", "%252e%252e%252fetc%252fpasswd",
            "%C0%AE%C0%AE/etc/passwd", "%ff%fe")  # fmt: skip


@pytest.mark.parametrize("hostile", CLIMBING)
def test_91_no_address_leads_out_of_the_release(client: httpx.Client, hostile: str) -> None:
    for start in ("/id/", "/id/organisation/", "/code/", "/code/ecosystem-role/", "/graphs/",
                  "/dumps/", "/dumps/graphs/", "/quality/", "/queries/", "/problems/",
                  "/static/", "/swagger/", "/fr/id/organisation/"):  # fmt: skip
        answer = client.get(start + hostile, follow_redirects=True)
        assert answer.status_code in (400, 404), start
        assert slug(answer)[1] in ("not-found", "bad-parameter", "bad-request", "encoding"), start
        assert "root:" not in answer.text
    assert client.get(f"/sparql?query=ASK%7B%7D&release={hostile}").status_code in (400, 404)
    assert client.get(f"/graphs?graph={hostile}").status_code in (400, 404)


def test_92_a_number_with_wrong_check_digits_is_told_from_an_unknown_one(
    client: httpx.Client,
) -> None:
    for accept in ("application/json", "text/turtle", "text/html"):
        statuses = [
            client.get(f"/id/organisation/kbo-{one}", headers={"Accept": accept}).status_code
            for one in ("0200065766", "02000657", "0200362210")
        ]
        assert statuses == [400, 400, 404]
    wrong = client.get("/id/organisation/kbo-0200065766.ttl")
    assert slug(wrong) == BAD
    assert "check digits" in wrong.json()["detail"]
    assert client.get("/id/organisation/kbo-0200065765").status_code == 200


def test_93_an_erased_thing_is_gone_and_a_ceased_one_has_its_end(client: httpx.Client) -> None:
    for suffix in ("", ".ttl", ".html"):
        answer = client.get(f"/id/organisation/erased{suffix}")
        assert slug(answer) == (410, "gone")
        assert "2026-10-01" in answer.json()["detail"]
    ceased = client.get("/id/organisation/kbo-0200065765", headers=NT)
    assert ceased.status_code == 200
    assert "2019-05-31" in ceased.text
    assert "2019" in client.get("/id/organisation/kbo-0200065765", headers=HTML).text


def test_94_a_merged_thing_leads_to_the_one_it_is_now(client: httpx.Client) -> None:
    for prefix, suffix in (("", ""), ("", ".ttl"), ("/en", "")):
        answer = client.get(f"{prefix}/id/organisation/merged{suffix}")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"{prefix}/id/organisation/umbrella{suffix}"


@pytest.mark.parametrize(
    ("text", "status"),
    [("a" * 10_000, 400), ("*", 200), ("\u0301\u0308\u0327", 200), ("\u202eتعاونية", 200),
     ("", 200), (" \u00a0\u2003", 200), ("%", 200), ("(" * 200, 200), ("\\", 200), ("\0", 400)],
    ids=["long", "star", "marks", "right to left", "none", "blanks", "per cent", "brackets",
         "backslash", "nul"],
)  # fmt: skip
def test_95_any_text_can_be_searched_for(client: httpx.Client, text: str, status: int) -> None:
    for address in ("/search", "/en/search"):
        answer = client.get(address, params={"q": text})
        assert answer.status_code == status
        if status == 400:
            assert slug(answer) == BAD
        else:
            assert "/id/organisation/" not in answer.text
    if text.strip():
        named = client.get(QUESTION, params={"label": text})
        assert named.status_code == status
        assert status == 400 or named.json()["results"]["bindings"] == []


@pytest.mark.parametrize(
    "text",
    ['") || true # ', 'x") } UNION { ?s ?p ?o } #', "\\u0022) || true #",
     "') SERVICE <http://x/> {"],
)  # fmt: skip
def test_96_a_text_is_never_a_query(client: httpx.Client, text: str) -> None:
    page = client.get("/en/search", params={"q": text}, headers=HTML)
    assert page.status_code == 200
    assert "/id/organisation/" not in page.text
    for question, parameter in ((QUESTION, "label"), ("/queries/codes_by_label", "text")):
        found = client.get(question, params={parameter: text})
        assert found.json()["results"]["bindings"] == []
    assert slug(client.get(ROLES, params={"role": text})) == BAD


@pytest.mark.parametrize("box", ["5,51,4,50", "NaN,50,5,51", "4,50,5,91", "4,50,5,51"])
def test_98_there_are_no_boxes_yet_and_none_is_ignored(client: httpx.Client, box: str) -> None:
    for page in (*PAGES, "/sparql", QUESTION):
        assert refused(client, f"{page}?bbox={box}", "bbox") == UNKNOWN, page
