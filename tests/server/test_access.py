"""What only partners may see reaches nobody else: not by an answer, a cache, a file or an error."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from queries.release import Home
from server.access import keys
from tests.server.releases import BASE, make, point
from tests.server.running import Site, serving

SECRET = "Zanzibarium"
GRAPH = f"{BASE}graph/annex/2019"
THING = "/id/organisation/hidden"
PARTNER = f"""<{GRAPH}> {{
  org:hidden a se:Enterprise, se:Organisation ; skos:prefLabel "{SECRET}"@fr ;
    se:ecosystemRole role:enterprise .
  org:umbrella skos:altLabel "{SECRET} amicale"@fr .
}}"""
LABELS = "SELECT ?label WHERE { ?thing ?p ?label FILTER(isLiteral(?label)) }"
QUESTION = "/queries/organisations_by_ecosystem_role"
ROLES = {"role": "enterprise"}


@dataclass(frozen=True)
class Served:
    """A running server and the headers of those who ask it."""

    site: Site
    home: Home
    partner: dict[str, str]
    public: dict[str, str]
    internal: dict[str, str]
    numbers: dict[str, str]


def bearer(text: str) -> dict[str, str]:
    """Return the header that carries a key."""
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on the second of two releases, both with a partner tier, and keys of three kinds."""
    home = Home(tmp_path_factory.mktemp("access"))
    make(home, "r1", partner=PARTNER)
    make(home, "r2", partner=PARTNER)
    point(home, "r2")
    partner, first = keys.create(home, "partner", "key", "partner", None)
    public, second = keys.create(home, "public", "key", "public", None)
    internal, third = keys.create(home, "ours", "internal", "public", None)
    numbers = {"partner": partner.id, "public": public.id, "internal": internal.id}
    # Settings that make the class of the caller visible in what is refused.
    limits = {"deadline": 3, "key_deadline": 20, "internal_deadline": 40, "result_cap": 300_000}
    with serving(home, **limits) as site:
        yield Served(site, home, bearer(first), bearer(second), bearer(third), numbers)


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    """A client of that server."""
    with served.site.client() as one:
        yield one


def sparql(query: str = LABELS, **given: str) -> httpx.URL:
    """Return the address of a query."""
    return httpx.URL("/sparql", params={"query": query, **given})


REACHED = {
    "sparql": sparql(),
    "sparql of one graph": sparql(f"SELECT * {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"),
    "sparql by protocol": httpx.URL(
        "/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "default-graph-uri": GRAPH}
    ),
    "older release": sparql(release="r1"),
    "question": httpx.URL(f"{QUESTION}.json", params=ROLES),
    "question of an older release": httpx.URL(f"{QUESTION}.csv", params={**ROLES, "release": "r1"}),
    "thing": httpx.URL(f"{THING}.ttl"),
    "thing with more": httpx.URL("/id/organisation/umbrella.nt"),
    "graph": httpx.URL("/graphs/annex/2019.ttl"),
    "graph store": httpx.URL("/rdf-graph-store", params={"graph": GRAPH}),
    "union": httpx.URL("/rdf-graph-store?default"),
    "dump": httpx.URL("/dumps/partner.nq.gz"),
    "dump of a graph": httpx.URL("/dumps/graphs/annex.2019.partner.nq.gz"),
}
PAGES = (
    "/graphs", "/dumps", "/dumps/SHA256SUMS", "/catalogue", "/catalogue.ttl", "/sparql", "/void",
    "/.well-known/sparql-examples", "/", "/search?q=zanzibarium", "/quality", "/releases",
    "/openapi.json", "/health", "/metrics", "/limits", "/queries", "/code/ecosystem-role",
    "/graphs/annex/2019", f"/graphs?graph={GRAPH}", THING, "/dumps/partner/partner.nq.gz",
)  # fmt: skip


def text(answer: httpx.Response) -> str:
    """Return an answer as text, out of its file if it is one."""
    packed = answer.headers.get("content-type") == "application/gzip"
    return gzip.decompress(answer.content).decode() if packed else answer.text


def told(answer: httpx.Response) -> str:
    """Return everything that an answer tells, in small letters."""
    return (str(answer.headers) + text(answer)).lower()


@pytest.mark.parametrize("name", REACHED)
def test_a_partner_reaches_what_is_for_partners(
    client: httpx.Client, served: Served, name: str
) -> None:
    answer = client.get(REACHED[name], headers=served.partner)
    assert answer.status_code == 200, answer.text
    assert SECRET in text(answer)
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    assert {"Authorization", "X-API-Key"} <= set(answer.headers["Vary"].split(", "))
    assert answer.headers["X-Tier"] == "partner"


