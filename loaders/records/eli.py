"""Legal texts that a list names by their ELI address only."""

from __future__ import annotations

import re
from datetime import date

from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.row import Row
from loaders.records.source import Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

ELI = re.compile(r"https?://[^/]+/eli/([a-z\-]+)/(\d{4})/(\d{2})/(\d{2})/([^/?#]+)")
# The kinds of text in Belgian ELI addresses: the code of legal-type, and the name in French.
KINDS = {
    "decret": ("decree", "Décret"),
    "loi-decret": ("decree", "Décret"),
    "ordonnance": ("ordinance", "Ordonnance"),
    "loi": ("law", "Loi"),
    "arrete": ("government-order", "Arrêté"),
    "arrete-royal": ("royal-decree", "Arrêté royal"),
    "code": ("code", "Code"),
}
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def describe_legal_basis(row: Row, subject: NamedNode, address: str) -> Triples:
    """Describe the text behind an ELI address, of which the address tells kind and date.

    An address that is no ELI of a known kind stays as a note.
    """
    match = ELI.match(address)
    if match is None or match[1] not in KINDS:
        row.remark(
            Wording("n'est pas une adresse ELI connue", "is no known ELI address"),
            "legal_basis_eli",
            Wording("gardée comme note", "kept as a note"),
        )
        yield subject, se.note, Literal(f"base légale : {address}", language="fr")
        return
    kind, name = KINDS[match[1]]
    day = date(int(match[2]), int(match[3]), int(match[4]))
    text = identify.thing("legal-resource", "eli", "-".join(match.groups()))
    label = f"{name} du {'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"
    yield subject, se.legalBasis, text
    yield text, RDF.type, se.LegalResource
    yield text, SKOS.prefLabel, Literal(label, language="fr")
    yield text, se.legalType, row.concept("legal-type", kind)
    yield text, se.eli, Literal(address, datatype=XSD.anyURI)
    yield text, DCTERMS.date, Literal(day.isoformat(), datatype=XSD.date)
