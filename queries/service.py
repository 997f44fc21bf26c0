"""A SPARQL service elsewhere that holds a release: its addresses, its quirks, what it holds.

Shared by what writes there and by what asks there. Beside the public graphs, such a service keeps
two of ours: their union, since engines differ in what a default graph is, and a note of what it
holds, by which a half-written release is told from a whole one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpx
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

SCHEME = "sparql+"
MEGABYTE: Final = 1_000_000
# What the note says of itself, and of each graph.
HOLDS, RECEIVES, DIGEST = (
    f"urn:maillage:service:{name}" for name in ("holds", "receives", "digest")
)
HELD: Final = f"SELECT ?held WHERE {{ ?note <{HOLDS}> ?held }}"


@dataclass(frozen=True)
class Kind:
    """What differs between engines.

    ``store`` is where graphs are written, relative to where queries are asked; ``part`` is how
    many bytes are sent at once; ``rows`` and ``triples`` are the formats that lose least;
    ``merges`` tells whether a statement that stands in two default graphs is seen once, and
    ``truth_is_number`` whether JSON has truth values as 1 and 0; ``confines`` tells whether a graph
    outside the dataset is as an empty one to ASK and COUNT; ``describing`` is what makes DESCRIBE
    tell what is said of a thing, and not what is said with it; ``extensions`` are the prefixes of
    functions that reach beyond the data.
    """

    store: str | None = None
    signed: Literal["basic", "digest"] = "basic"
    part: int = 16 * MEGABYTE
    rows: str = "application/sparql-results+json"
    triples: str = "application/n-triples"
    merges: bool = True
    truth_is_number: bool = False
    confines: bool = True
    describing: str = ""
    extensions: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "generic": Kind(),
    "oxigraph": Kind(store="/store"),
    "qlever": Kind(store=""),
    "virtuoso": Kind(
        store="/sparql-graph-crud-auth",
        signed="digest",
        part=4 * MEGABYTE,
        merges=False,
        truth_is_number=True,
        confines=False,
        describing='define sql:describe-mode "CBD" ',
        extensions=("bif", "sql"),
    ),
}


@dataclass(frozen=True)
class Service:
    """Where a service is asked and written, and how."""

    address: str
    store: str
    kind: Kind
    user: str | None = None
    password: str = field(default="", repr=False)
    token: str | None = field(default=None, repr=False)

    def auth(self) -> httpx.Auth | None:
        """Return what signs requests."""
        if self.token:
            return Bearer(self.token)
        if self.user is None:
            return None
        signed = httpx.DigestAuth if self.kind.signed == "digest" else httpx.BasicAuth
        return signed(self.user, self.password)


class Bearer(httpx.Auth):
    """Signs with a token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        """Add the token to a request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass(frozen=True)
class Names:
    """The graphs of ours at a service, beside those of the release; one set for each base IRI."""

    base: str

    @property
    def union(self) -> str:
        """The graph that holds what all public graphs hold."""
        return f"{self.base}service/all"

    @property
    def note(self) -> str:
        """The graph that says what the service holds."""
        return f"{self.base}service/note"

    def form(
        self, query: str, defaults: Iterable[str], named: Iterable[str] = ()
    ) -> dict[str, str | list[str]]:
        """Return a query as it is sent, with a dataset that means the same to every engine.

        A graph that does not exist stands for none: where one of the two lists is empty, some
        engines take all graphs they have.
        """
        nothing = [f"{self.base}service/nothing"]
        return {
            "query": query,
            "default-graph-uri": list(defaults) or nothing,
            "named-graph-uri": list(named) or nothing,
        }


def bindings(body: bytes, media: str) -> list[dict[str, str]]:
    """Return the rows of an answer as plain texts; raises ValueError for what is none."""
    try:
        found = parse_query_results(body, QueryResultsFormat.from_media_type(media))
        if not isinstance(found, QuerySolutions):
            raise ValueError("a yes or no instead of rows")
        names = [variable.value for variable in found.variables]
        return [{name: row[name].value for name in names if row[name] is not None} for row in found]
    except SyntaxError as error:
        raise ValueError(f"not an answer in {media}") from error


def read_service(
    address: str, store: str | None = None, kind: str = "generic", token: str | None = None
) -> Service:
    """Return a service from settings; raises ValueError with what is wrong, never credentials.

    >>> read_service("sparql+http://me:secret@localhost:7878/query", kind="oxigraph").store
    'http://localhost:7878/store'
    """
    plain = address.removeprefix(SCHEME)
    parts = address_parts(plain)
    if not address.startswith(SCHEME):
        raise ValueError(f"an engine is {SCHEME}https://host/path, or nothing for the own one")
    if kind not in KINDS:
        raise ValueError(f"the kind of an engine is one of {', '.join(KINDS)}")
    host = parts.netloc.rpartition("@")[2]
    query = parts._replace(netloc=host).geturl()
    if store is None and KINDS[kind].store is None:
        raise ValueError(
            "the address of the graph store cannot be guessed for an engine of this kind: "
            "set MAILLAGE_ENGINE_STORE"
        )
    place = store or urljoin(query, KINDS[kind].store or "")
    if address_parts(place).username:
        raise ValueError("user and password belong into MAILLAGE_ENGINE, not into the store")
    user = unquote(parts.username) if parts.username else None
    return Service(query, place, KINDS[kind], user, unquote(parts.password or ""), token)


def address_parts(address: str) -> SplitResult:
    """Return the parts of an http address; raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("an address begins with http:// or https:// and names a host")
    return parts
