"""What the tests of deliveries in RDF share: small files, delivered by one sender."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.records.codes import CodeBook
from loaders.records.source import find

SOURCE = find("partner_graphs-saw-b")
BASE = "https://w3id.org/maillage/"
OWN = f"{BASE}id/network/partner-graphs-saw-b-1"
GRAPH = f"{BASE}graph/partner_graphs-saw-b/2026"
NUMBER = f"{BASE}id/organisation/kbo-1900000069"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
SAID = f'<{OWN}> <{LABEL}> "Réseau"@fr .\n'
PREFIXES = (
    f"@prefix se: <{BASE}ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def xml(inner: str, head: str = "") -> str:
    return (
        f'{head}<rdf:RDF xmlns:rdf="{RDF}" xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
        f"{inner}</rdf:RDF>"
    )


def as_json(**said: object) -> str:
    return json.dumps({"@context": {"prefLabel": LABEL}, "@id": OWN, **said})


def delivered(folder: Path, **contents: str | bytes) -> Described:
    """Return what files say, named by argument: ``a_ttl`` is ``a.ttl``."""
    here = folder / "delivered"
    here.mkdir(exist_ok=True)
    for old in here.iterdir():
        old.unlink()
    for name, content in contents.items():
        encoded = content.encode() if isinstance(content, str) else content
        (here / name.replace("_", ".")).write_bytes(encoded)
    return describe(SOURCE, here, CodeBook())


def lines(folder: Path, **contents: str | bytes) -> list[str]:
    return delivered(folder, **contents).lines["public"]


def refused(folder: Path, slug: str, says: str = "", **contents: str | bytes) -> SourceError:
    """See that a delivery is refused for a reason, and return the error."""
    with pytest.raises(SourceError) as caught:
        delivered(folder, **contents)
    assert caught.value.reason.startswith(f"{slug}: "), caught.value
    assert says in caught.value.reason
    assert "Traceback" not in str(caught.value)
    return caught.value


def said(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> {value} .\n"
