"""The service description: the three tests that the W3C names and leaves to the reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ontology.outside import RDF
from tests.conformance.manifest import Case
from tests.conformance.outcome import PASS, Outcome, Verdict
from tests.conformance.protocol import no_graph
from tests.conformance.site import Endpoint, Reply

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
# The properties of the vocabulary, each with its domain and range, as its Recommendation has them.
# A range that is no class of the vocabulary is an IRI.
PROPERTIES = {
    "endpoint": ("Service", "IRI"),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "IRI"),
    "defaultSupportedEntailmentProfile": ("Service", "IRI"),
    "entailmentRegime": ("NamedGraph", "IRI"),
    "supportedEntailmentProfile": ("NamedGraph", "IRI"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", "format"),
    "inputFormat": ("Service", "format"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", "IRI"),
    "graph": ("NamedGraph", "Graph"),
}
CLASSES = {
    "Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime",
    "EntailmentProfile", "GraphCollection", "Dataset", "Graph", "NamedGraph",
}  # fmt: skip
INSTANCES = {
    "SPARQL10Query": "Language", "SPARQL11Query": "Language", "SPARQL11Update": "Language",
    "DereferencesURIs": "Feature", "UnionDefaultGraph": "Feature", "RequiresDataset": "Feature",
    "EmptyGraphs": "Feature", "BasicFederatedQuery": "Feature",
}  # fmt: skip
WIDER = {"Dataset": "GraphCollection"}
# Of https://www.w3.org/ns/formats/, those that an endpoint may answer in.
KNOWN_FORMATS = {
    "JSON-LD", "N-Quads", "N-Triples", "N3", "RDF_JSON", "RDF_XML", "RDFa", "TriG", "Turtle",
    "SPARQL_Results_CSV", "SPARQL_Results_JSON", "SPARQL_Results_TSV", "SPARQL_Results_XML",
}  # fmt: skip
ONCE = ("endpoint", "defaultDataset", "defaultGraph", "name", "graph")


def run(case: Case, site: Endpoint) -> Verdict:
    """Run one of the three tests."""
    address = f"{site.address}/sparql"
    fault = CHECKS[case.name](site.send("GET", "/sparql", {}), address)
    return Verdict(case, Outcome("fail", fault) if fault else PASS, required=True)


def returns_rdf(reply: Reply, _address: str) -> str | None:
    """A GET of the endpoint without a query returns RDF."""
    return f"the status is {reply.status}" if reply.status != 200 else no_graph(reply)


def has_endpoint(reply: Reply, address: str) -> str | None:
    """One service has the address asked as its endpoint."""
    endpoints = [t.object for t in graph(reply) if t.predicate.value == f"{SD}endpoint"]
    return None if endpoints == [NamedNode(address)] else f"the endpoints are {endpoints}"


def conforms(reply: Reply, _address: str) -> str | None:
    """The description uses the vocabulary as it is defined."""
    return next(faults(graph(reply)), None)


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint,
    "conforms-to-schema": conforms,
}


def graph(reply: Reply) -> list[Triple]:
    """Return the statements of an answer."""
    form = RdfFormat.from_media_type(reply.media)
    assert form is not None, reply.media
    return [quad.triple for quad in parse(reply.body, form)]


def faults(description: Sequence[Triple]) -> Iterator[str]:
    """Yield in words each breach of the vocabulary."""
    classes: dict[object, set[str]] = defaultdict(set)
    for triple in description:
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            name = triple.object.value.removeprefix(SD)
            classes[triple.subject] |= {name, WIDER.get(name, name)}
            yield from unknown_class(triple.object)
    if not any("Service" in known for known in classes.values()):
        yield "there is no sd:Service"
    seen: Counter[tuple[object, str]] = Counter()
    for triple in description:
        name = triple.predicate.value.removeprefix(SD)
        if name != triple.predicate.value:
            seen[triple.subject, name] += 1
            yield from misused(triple, name, classes)
    yield from miscounted(seen, classes)


def miscounted(
    seen: Counter[tuple[object, str]], classes: Mapping[object, set[str]]
) -> Iterator[str]:
    """Yield what is said more than once of a thing, and what is not said and must be."""
    for (subject, name), times in seen.items():
        if name in ONCE and times > 1:
            yield f"{subject} has {times} sd:{name}"
    for subject, known in classes.items():
        for kind, name in (("Service", "endpoint"), ("NamedGraph", "name")):
            if kind in known and not seen[subject, name]:
                yield f"{subject} is a sd:{kind} without sd:{name}"


def unknown_class(kind: NamedNode) -> Iterator[str]:
    """Yield a class that the vocabulary does not have."""
    name = kind.value.removeprefix(SD)
    if name != kind.value and name not in CLASSES:
        yield f"sd:{name} is no class"


def misused(triple: Triple, name: str, classes: Mapping[object, set[str]]) -> Iterator[str]:
    """Yield how a statement breaks the domain or the range of its property."""
    if name not in PROPERTIES:
        yield f"sd:{name} is no property"
        return
    domain, kind = PROPERTIES[name]
    if domain not in classes.get(triple.subject, ()):
        yield f"sd:{name}: {triple.subject} is no sd:{domain}"
    value = triple.object
    if isinstance(value, Literal) or (
        kind in ("IRI", "format") and not isinstance(value, NamedNode)
    ):
        yield f"sd:{name}: {value} is no IRI"
    elif kind == "format":
        known = str(value)[1:-1].removeprefix(FORMATS)
        if known not in KNOWN_FORMATS:
            yield f"sd:{name}: {value} is not in {FORMATS}"
    elif kind in CLASSES and kind not in classes.get(value, ()):
        own = str(value)[1:-1].removeprefix(SD)
        if INSTANCES.get(own) != kind:
            yield f"sd:{name}: {value} is no sd:{kind}"
