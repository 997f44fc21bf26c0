"""The documented reverse proxy, run for real before a server: all that is promised gets through."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from queries.release import Home
from server.layers.guard import LARGEST_BODY, LONGEST_ADDRESS
from tests.conftest import needed
from tests.server.running import serving
from tests.server.test_metrics import logged
from tests.server.test_pool import CROSS

CONFIGURATION = Path(__file__).parents[2] / "docs/reverse-proxy/nginx.conf"
NGINX = shutil.which("nginx") or next(
    (path for path in ("/usr/sbin/nginx", "/usr/local/sbin/nginx") if Path(path).exists()), None
)
OPENSSL = shutil.which("openssl")
PUBLIC = "https://data.example.org"
# A neighbour on the loopback: neither the proxy nor the server.
CLIENT = "127.0.2.9"
QUERY = "SELECT * { ?s ?p ?o } LIMIT 5"
MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{}}
http {{
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/answers;
  fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  include {folder}/maillage.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A running proxy, and where it writes."""

    address: str
    plain: str
    folder: Path
    context: ssl.SSLContext

    def client(self, local: str = CLIENT) -> httpx.Client:
        """Return a client on an address of its own, which knows the proxy by its name."""
        transport = httpx.HTTPTransport(local_address=local, verify=self.context)
        headers = {"Host": "data.example.org"}
        return httpx.Client(
            transport=transport, base_url=self.address, headers=headers, timeout=60
        )  # fmt: skip


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def configured(folder: Path, upstream: str, plain: int, secure: int) -> str:
    """Return the documented configuration with the places of this test."""
    replaced = {
        "127.0.0.1:8000": upstream,
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{secure} ",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "/etc/ssl/maillage": str(folder),
        "/var/log/nginx": str(folder),
    }
    text = CONFIGURATION.read_text("utf-8")
    for documented, own in replaced.items():
        assert documented in text, documented
        text = text.replace(documented, own)
    return text


def certify(folder: Path) -> ssl.SSLContext:
    """Make a certificate, and return what trusts it."""
    assert OPENSSL
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=data.example.org", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


