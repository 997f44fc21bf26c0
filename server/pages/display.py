"""How terms are shown to people: labels instead of IRIs, and links that stay on this server."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from ontology import prefixes
from queries.describe import OURS
from server.engine.published import Snapshot
from server.language import DATA_LANGUAGES, Language
from server.language import mark as _

XSD = "http://www.w3.org/2001/XMLSchema#"
LINKED = re.compile(r"https?://", re.IGNORECASE)
LICENCE = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/([0-9.]+)/?")
LICENCES = {
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
    "https://rightsstatements.org/vocab/UND/1.0/": _("copyright undetermined"),
    "https://rightsstatements.org/vocab/InC/1.0/": _("in copyright"),
}
# What outside terms are called on our pages.
OUTSIDE = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": _("kind"),
    "http://www.w3.org/2000/01/rdf-schema#label": _("label"),
    "http://www.w3.org/2000/01/rdf-schema#comment": _("definition"),
    "http://www.w3.org/2000/01/rdf-schema#seeAlso": _("see also"),
    "http://www.w3.org/2004/02/skos/core#prefLabel": _("name"),
    "http://www.w3.org/2004/02/skos/core#altLabel": _("other name"),
    "http://www.w3.org/2004/02/skos/core#notation": _("code"),
    "http://www.w3.org/2004/02/skos/core#broader": _("broader"),
    "http://www.w3.org/2004/02/skos/core#narrower": _("narrower"),
    "http://www.w3.org/2004/02/skos/core#inScheme": _("code list"),
    "http://www.w3.org/2004/02/skos/core#topConceptOf": _("top of the code list"),
    "http://www.w3.org/2004/02/skos/core#hasTopConcept": _("top of the code list"),
    "http://www.w3.org/2004/02/skos/core#definition": _("definition"),
    "http://www.w3.org/2004/02/skos/core#exactMatch": _("same as"),
    "http://www.w3.org/2004/02/skos/core#closeMatch": _("close to"),
    "http://www.w3.org/2004/02/skos/core#Concept": _("code"),
    "http://www.w3.org/2004/02/skos/core#ConceptScheme": _("code list"),
    "http://purl.org/dc/terms/title": _("title"),
    "http://purl.org/dc/terms/description": _("description"),
    "http://purl.org/dc/terms/publisher": _("publisher"),
    "http://purl.org/dc/terms/license": _("licence"),
    "http://purl.org/dc/terms/source": _("source"),
    "http://purl.org/dc/terms/isReplacedBy": _("replaced by"),
    "http://www.w3.org/2002/07/owl#versionInfo": _("version"),
    "http://www.w3.org/2004/02/skos/core#member": _("holds"),
    "http://www.w3.org/2004/02/skos/core#relatedMatch": _("related to"),
    "http://www.w3.org/2004/02/skos/core#broadMatch": _("within"),
    "http://www.w3.org/2004/02/skos/core#narrowMatch": _("contains"),
    "http://www.w3.org/2004/02/skos/core#editorialNote": _("editor's note"),
    "http://purl.org/dc/terms/isPartOf": _("part of"),
    "http://purl.org/dc/terms/relation": _("related to"),
    "http://purl.org/dc/terms/creator": _("author"),
    "http://purl.org/dc/terms/date": _("date"),
    "http://rdf-vocabulary.ddialliance.org/xkos#ClassificationLevel": _("level of a code list"),
    "http://rdf-vocabulary.ddialliance.org/xkos#ExplanatoryNote": _("definition"),
    "http://rdf-vocabulary.ddialliance.org/xkos#plainText": _("text"),
    "http://www.w3.org/ns/dcat#version": _("version"),
    "http://purl.org/dc/terms/language": _("language"),
    "http://rdf-vocabulary.ddialliance.org/xkos#depth": _("depth"),
    "http://rdf-vocabulary.ddialliance.org/xkos#numberOfLevels": _("number of levels"),
    "http://rdf-vocabulary.ddialliance.org/xkos#levels": _("levels"),
    "http://rdf-vocabulary.ddialliance.org/xkos#supersedes": _("supersedes"),
}


@dataclass(frozen=True)
class Shown:
    """A term as it appears on a page."""

    text: str
    href: str | None = None
    lang: str | None = None
    title: str | None = None
    outside: bool = False
    number: bool = False


def licence_name(address: str, speech: Language) -> str:
    """Return the usual name of a licence, or else how its address ends."""
    if address in LICENCES:
        return speech.gettext(LICENCES[address])
    known = LICENCE.fullmatch(address)
    return f"CC {known[1].upper()} {known[2]}" if known else address.rpartition("/")[2] or address


class Shower:
    """Shows the terms of one release in one language."""

    def __init__(self, snapshot: Snapshot, speech: Language, prefix: str) -> None:
        self.snapshot = snapshot
        self.speech = speech
        self.prefix = prefix
        self.labels: dict[str, tuple[str, str]] = {}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The languages of the data, the page's own first, no language before foreign ones."""
        return (self.speech.code, "", *DATA_LANGUAGES)

    def learn(self, rows: Iterable[Mapping[str, Any]], thing: str = "thing") -> None:
        """Take labels from rows that have a thing and a label, and keep the best for each."""
        for row in rows:
            label = row.get("label")
            if label is None or thing not in row:
                continue
            iri, found = row[thing]["value"], (label.get("xml:lang", ""), label["value"])
            known = self.labels.get(iri)
            if known is None or self.rank(found[0]) < self.rank(known[0]):
                self.labels[iri] = found

    def rank(self, code: str) -> int:
        """Return how far a language is from the one of the page."""
        primary = code.partition("-")[0]
        return self.order.index(primary) if primary in self.order else len(self.order)

    def label(self, iri: str) -> tuple[str, str] | None:
        """Return the language and the text of the best label known."""
        if iri in self.labels:
            return self.labels[iri]
        if iri in OUTSIDE:
            return self.speech.code, self.speech.gettext(OUTSIDE[iri])
        named = self.snapshot.terms.get(iri)
        if not named:
            return None
        code = min(named, key=self.rank)
        return code, named[code]

    def iri(self, iri: str) -> Shown:
        """Show an IRI by its label, or shortened."""
        found = self.label(iri)
        lang = found[0] if found and found[0] not in ("", self.speech.code) else None
        text = found[1] if found else self.short(iri)
        local = self.snapshot.local(iri)
        if local is not None:
            return Shown(text, self.prefix + quote(local, safe="/#:@!$&'()*+,;=~%"), lang, iri)
        href = iri if LINKED.match(iri) else None
        return Shown(text, href, lang, iri, outside=href is not None)

    def short(self, iri: str) -> str:
        """Return an IRI as people write it."""
        for name, start in prefixes().items():
            if name not in OURS and iri.startswith(start) and len(iri) > len(start):
                return f"{name}:{iri[len(start) :]}"
        return iri.removeprefix(self.snapshot.base)

    def term(self, term: Mapping[str, Any] | None) -> Shown:
        """Show a term of the JSON results format."""
        if term is None:
            return Shown("")
        value = term["value"]
        match term["type"]:
            case "uri":
                return self.iri(value)
            case "literal" | "typed-literal":
                return self.literal(value, term.get("xml:lang"), term.get("datatype", ""))
            case "triple":
                return Shown("<< … >>", title=str(value))
        return Shown(f"_:{value}")

    def literal(self, value: str, lang: str | None, datatype: str) -> Shown:
        """Show a literal, in its language or as the page writes numbers and links."""
        if lang:
            return Shown(value, lang=lang if lang != self.speech.code else None)
        if datatype == f"{XSD}anyURI" and LINKED.match(value):
            return Shown(value, value, outside=True)
        if datatype in (f"{XSD}integer", f"{XSD}decimal", f"{XSD}double"):
            return self.amount(value)
        if datatype == f"{XSD}boolean":
            return Shown(self.speech.gettext(_("yes") if value == "true" else _("no")))
        return Shown(value)

    def amount(self, value: str) -> Shown:
        """Show a number as the language writes it."""
        try:
            return Shown(self.speech.number(Decimal(value)), title=value, number=True)
        except ArithmeticError:
            return Shown(value, number=True)

    def licence(self, address: str | None) -> Shown | None:
        """Show a licence by its usual name."""
        if not self.outside(address):
            return None
        return Shown(licence_name(address or "", self.speech), address, outside=True)

    def outside(self, address: str | None) -> str | None:
        """Return an address only if it is safe to follow."""
        return address if address and LINKED.match(address) else None
