"""The SPARQL 1.1 protocol: what a client may send, read into one plain question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.requests import Request

from server.answers.negotiate import (
    ENGINE_NAMES,
    ENGINE_TRIPLES,
    HTML,
    ROWS,
    SHORT_ROWS,
    SHORT_TRIPLES,
    SPARQL_JSON,
    TRIPLES,
    TURTLE,
    XLSX,
    choose,
)
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import duplicate, refuse_repeated, refuse_unknown
from server.sparql.glance import Judged
from server.sparql.precheck import judge, resolve

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
FORMAT = ("format", "output")
SEVERAL = ("default-graph-uri", "named-graph-uri")
KNOWN = ("query", *SEVERAL, *FORMAT, "timeout", "release")
# What common clients send beside, for other servers; it changes nothing in an answer of this one.
IDLE = ("results", "queryLn", "infer", "should-sponge", "debug")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """One query as a client sent it."""

    query: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    timeout: str | None = None
    format: str | None = None

    @property
    def names_graphs(self) -> bool:
        """Tell whether the request chooses its dataset itself."""
        return self.default_graphs is not None or self.named_graphs is not None


async def read_request(request: Request) -> Asked:
    """Read a request; raises ProblemError where it breaks the protocol."""
    if request.method == "GET" and (query := query_alone(request.scope["query_string"])):
        return Asked(query)
    given = pairs(request.scope["query_string"])
    if request.method == "POST":
        given += await read_body(request)
    names = [name for name, _value in given if name not in IDLE]
    if "update" in names:
        raise ProblemError("read-only-endpoint", _("A query is sent as query=, never as update=."))
    refuse_unknown(names, KNOWN)
    refuse_repeated(names, (*SEVERAL, *FORMAT))
    single = dict(given)
    return Asked(
        query=single.get("query", "").removeprefix("\ufeff") if "query" in single else None,
        default_graphs=several(given, "default-graph-uri"),
        named_graphs=several(given, "named-graph-uri"),
        timeout=single.get("timeout"),
        format=agreed_format(given),
    )


def query_alone(content: bytes) -> str | None:
    """Return the query of an address that holds nothing else, as most do; None for any other."""
    if not content.startswith(b"query=") or b"&" in content or b"%EF%BB%BF" in content.upper():
        return None
    return decoded(unquote_to_bytes(content[6:].replace(b"+", b" ")))


async def read_body(request: Request) -> Pairs:
    """Return the parameters in the body of a POST."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == FORM:
        return pairs(await request.body())
    if media == QUERY:
        return [("query", decoded(await request.body()))]
    if media == UPDATE:
        raise ProblemError("read-only-endpoint", _("SPARQL Update is not accepted here."))
    detail = _("The body is %(given)s; these are read: %(formats)s.")
    raise ProblemError(
        "unsupported-media-type", detail, given=media or "?", formats=f"{FORM}, {QUERY}"
    )