@pytest.mark.parametrize("who", ["nobody", "public", "internal"])
@pytest.mark.parametrize("name", REACHED)
def test_nobody_else_does_even_when_a_partner_asked_before(
    client: httpx.Client, served: Served, name: str, who: str
) -> None:
    mine = client.get(REACHED[name], headers=served.partner)
    own = {} if who == "nobody" else getattr(served, who)
    for etag in ("", mine.headers["ETag"]):
        given = {**own, "If-None-Match": etag} if etag else own
        for method in ("GET", "HEAD"):
            answer = client.request(method, REACHED[name], headers=given)
            assert SECRET.lower() not in told(answer)
            assert answer.status_code != 304
            assert answer.headers.get("ETag") != mine.headers["ETag"]
            assert "X-Tier" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_tells_of_it(client: httpx.Client, served: Served, path: str) -> None:
    client.get(path, headers=served.partner)
    for own in ({}, served.public, served.internal):
        for accept in ("*/*", "text/html", "text/turtle", "application/json"):
            answer = client.get(path, headers={**own, "Accept": accept})
            said = told(answer)
            # What was asked for comes back in refusals, and tells nothing.
            asked = path.lower()
            assert SECRET.lower() not in said or SECRET.lower() in asked
            assert "annex" not in said or "annex" in asked
            assert answer.status_code in (200, 304, 404, 406), (path, answer.text)
            if "annex" in asked:
                assert answer.status_code in (404, 406)


@pytest.mark.parametrize("path", ["/graphs", "/dumps", "/dumps/SHA256SUMS", "/catalogue"])
def test_pages_for_a_partner_list_what_is_for_partners(
    client: httpx.Client, served: Served, path: str
) -> None:
    answer = client.get(path, headers={**served.partner, "Accept": "text/html"})
    assert answer.status_code == 200
    assert "annex" in answer.text


def test_a_graph_of_partners_is_refused_like_one_that_does_not_exist(client: httpx.Client) -> None:
    found = []
    for graph in (GRAPH, f"{BASE}graph/xnnex/2019"):
        answer = client.get("/graphs", params={"graph": graph}, headers={"Accept": "text/turtle"})
        said = {**answer.json(), "instance": "", "detail": "", "graph": ""}
        found.append((answer.status_code, said))
    assert found[0] == found[1]


def test_answers_without_a_key_may_be_kept_but_not_for_those_who_have_one(
    client: httpx.Client,
) -> None:
    for path in (sparql(), f"{QUESTION}.csv?role=enterprise", "/graphs", "/dumps/public.nq.gz"):
        answer = client.get(path)
        assert "public" in answer.headers["Cache-Control"]
        assert {"Authorization", "X-API-Key"} <= set(answer.headers["Vary"].split(", "))
        short = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert short.status_code == 304
        assert "Authorization" in short.headers["Vary"]


def test_a_partner_gets_short_answers_too(client: httpx.Client, served: Served) -> None:
    mine = client.get(sparql(), headers=served.partner)
    given = {**served.partner, "If-None-Match": mine.headers["ETag"]}
    short = client.get(sparql(), headers=given)
    assert short.status_code == 304
    assert "private" in short.headers["Cache-Control"]
    assert client.get(sparql(), headers=served.partner).headers["X-Cache"] == "hit"


def test_the_whole_dump_of_partners_asks_for_a_key_and_for_the_right_one(
    client: httpx.Client, served: Served
) -> None:
    nobody = client.get("/dumps/partner.nq.gz")
    assert (nobody.status_code, nobody.json()["type"]) == (401, "/problems/key-needed")
    assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="Maillage"'
    other = client.get("/dumps/partner.nq.gz", headers=served.public)
    assert (other.status_code, other.json()["type"]) == (403, "/problems/tier-refused")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer maillage_0123456789ab_wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "Bearer \u00e9\u00e8"},
        {"X-API-Key": "maillage_0123456789ab_"},
        {"X-API-Key": ""},
        {"Authorization": "Bearer a", "X-API-Key": "b"},
    ],
)
@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/", "/nothing", "/dumps/partner.nq.gz"])
def test_a_key_that_opens_nothing_is_401_everywhere(
    client: httpx.Client, headers: dict[str, str], path: str
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = client.get(path, headers=raw)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-refused")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    seen = [(b"Accept", b"text/html"), (b"Accept-Language", b"fr")]
    page = client.get(path, headers=[*raw, *seen])
    assert page.status_code == 401
    assert "clé" in page.text


def test_a_wrong_secret_of_a_real_key_is_like_an_unknown_key(
    client: httpx.Client, served: Served
) -> None:
    found = []
    for number in (served.numbers["partner"], "0123456789ab"):
        answer = client.get("/", headers=bearer(f"maillage_{number}_{'x' * 43}"))
        found.append((answer.status_code, {**answer.json(), "instance": ""}))
    assert found[0] == found[1]
    assert found[0][0] == 401


def test_either_header_carries_a_key(client: httpx.Client, served: Served) -> None:
    key = served.partner["Authorization"].removeprefix("Bearer ")
    for headers in (
        {"X-API-Key": key},
        {"authorization": f"bearer {key}"},
        {"Authorization": "Basic dXNlcjpwYXNz", "X-API-Key": key},
        {"Authorization": f"Bearer {key}", "X-API-Key": key},
    ):
        assert SECRET in client.get(sparql(), headers=headers).text


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "access_token", "token", "X-API-Key"])
def test_a_key_in_an_address_is_not_one(client: httpx.Client, served: Served, name: str) -> None:
    key = served.partner["Authorization"].removeprefix("Bearer ")
    answer = client.get(sparql(**{name: key}))
    assert SECRET.lower() not in told(answer)
    form = client.post("/sparql", data={"query": LABELS, name: key})
    assert SECRET.lower() not in told(form)


