"""A hand-made release: small, with one of everything that the pages show."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

import ontology
from queries.release import Home

BASE = "https://w3id.org/maillage/"
VOCABULARY = f"{BASE}graph/vocabulary"
REPORT = f"{BASE}graph/report2019/2019"
REGISTER = f"{BASE}graph/register/2020"
CODES = f"{BASE}graph/codes/current"
TITLES = {
    VOCABULARY: ("The vocabulary", "Le vocabulaire"),
    REPORT: ("Annual report 2019", "Rapport d'activité 2019"),
    REGISTER: ("Register of federations", "Registre des fédérations"),
    CODES: ("Code lists", "Listes de codes"),
}
PREFIXES = """
@prefix se: <https://w3id.org/maillage/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix org: <https://w3id.org/maillage/id/organisation/> .
@prefix membership: <https://w3id.org/maillage/id/membership/> .
@prefix identifier: <https://w3id.org/maillage/id/identifier/> .
@prefix mandate: <https://w3id.org/maillage/id/mandate/> .
@prefix role: <https://w3id.org/maillage/code/ecosystem-role/> .
@prefix code: <https://w3id.org/maillage/code/> .
@prefix graph: <https://w3id.org/maillage/graph/> .
"""
DATA = f"""{PREFIXES}
<{REPORT}> {{
  org:umbrella a se:UmbrellaOrganisation, se:Federation, se:Organisation ;
    skos:prefLabel "Fédération de démonstration"@fr , "Demonstration federation"@en ;
    skos:altLabel "FéDé"@fr ; se:ecosystemRole role:federation ;
    se:foundedOn "1981-03-02"^^xsd:date ; se:identifiedBy identifier:umbrella ;
    se:webPage "https://example.org/"^^xsd:anyURI , "javascript:alert(1)"^^xsd:anyURI ;
    dcterms:description "<script>alert('x')</script> & co"@fr ; se:locator "L.1-4" .
  identifier:umbrella a se:Identifier ; skos:notation "0400123456" .
  org:bakery a se:Enterprise, se:Organisation ; skos:prefLabel "Boulangerie coopérative"@fr ;
    skos:altLabel "Bakkerij"@nl ; se:ecosystemRole role:enterprise .
  org:nameless a se:Organisation .
  membership:1 a se:FederationMembership ; se:member org:bakery ; se:memberOf org:umbrella ;
    se:observedOn "2019-12-31"^^xsd:date ; se:locator "L.12" .
  membership:2 a se:FederationMembership ; se:member org:dutch ; se:memberOf org:umbrella ;
    se:validFrom "2015-01-01"^^xsd:date .
  org:dutch a se:Enterprise, se:Organisation ; skos:prefLabel "Alleen Nederlands"@nl .
  mandate:1 a se:Mandate ; se:holder org:umbrella .
}}
<{REGISTER}> {{
  org:umbrella a se:UmbrellaOrganisation, se:Federation, se:Organisation ;
    skos:prefLabel "Fédération de démonstration"@fr .
  org:merged dcterms:isReplacedBy org:umbrella .
}}
<{CODES}> {{
  code:ecosystem-role a skos:ConceptScheme ; skos:prefLabel "rôle"@fr , "role"@en ;
    owl:versionInfo "1" .
  role:federation a skos:Concept ; skos:inScheme code:ecosystem-role ;
    skos:notation "federation" ; skos:prefLabel "fédération"@fr , "federation"@en .
  role:umbrella a skos:Concept ; skos:inScheme code:ecosystem-role ; skos:notation "umbrella" ;
    skos:broader role:federation ; skos:prefLabel "faîtière"@fr , "umbrella"@en .
  role:enterprise a skos:Concept ; skos:inScheme code:ecosystem-role ;
    skos:notation "enterprise" ; skos:prefLabel "entreprise"@fr , "enterprise"@en .
}}
"""


def quads(extra: str = "", filler: int = 0) -> list[Quad]:
    """Return the statements of a release in their graphs."""
    found = list(parse(DATA, format=RdfFormat.TRIG))
    if extra:
        found += parse(PREFIXES + extra, format=RdfFormat.TRIG)
    found += [
        Quad(t.subject, t.predicate, t.object, NamedNode(VOCABULARY)) for t in ontology.vocabulary()
    ]
    register = NamedNode(REGISTER)
    for number in range(filler):
        subject = NamedNode(f"{BASE}id/filler/{number}")
        found.append(Quad(subject, NamedNode(f"{BASE}ns#note"), subject, register))
    return found


def make(home: Home, name: str, *, extra: str = "", filler: int = 0, partner: str = "") -> Path:
    """Write a release, with a partner tier where there is something for it; return its folder."""
    folder = home.releases / name
    (folder / "public").mkdir(parents=True)
    statements = quads(extra, filler)
    store = Store(str(folder / "public" / "store"))
    store.bulk_extend(statements)
    store.bulk_extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in statements)
    store.flush()
    del store
    by_graph: dict[str, list[Quad]] = {}
    for quad in statements:
        by_graph.setdefault(str(quad.graph_name)[1:-1], []).append(quad)
    graphs = [write_graph(folder, iri, held) for iri, held in by_graph.items()]
    write_dumps(folder, statements)
    write_report(folder)
    tiers = {"public": {"quads": len(statements), "sha256": "0" * 64}}
    if partner:
        tiers["partner"], added = write_partners(folder, partner, len(statements))
        graphs += added
    manifest = {
        "id": name,
        "created": "2026-11-01T10:00:00+00:00",
        "parent": None,
        "base": BASE,
        "version": "0.1.0",
        "graphs": graphs,
        "tiers": tiers,
        "counts": {},
        "timings": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def write_partners(
    folder: Path, text: str, public: int
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Write what only partners see, on top of the public store; return its size and graphs."""
    statements = list(parse(PREFIXES + text, format=RdfFormat.TRIG))
    place = folder / "partner" / "store"
    place.parent.mkdir()
    Store(str(folder / "public" / "store")).backup(str(place))
    store = Store(str(place))
    store.bulk_extend(statements)
    store.bulk_extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in statements)
    store.flush()
    del store
    by_graph: dict[str, list[Quad]] = {}
    for quad in statements:
        by_graph.setdefault(str(quad.graph_name)[1:-1], []).append(quad)
    added = [write_graph(folder, iri, held, "partner") for iri, held in by_graph.items()]
    write_dumps(folder / "partner", statements, "partner")
    return {"quads": public + len(statements), "sha256": "0" * 64}, added