def decoded(content: bytes) -> str:
    """Return a text that must be UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        detail = _("The byte at position %(position)s does not belong to a text in UTF-8.")
        raise ProblemError("encoding", detail, position=error.start) from error


def pairs(content: bytes) -> Pairs:
    """Return parameters in the order they were sent."""
    text = decoded(content)
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1_000)
    except UnicodeDecodeError as error:
        raise ProblemError("encoding", _("A parameter is not written in UTF-8.")) from error
    except ValueError as error:
        raise ProblemError("bad-request", "%(message)s", message=str(error)) from error


def several(given: Pairs, name: str) -> tuple[str, ...] | None:
    """Return all values of a parameter; None when it is absent."""
    found = tuple(value for key, value in given if key == name)
    return found or None


def deadline(asked: Asked, limit: float) -> float:
    """Return how long a query may take, which may be less than the limit and never more."""
    if asked.timeout is None:
        return limit
    try:
        seconds = float(asked.timeout)
    except ValueError:
        seconds = -1
    if not 0 < seconds < float("inf"):
        detail = _("timeout is a number of seconds, for example %(example)s, not %(given)s.")
        raise ProblemError("bad-parameter", detail, example=5, given=asked.timeout[:40])
    if seconds > limit:
        detail = _("At most %(limit)s seconds can be asked for.")
        raise ProblemError("limit-refused", detail, limit=f"{limit:g}")
    return seconds


def chosen_format(asked: Asked, judged: Judged, accept: str | None) -> str:
    """Return the media type of the answer: the parameter format, or the Accept header."""
    short = SHORT_ROWS if judged.answers_rows else SHORT_TRIPLES
    offered = (*((*ROWS, XLSX) if judged.answers_rows else TRIPLES), HTML)
    if not asked.format:
        return choose(accept, offered)
    media = named_format(asked.format, short)
    if media not in offered:
        detail = _("The format %(given)s does not exist here; these do: %(formats)s.")
        known = ", ".join(short)
        raise ProblemError("bad-parameter", detail, given=asked.format[:40], formats=known)
    return media


def agreed_format(given: Pairs) -> str | None:
    """Return the format that is named; several names are no fault where all mean the same.

    >>> agreed_format([("format", "tsv"), ("format", "text/tab-separated-values")])
    'tsv'
    """
    names = [value for name, value in given if name in FORMAT and value.strip()]
    if names and not set.intersection(*map(meanings, names)):
        raise duplicate("format")
    return names[0] if names else None


def meanings(names: str) -> set[str]:
    """Return the media types that a format may mean; SPARQLWrapper lists several in one."""
    short = (SHORT_ROWS, SHORT_TRIPLES)
    return {named_format(name, one) for name in names.split(",") for one in short}


def named_format(given: str, short: Mapping[str, str]) -> str:
    """Return the media type that a client names, shortly or in full.

    >>> named_format("application/sparql-results json", {})
    'application/sparql-results+json'
    """
    # A plus sign that was not escaped in the address arrives as a blank.
    name = given.strip().lower().replace(" ", "+")
    return short.get(name, name)


def question(asked: Asked, judged: Judged, media: str, snapshot: Snapshot) -> Question:
    """Return what the worker is asked; raises ProblemError for a graph that is not here."""
    defaults, named = asked.default_graphs, asked.named_graphs
    base = snapshot.base
    if judged.graphs or asked.names_graphs:
        graphs = [resolve(base, iri) for iri in judged.graphs]
        check_graphs([*graphs, *(defaults or ()), *(named or ())], snapshot)
    if asked.names_graphs:
        defaults, named = (tuple(sorted(set(one or ()))) for one in (defaults, named))
    query, changing = asked.query or "", judged.changing
    if judged.answers_rows:
        rows = SPARQL_JSON if media == HTML else ENGINE_NAMES.get(media, media)
        return Question(query, rows, TURTLE, None, defaults, named, base, changing)
    form = TURTLE if media == HTML else ENGINE_TRIPLES.get(media, media)
    prefixes = {name: resolve(base, iri) for name, iri in judged.prefixes.items()}
    describes = judged.form == "DESCRIBE" and not judged.graphs
    return Question(
        query, SPARQL_JSON, form, prefixes or None, defaults, named, base, changing, describes
    )


def check_graphs(iris: Iterable[str], snapshot: Snapshot) -> None:
    """Refuse a graph that is not in the release: nothing is fetched from elsewhere."""
    for iri in iris:
        if iri not in snapshot.graphs:
            detail = _("There is no graph %(graph)s in this release.")
            raise ProblemError("unknown-graph", detail, graph=iri[:200])


def judged_query(asked: Asked) -> Judged:
    """Return what kind of query it is; raises ProblemError when there is none."""
    if asked.query is None:
        detail = _("The parameter query is missing, for example query=%(example)s.")
        raise ProblemError("missing-parameter", detail, example="ASK {?s ?p ?o}")
    return judge(asked.query)