def test_each_class_may_ask_for_its_own_time(client: httpx.Client, served: Served) -> None:
    for own, most in (({}, 3), (served.public, 20), (served.partner, 20), (served.internal, 40)):
        less = client.get(sparql("ASK {}", timeout=str(most)), headers=own)
        assert less.status_code == 200
        more = client.get(sparql("ASK {}", timeout=str(most + 1)), headers=own)
        assert (more.status_code, more.json()["limit"]) == (403, str(most))


def test_each_class_may_have_answers_of_its_own_size(client: httpx.Client, served: Served) -> None:
    many = " ".join(str(number) for number in range(400))
    query = f"SELECT * {{ VALUES ?a {{ {many} }} VALUES ?b {{ {many} }} }}"
    small = client.get(sparql(query))
    assert (small.status_code, small.json()["limit"]) == (413, 300_000)
    large = client.get(sparql(query), headers=served.public)
    assert large.status_code == 200
    assert len(large.content) > 300_000
    # What is kept of it is still too large for who may not have it.
    assert client.get(sparql(query)).status_code == 413


def test_no_process_runs_for_partners_before_one_asks(served: Served) -> None:
    with serving(served.home, workers=1) as site, site.client() as one:
        assert len(site.workers()) == 2
        one.get(sparql(), headers=served.public)
        one.get("/static/maillage.css", headers=served.partner)
        one.get("/limits", headers=served.partner)
        assert len(site.workers()) == 2
        assert SECRET in one.get(sparql(), headers=served.partner).text
        assert len(site.workers()) == 4


def test_a_new_release_reaches_partners_at_once(served: Served) -> None:
    home = Home(served.home.path.parent / f"{served.home.path.name}-swap")
    make(home, "a", partner=PARTNER)
    make(home, "b", partner=PARTNER.replace(SECRET, "Novalia"))
    make(home, "c")
    point(home, "a")
    _key, text_ = keys.create(home, "partner", "key", "partner", None)
    with serving(home) as site, site.client() as one:
        for name, seen in (("a", SECRET), ("b", "Novalia"), ("c", "")):
            point(home, name)
            until(partial(serves, one, name))
            answer = one.get(sparql(), headers=bearer(text_))
            assert answer.headers["X-Release"] == name
            for word in (SECRET, "Novalia"):
                assert (word in answer.text) == (word == seen)


def serves(client: httpx.Client, release: str) -> bool:
    """Tell whether a release is being served."""
    return bool(client.get("/health").json().get("release") == release)


def test_what_commands_do_to_keys_shows_within_two_seconds(served: Served) -> None:
    with served.site.client() as one:
        key, text_ = keys.create(served.home, "short", "key", "partner", None)
        until(lambda: one.get("/limits", headers=bearer(text_)).status_code == 200, 2.5)
        keys.revoke(served.home, key.id)
        until(lambda: one.get("/limits", headers=bearer(text_)).status_code == 401, 2.5)
        assert "revoked" in one.get("/limits", headers=bearer(text_)).json()["detail"]
        assert one.get(sparql(), headers=served.partner).status_code == 200


def test_a_damaged_file_of_keys_changes_nothing(served: Served) -> None:
    place = keys.place_of(served.home)
    former = place.read_text("utf-8")
    with served.site.client() as one:
        assert one.get("/limits", headers=served.partner).status_code == 200
        try:
            place.write_text(former[: len(former) // 2], "utf-8")
            time.sleep(1.3)
            for _ in range(2):
                assert SECRET in one.get(sparql(), headers=served.partner).text
                time.sleep(1.1)
        finally:
            place.write_text(former, "utf-8")


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