def write_graph(
    folder: Path, iri: str, held: list[Quad], visibility: str = "public"
) -> dict[str, object]:
    """Write the dump of one graph and return its entry in the manifest."""
    path = iri.removeprefix(f"{BASE}graph/")
    source, _slash, delivery = path.partition("/")
    suffix = "" if visibility == "public" else f".{visibility}"
    name = f"{source}.{delivery or 'current'}{suffix}.nq.gz"
    content = "".join(f"{quad} .\n" for quad in held).encode()
    dumps = folder / "dumps" if visibility == "public" else folder / visibility / "dumps"
    place = dumps / "graphs" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(gzip.compress(content, mtime=0))
    title, title_fr = TITLES.get(iri, (path, path))
    return {
        "iri": iri, "source": source, "delivery": delivery or "current", "visibility": visibility,
        "triples": len(held), "sha256": hashlib.sha256(content).hexdigest(), "title": title,
        "title_fr": title_fr, "publisher": "Observatoire de démonstration", "period": "2019",
        "licence": "https://creativecommons.org/licenses/by/4.0/", "file": name,
    }  # fmt: skip


def write_dumps(folder: Path, statements: list[Quad], tier: str = "public") -> None:
    """Write the dump of the whole and the checksums; and a file that nobody may have."""
    dumps = folder / "dumps"
    content = "".join(f"{quad} .\n" for quad in statements).encode()
    (dumps / f"{tier}.nq.gz").write_bytes(gzip.compress(content, mtime=0))
    lines = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(dumps)}\n"
        for file in sorted(dumps.rglob("*.gz"))
    )
    (dumps / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
    (dumps / "graphs" / "secret.2019.confidential.nq.gz").write_bytes(b"secret")


def write_report(folder: Path) -> None:
    """Write a report of the gate."""
    quality = folder / "quality"
    quality.mkdir()
    (quality / "report.txt").write_text("conforms\n", encoding="utf-8")
    (quality / "report.json").write_text('{"conforms": true}', encoding="utf-8")


def point(home: Home, name: str) -> None:
    """Make a release the current one, as publishing does."""
    link = home.path / ".current-test"
    link.symlink_to(Path("releases") / name)
    link.replace(home.current)
