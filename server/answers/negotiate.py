"""Which format a client gets: by suffix, by parameter, or by its Accept header with weights."""

from functools import lru_cache
from typing import Final, NamedTuple

from server.errors import ProblemError
from server.language import mark as _

# Clients send few different headers; those of the last ones are kept as they were read.
REMEMBERED: Final = 512
HTML = "text/html"
JSON = "application/json"
CSV = "text/csv"
TSV = "text/tab-separated-values"
SPARQL_JSON = "application/sparql-results+json"
SPARQL_XML = "application/sparql-results+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TURTLE = "text/turtle"
NTRIPLES = "application/n-triples"
JSONLD = "application/ld+json"
RDFXML = "application/rdf+xml"
TRIG = "application/trig"
NQUADS = "application/n-quads"

ROWS = (SPARQL_JSON, JSON, SPARQL_XML, CSV, TSV, "application/xml", "text/xml")
TRIPLES = (
    TURTLE, NTRIPLES, RDFXML, JSONLD, TRIG, NQUADS, "application/x-turtle", "text/n3",
    "text/plain", "application/xml", "text/xml", JSON, "application/x-trig", "text/x-nquads",
)  # fmt: skip
# How a client names them and how the engine does.
ENGINE_NAMES = {
    JSON: SPARQL_JSON, "application/xml": SPARQL_XML, "text/xml": SPARQL_XML, XLSX: SPARQL_JSON,
}  # fmt: skip
ENGINE_TRIPLES = {
    JSON: JSONLD, "application/xml": RDFXML, "text/xml": RDFXML, "application/x-turtle": TURTLE,
    "text/n3": TURTLE, "text/plain": NTRIPLES, "application/x-trig": TRIG, "text/x-nquads": NQUADS,
}  # fmt: skip
SHORT_ROWS = {
    "json": SPARQL_JSON, "srj": SPARQL_JSON, "xml": SPARQL_XML, "srx": SPARQL_XML, "csv": CSV,
    "tsv": TSV, "xlsx": XLSX, "html": HTML,
}  # fmt: skip
SHORT_TRIPLES = {
    "turtle": TURTLE, "ttl": TURTLE, "ntriples": NTRIPLES, "nt": NTRIPLES, "n-triples": NTRIPLES,
    "rdf": RDFXML, "rdf+xml": RDFXML, "xml": RDFXML, "rdfxml": RDFXML, "n3": TURTLE,
    "json": JSONLD, "json-ld": JSONLD, "jsonld": JSONLD, "trig": TRIG, "nquads": NQUADS,
    "n-quads": NQUADS, "nq": NQUADS, "html": HTML,
}  # fmt: skip
SUFFIXES = {
    ".ttl": TURTLE, ".nt": NTRIPLES, ".jsonld": JSONLD, ".rdf": RDFXML, ".html": HTML,
    ".csv": CSV, ".json": JSON, ".tsv": TSV, ".xml": SPARQL_XML, ".xlsx": XLSX,
}  # fmt: skip


class Range(NamedTuple):
    """One item of an Accept header."""

    kind: str
    subkind: str
    weight: float

    def fits(self, media: str) -> int:
        """Return how precisely a media type is meant: 0 not at all, 3 by name."""
        kind, _slash, subkind = media.partition("/")
        if (self.kind, self.subkind) == (kind, subkind):
            return 3
        if self.kind == kind and self.subkind == "*":
            return 2
        return 1 if self.kind == self.subkind == "*" else 0


@lru_cache(REMEMBERED)
def ranges(accept: str) -> list[Range]:
    """Read an Accept header; what cannot be read is left out."""
    found = []
    for item in accept.lower().split(","):
        media, *parameters = (part.strip() for part in item.split(";"))
        kind, slash, subkind = media.partition("/")
        weights = [one[2:] for one in parameters if one.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
        if slash and 0 <= weight <= 1:
            found.append(Range(kind, subkind, weight))
    return found


def choose(accept: str | None, offered: tuple[str, ...]) -> str:
    """Return the offered media type that a client likes best; the first one for any."""
    chosen = liked(accept or "*/*", offered)
    if chosen is None:
        detail = _("None of the formats asked for exists here; these do: %(formats)s.")
        raise ProblemError("not-acceptable", detail, formats=", ".join(offered))
    return chosen


@lru_cache(REMEMBERED)
def liked(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return the offered media type that an Accept header likes best; None for none of them."""
    wanted = ranges(accept) or ranges("*/*")
    best, chosen = 0.0, None
    for media in offered:
        fit, weight = max((one.fits(media), one.weight) for one in wanted)
        if fit and weight > best:
            best, chosen = weight, media
    return chosen


def prefers_html(accept: str | None) -> bool:
    """Tell a browser from a program, for pages that explain an error."""
    weights = {one.kind + "/" + one.subkind: one.weight for one in ranges(accept or "")}
    page = weights.get(HTML, 0)
    return page > 0 and page >= max(weights.values())


def split_suffix(path: str, *suffixes: str) -> tuple[str, str | None]:
    """Return a path without its format suffix, and the media type the suffix stands for."""
    for suffix in suffixes:
        if path.endswith(suffix) and len(path) > len(suffix):
            return path[: -len(suffix)], SUFFIXES[suffix]
    return path, None