@contextmanager
def fronted(folder: Path, upstream: str) -> Iterator[Front]:
    """Run the proxy before a server and wait until it listens."""
    needed(NGINX, "nginx")
    needed(OPENSSL, "openssl")
    assert NGINX
    context = certify(folder)
    plain, secure = free_port(), free_port()
    (folder / "maillage.conf").write_text(configured(folder, upstream, plain, secure), "utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    command += ["-e", str(folder / "main.log")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + 20
        while not listens(secure):
            assert process.poll() is None, (folder / "main.log").read_text("utf-8")
            assert time.monotonic() < end
            time.sleep(0.05)
        yield Front(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", folder, context)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def front(small: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The proxy before a server."""
    folder = tmp_path_factory.mktemp("nginx")
    given = {"public": PUBLIC, "proxies": "127.0.0.1", "deadline": 2, "memory": 1_000}
    with (
        serving(small, **given) as site,
        fronted(folder, site.address.removeprefix("http://")) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def client(front: Front) -> Iterator[httpx.Client]:
    """A client of the proxy."""
    with front.client() as one:
        yield one


def test_a_query_comes_back_whole_compressed_and_kept(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": QUERY})
    assert (answer.status_code, len(answer.json()["results"]["bindings"])) == (200, 5)
    assert answer.headers["X-Release"] == "r1"
    assert answer.headers["Strict-Transport-Security"]
    assert client.get("/sparql", params={"query": QUERY}).headers["X-Cache"] == "hit"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/sparql", params={"query": QUERY}, headers=known).status_code == 304
    assert client.get("/en/").headers["Content-Encoding"] in ("br", "gzip")


def test_the_head_of_an_answer_is_that_of_the_answer(client: httpx.Client) -> None:
    head = client.head("/sparql", params={"query": QUERY})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == client.get("/sparql", params={"query": QUERY}).headers["ETag"]


def test_a_dump_comes_whole_and_in_parts(client: httpx.Client) -> None:
    whole = client.get("/dumps/public.nq.gz")
    assert len(whole.content) == int(whole.headers["Content-Length"])
    part = client.get("/dumps/public.nq.gz", headers={"Range": "bytes=10-29"})
    assert (part.status_code, part.content) == (206, whole.content[10:30])
    beyond = client.get("/dumps/public.nq.gz", headers={"Range": "bytes=999999999-"})
    assert beyond.status_code == 416


def test_what_the_server_takes_the_proxy_lets_through(client: httpx.Client) -> None:
    long = f"{QUERY} #{'x' * (LONGEST_ADDRESS - 200)}"
    assert client.get("/sparql", params={"query": long}).status_code == 200
    large = client.post("/sparql", data={"query": "#" * 300_000 + "\n" + QUERY})
    assert large.json().get("type") == "/problems/query-too-long"
    most = client.post("/sparql", content=b"x" * LARGEST_BODY)
    assert (most.status_code, most.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_what_is_too_large_for_the_proxy_is_refused_in_the_words_of_the_server(
    client: httpx.Client,
) -> None:
    for size in (LARGEST_BODY + 1, 3_000_000):
        answer = client.post("/sparql", content=b"x" * size)
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == f"{PUBLIC}/problems/body-too-large"
    assert client.get(f"/{'x' * 30_000}", params={"query": "x" * 60_000}).status_code == 414


def test_a_query_over_the_deadline_is_refused_by_the_server(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": CROSS})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/query-timeout")


def test_addresses_are_the_public_ones(client: httpx.Client, front: Front) -> None:
    forged = {"X-Forwarded-Host": "forged.example.net", "Accept": "text/turtle"}
    assert f"<{PUBLIC}/sparql>" in client.get("/sparql", headers=forged).text
    slash = client.get("/sparql/", params={"query": QUERY})
    assert slash.headers["Location"].startswith(f"{PUBLIC}/sparql?")
    with httpx.Client(trust_env=False) as plain:
        moved = plain.get(f"{front.plain}/fr/?q=x")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{PUBLIC}/fr/?q=x")


def test_metrics_are_for_this_machine_only(client: httpx.Client, front: Front) -> None:
    for path in ("/metrics", "/fr/metrics", "/metrics/", "//metrics", "/%6Detrics", "/en//metrics"):
        assert client.get(front.address + path).status_code == 403, path
    with front.client("127.0.0.1") as own:
        assert "maillage_requests_total" in own.get("/metrics").text


def test_the_address_of_the_client_reaches_the_server_and_no_question_a_log(
    small: Home, tmp_path: Path
) -> None:
    given = {"public": PUBLIC, "proxies": "127.0.0.1", "access_log": "true"}
    with (
        logged(small, **given) as (direct, lines),
        fronted(tmp_path, direct.base_url.netloc.decode()) as front,
        front.client() as client,
    ):
        told = {"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1"}
        answer = client.get("/sparql", params={"query": f"{QUERY} #secret"}, headers=told)
        assert answer.status_code == 200
    (line,) = (json.loads(line) for line in lines if line.startswith("{"))
    assert line["network"] == "127.0.2.0/24"
    written = "".join(log.read_text("utf-8") for log in tmp_path.glob("*.log"))
    assert f"127.0.2.0/24 GET 200 {answer.headers['Content-Length']}" in written
    assert answer.headers["X-Request-Id"] in written
    assert "secret" not in written
    assert CLIENT not in written


def test_a_server_that_is_away_is_a_clear_answer(tmp_path: Path) -> None:
    with fronted(tmp_path, f"127.0.0.1:{free_port()}") as front, front.client() as client:
        answer = client.get("/sparql", params={"query": QUERY})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == f"{PUBLIC}/problems/not-ready"
