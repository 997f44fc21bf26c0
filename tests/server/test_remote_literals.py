"""What other engines keep of literals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from queries.release import Home
from tests.server.published import made, send
from tests.server.releases import REGISTER, point
from tests.server.running import serving
from tests.server.services import Remote, oxigraph, virtuoso

LITERALS = """
<{graph}> {{ <http://e.org/literals> <http://e.org/p>
  "2019-12-31"^^xsd:date , "2019-12-31T10:00:00Z"^^xsd:dateTime ,
  "2019-12-31T10:00:00"^^xsd:dateTime , "2019-12-31T10:00:00.5+02:00"^^xsd:dateTime ,
  "12.5"^^xsd:decimal , "0.1"^^xsd:decimal ,
  "12345678901234.25"^^xsd:decimal , 7 , -7 , 12345678901234567890 , 1.5E3 , true , false ,
  "2019"^^xsd:gYear , "2019-12"^^xsd:gYearMonth , "https://e.org/é?a=b&c=d"^^xsd:anyURI ,
  "été"@fr , "zomer"@nl , "Sommer"@de , "summer"@en , "colour"@en-gb ,
  "a \\"quoted\\" word" , "back\\\\slash" , "two\\nlines\\tand a tab" , "" , " " , "漢字 😀 œuvre" ,
  "<b>&amp;</b>" , "{long}" , <http://e.org/é> , "0471"
}}
"""

XSD = "http://www.w3.org/2001/XMLSchema#"
Term = tuple[str, str | None, str | None]
# Virtuoso keeps values, not how they were written, and whole numbers up to 64 bits.
NORMALISED: dict[Term, Term] = {
    ("1500", f"{XSD}double", None): ("1500.0", f"{XSD}double", None),
    ("1.5E3", f"{XSD}double", None): ("1500.0", f"{XSD}double", None),
    ("12345678901234567890", f"{XSD}integer", None): (
        "12345678901234567890", f"{XSD}decimal", None,
    ),
    ("2019-12-31T10:00:00.5+02:00", f"{XSD}dateTime", None): (
        "2019-12-31T10:00:00.500+02:00", f"{XSD}dateTime", None,
    ),
}  # fmt: skip


@pytest.fixture(params=["oxigraph", "virtuoso"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    """An empty service, for one test."""
    run = oxigraph if request.param == "oxigraph" else virtuoso
    with run(tmp_path / "service") as service:
        yield service


def test_literals_come_back_as_they_were(home: Home, remote: Remote) -> None:
    extra = LITERALS.format(graph=REGISTER, long="très long, " * 4_000)
    send(made(home, "r1", extra=extra), remote)
    point(home, "r1")
    own, other = (literals(home, settings) for settings in ({}, remote.settings))
    assert len(own[0]) == len(own[1]) == 31
    if remote.kind == "virtuoso":
        own = tuple({NORMALISED.get(term, term) for term in terms} for terms in own)
    assert other == own


def literals(home: Home, settings: dict[str, str]) -> tuple[set[Term], ...]:
    """Return what a server says of the literals, as rows and as triples."""
    subject = "<http://e.org/literals> ?p ?o"
    with serving(home, **settings) as site, site.client() as client:
        asked = {"query": f"SELECT ?o WHERE {{ {subject} }}", "format": "json"}
        rows = client.get("/sparql", params=asked).json()["results"]["bindings"]
        asked = {"query": f"CONSTRUCT WHERE {{ {subject} }}", "format": "nt"}
        body = client.get("/sparql", params=asked).content
    triples = parse(body, format=RdfFormat.N_TRIPLES)
    return (
        {(r["o"]["value"], r["o"].get("datatype"), r["o"].get("xml:lang")) for r in rows},
        {as_term(quad.object) for quad in triples},
    )


def as_term(term: object) -> Term:
    """Return a term as the rows have it."""
    if not isinstance(term, Literal):
        return str(term)[1:-1], None, None
    plain = term.language or term.datatype.value == f"{XSD}string"
    return term.value, None if plain else term.datatype.value, term.language
