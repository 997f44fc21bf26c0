"""Reads the W3C test manifests into plain cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from rdflib import RDF, RDFS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
# Where the suite is published: the relative addresses in its files are read against this.
PUBLISHED = "https://w3c.github.io/rdf-tests/"
KINDS = {
    "QueryEvaluationTest": "evaluation",
    "CSVResultFormatTest": "evaluation",
    "PositiveSyntaxTest": "positive",
    "PositiveSyntaxTest11": "positive",
    "NegativeSyntaxTest": "negative",
    "NegativeSyntaxTest11": "negative",
    "ProtocolTest": "protocol",
    "GraphStoreProtocolTest": "graph store",
    "ServiceDescriptionTest": "service description",
    "UpdateEvaluationTest": "update",
    "PositiveUpdateSyntaxTest": "update",
    "PositiveUpdateSyntaxTest11": "update",
    "NegativeUpdateSyntaxTest": "update",
    "NegativeUpdateSyntaxTest11": "update",
}
STORE = MF.GraphStoreProtocolTest
_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?(?:<([^>]*)>|(\w*:)(\w*))", re.IGNORECASE)
_PREFIX = re.compile(r"\bPREFIX\s+(\w*:)\s*<([^>]*)>", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """The content of a request or of an answer, and how it is encoded."""

    text: str
    encoding: str = "UTF-8"


@dataclass(frozen=True)
class Request:
    """One HTTP request of a protocol test, with what must come back."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: Body | None
    statuses: tuple[str, ...]
    answer_headers: tuple[tuple[str, str], ...] = ()
    answer: Body | None = None
    boolean: bool | None = None
    format: str | None = None
    location: str | None = None


@dataclass(frozen=True)
class Case:
    """One test: which suite it is of, and the files or the requests that make it."""

    suite: str
    name: str
    kind: str
    base: str
    query: Path | None = None
    data: tuple[tuple[str, Path], ...] = ()
    graphs: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None
    lax: bool = False
    requests: tuple[Request, ...] = ()

    @property
    def id(self) -> str:
        """Name that is unique in the whole run."""
        return f"{self.suite}/{self.name}"

    @property
    def content(self) -> bytes:
        """The query as it stands in its file."""
        assert self.query is not None
        return self.query.read_bytes()

    @property
    def text(self) -> str:
        """The query as text; raises UnicodeDecodeError (a ValueError) where it is not UTF-8."""
        return self.content.decode()


