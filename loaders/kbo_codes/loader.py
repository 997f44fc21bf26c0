"""Codes that the Crossroads Bank for Enterprises uses, with what the law did to legal forms."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

from bce_codes_to_label import joint_committees, legal_forms, mandate_functions
from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.concepts import LANGUAGES, concept, own_rows, scheme
from loaders.records.row import Row
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import DCTERMS, SKOS

FOLDER = Path(__file__).parent
PACKAGE = version("bce-codes-to-label")
VERSION = f"bce-codes-to-label {PACKAGE}"
SOURCES = (f"Python package bce-codes-to-label {PACKAGE}",)
LICENCE = "https://spdx.org/licenses/MIT"
LEGAL_FORM, COMMITTEE, FUNCTION = "kbo-legal-form", "joint-committee", "kbo-mandate-function"
FEDERAL_LEGAL_FORM = "http://vocab.belgif.be/auth/orgtype/CBE"

# The package abbreviates the kind of committee; a label has to read on its own.
WRITTEN_OUT = {
    "fr": (
        (re.compile(r"^SCP\b"), "Sous-commission paritaire"),
        (re.compile(r"^CP\b"), "Commission paritaire"),
    ),
    "nl": (
        (re.compile(r"\bPSC\b"), "paritair subcomité"),
        (re.compile(r"\bPC\b"), "paritair comité"),
    ),
    "de": (
        (re.compile(r"^die "), ""),
        (re.compile(r"p[.,] ?K[.,]", re.IGNORECASE), "paritätische Kommission"),
        (re.compile(r"p[.,] ?U[.,]", re.IGNORECASE), "paritätische Unterkommission"),
        (re.compile(r"p\. ?Hilfs"), "paritätische Hilfs"),
    ),
}


def describe() -> Triples:
    """Describe the three code lists."""
    yield from describe_legal_forms()
    yield from describe_joint_committees()
    yield from describe_mandate_functions()


def describe_legal_forms() -> Triples:
    """Describe legal forms; a form without a family in the table is an error."""
    titles = {
        "fr": "formes juridiques (BCE)",
        "nl": "rechtsvormen (KBO)",
        "de": "Rechtsformen (ZUD)",
        "en": "legal forms (CBE)",
    }
    yield from scheme(LEGAL_FORM, titles, VERSION, LICENCE, SOURCES)
    yield (
        identify.scheme(LEGAL_FORM),
        se.note,
        Literal(
            "The end of validity of a form is the day from which no enterprise could take it, "
            "for forms with a social purpose the day on which their presumed accreditation "
            "ended; the register goes on showing an abolished form until the articles change.",
            language="en",
        ),
    )
    forms = {code: labels_of(entry) for code, entry in legal_forms.codes.items()}
    for row in own_rows(FOLDER, "legal_forms_added.csv"):
        code = row.take("code")
        forms[code] = {language: row.take(f"label_{language}") for language in LANGUAGES}
        note = row.text("source_note", lang="en")
        yield identify.code(LEGAL_FORM, code), SKOS.editorialNote, note
    fates = {row.take("code"): row for row in own_rows(FOLDER, "legal_family.csv")}
    for code, labels in forms.items():
        yield from concept(LEGAL_FORM, code, labels)
        subject = identify.code(LEGAL_FORM, code)
        yield subject, SKOS.exactMatch, NamedNode(f"{FEDERAL_LEGAL_FORM}{code}")
        yield from describe_fate(subject, fates[code])


def describe_fate(subject: NamedNode, row: Row) -> Triples:
    """Describe the family of a legal form, when it can be taken and what replaces it."""
    yield subject, se.legalFamily, identify.code("legal-family", row.take("legal_family"))
    yield from row.validity(subject)
    for code in row.split("replaced_by"):
        yield subject, DCTERMS.isReplacedBy, identify.code(LEGAL_FORM, code)
    if note := row.optional_text("note", lang="en"):
        yield subject, se.note, note


def describe_joint_committees() -> Triples:
    """Describe joint committees and, below them, their subcommittees."""
    titles = {
        "fr": "commissions paritaires",
        "nl": "paritaire comités",
        "de": "paritätische Kommissionen",
        "en": "joint committees",
    }
    yield from scheme(COMMITTEE, titles, VERSION, LICENCE, SOURCES)
    for number, entry in joint_committees.codes.items():
        labels = {
            language: written_out(label, language) for language, label in labels_of(entry).items()
        }
        parent, sub = number[:3], number[3:]
        notation = f"{parent}.{sub}" if sub else parent
        yield from concept(COMMITTEE, notation, labels, parent if sub else None)


def written_out(label: str, language: str) -> str:
    """Return the label of a joint committee without abbreviations."""
    for short, long in WRITTEN_OUT.get(language, ()):
        label = short.sub(long, label)
    return label[:1].upper() + label[1:]


def describe_mandate_functions() -> Triples:
    """Describe the functions under which annual accounts name those who run an enterprise."""
    titles = {
        "fr": "fonctions dans une entreprise (BCE)",
        "nl": "functies in een onderneming (KBO)",
        "de": "Funktionen in einem Unternehmen (ZUD)",
        "en": "functions in an enterprise (CBE)",
    }
    yield from scheme(FUNCTION, titles, VERSION, LICENCE, SOURCES)
    rows = own_rows(FOLDER, "mandate_functions_en.csv")
    english = {row.take("code"): row.take("label_en") for row in rows}
    for code, entry in mandate_functions.codes.items():
        yield from concept(FUNCTION, code, {**labels_of(entry), "en": english[code]})


def labels_of(entry: dict[str, str]) -> dict[str, str]:
    """Return the labels that the package gives, by language."""
    found = {language: entry.get(f"label_{language}") for language in LANGUAGES}
    return {language: label for language, label in found.items() if label}