class Reader:
    """Reads one manifest of a checkout."""

    def __init__(self, root: Path, manifest: Path) -> None:
        self.root = root
        self.suite = manifest.parent.relative_to(root / "sparql").as_posix()
        self.base = f"{PUBLISHED}sparql/{self.suite}/"
        self.graph = Graph().parse(
            manifest, format="turtle", publicID=PUBLISHED + manifest.relative_to(root).as_posix()
        )

    def cases(self) -> Iterator[Case]:
        """Yield the tests in the order of the manifest; those without an action are left out."""
        lists: list[Any] = list(self.graph.objects(None, MF.entries))
        listed = [entry for entries in sorted(lists) for entry in Collection(self.graph, entries)]
        stores: list[Any] = list(self.graph.subjects(RDF.type, STORE))
        # The suite describes a test of HEAD that it forgets to list.
        for entry in dict.fromkeys([*listed, *sorted(stores)]):
            kinds = (str(kind).rpartition("#")[2] for kind in self.all(entry, RDF.type))
            kind = next((KINDS[name] for name in kinds if name in KINDS), None)
            if kind == "service description" or (kind and self.one(entry, MF.action)):
                yield self.case(entry, kind)

    def one(self, subject: Any, predicate: URIRef) -> Any:
        """Return the only object of a statement, or None."""
        return self.graph.value(subject, predicate)

    def all(self, subject: Any, predicate: URIRef) -> list[Any]:
        """Return the objects of a statement in a fixed order."""
        return sorted(self.graph.objects(subject, predicate))

    def listed(self, subject: Any, predicate: URIRef) -> list[Any]:
        """Return the members of a list."""
        found = self.one(subject, predicate)
        return [] if found is None else list(Collection(self.graph, found))

    def place(self, iri: str) -> Path:
        """Return the file that an address of the suite stands for."""
        return self.root / iri.removeprefix(PUBLISHED)

    def case(self, entry: Any, kind: str) -> Case:
        """Return one test."""
        name = re.split(r"[#/]", str(entry))[-1]
        bare = Case(self.suite, name, kind, self.base)
        action = self.one(entry, MF.action)
        if kind in ("update", "service description"):
            return bare
        if kind in ("protocol", "graph store"):
            requests = tuple(self.request(one) for one in self.listed(action, HT.requests))
            graphs = tuple(self.labelled(one) for one in self.all(entry, UT.graphData))
            return Case(self.suite, name, kind, self.base, graphs=graphs, requests=requests)
        query = self.one(action, QT.query) or action
        result = self.one(entry, MF.result)
        lax = self.one(entry, MF.resultCardinality) == MF.LaxCardinality
        data = tuple(self.named(one) for one in self.all(action, QT.data))
        graphs = tuple(self.named(one) for one in self.all(action, QT.graphData))
        place = self.place(query)
        case = Case(
            self.suite, name, kind, self.base, place, data, graphs,
            self.place(result) if isinstance(result, URIRef) else None, lax,
        )  # fmt: skip
        return case if data or graphs else self.with_dataset(case)

    def named(self, data: Any) -> tuple[str, Path]:
        """Return a file with the name of the graph that it becomes."""
        if isinstance(data, BNode):
            file = self.one(data, QT.graph)
            return str(self.one(data, RDFS.label) or file), self.place(file)
        return str(data), self.place(data)

    def labelled(self, data: Any) -> tuple[str, Path]:
        """Return a file of a protocol test with the name of its graph."""
        return str(self.one(data, RDFS.label)), self.place(self.one(data, UT.graph))

    def with_dataset(self, case: Case) -> Case:
        """Return a test whose data are those that its query names with FROM."""
        prefixes = dict(_PREFIX.findall(case.text))
        named = dict.fromkeys(
            urljoin(case.base, iri or prefixes.get(prefix, "") + local)
            for iri, prefix, local in _FROM.findall(case.text)
        )
        graphs = tuple((iri, self.place(iri)) for iri in named)
        return Case(
            case.suite, case.name, case.kind, case.base, case.query, (), graphs, case.result,
            case.lax,
        )  # fmt: skip

    def request(self, node: Any) -> Request:
        """Return one request of a protocol test."""
        answer = self.one(node, HT.resp)
        boolean = self.one(answer, MF.expectedBoolean)
        wanted = self.one(answer, MF.expectedFormat)
        location = self.one(answer, MF.expectedLocation)
        return Request(
            method=str(self.one(node, HT.methodName)),
            path=str(self.one(node, HT.absolutePath)),
            headers=self.headers(node),
            body=self.body(node),
            statuses=tuple(
                str(one).rpartition("#")[2] for one in self.all(answer, MF.expectedStatus)
            ),
            answer_headers=self.headers(answer),
            answer=self.body(answer),
            boolean=None if boolean is None else bool(boolean.toPython()),
            format=None if wanted is None else str(wanted),
            location=None if location is None else str(location),
        )

    def headers(self, node: Any) -> tuple[tuple[str, str], ...]:
        """Return header fields in their order."""
        return tuple(
            (str(self.one(one, HT.fieldName)), str(self.one(one, HT.fieldValue)))
            for one in self.listed(node, HT.headers)
        )

    def body(self, node: Any) -> Body | None:
        """Return the content of a message; None when it has none."""
        body = self.one(node, HT.body)
        if body is None:
            return None
        encoding = self.one(body, CNT.characterEncoding)
        return Body(str(self.one(body, CNT.chars)), str(encoding or "UTF-8"))


def cases(root: Path) -> list[Case]:
    """Return all tests of a checkout of rdf-tests, suite by suite.

    Only sparql/*/**/manifest*.ttl is read; a suite is named by its folder below sparql/.
    """
    found: dict[str, Case] = {}
    for manifest in sorted((root / "sparql").glob("*/*/manifest*.ttl")):
        for case in Reader(root, manifest).cases():
            found.setdefault(case.id, case)
    return list(found.values())
