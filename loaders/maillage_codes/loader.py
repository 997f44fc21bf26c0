"""The platform's own code lists: one table per scheme, one row per concept."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode

from loaders import identify
from loaders.concepts import LANGUAGES, concept, scheme, texts
from loaders.row import Row
from loaders.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF, RDFS, SKOS


def describe_scheme(row: Row) -> Triples:
    """Describe one code list."""
    yield from scheme(
        row.take("scheme"),
        {language: row.take(f"title_{language}") for language in LANGUAGES},
        version=row.take("version"),
        licence=row.take("licence"),
        sources=row.split("source"),
    )


def describe_concept(row: Row) -> Triples:
    """Describe one code of the list that its table is named after."""
    slug, notation = row.table.name, row.take("code")
    labels = {language: row.get(f"label_{language}") for language in LANGUAGES}
    yield from concept(slug, notation, labels, row.get("broader"))
    definitions = {language: row.get(f"definition_{language}") for language in ("en", "fr")}
    yield from texts(identify.code(slug, notation), SKOS.definition, definitions)


def describe_accreditation_scheme(row: Row) -> Triples:
    """Describe one accreditation: where it holds, what it requires, what it rules out."""
    yield from describe_concept(row)
    slug = row.table.name
    subject = identify.code(slug, row.take("code"))
    yield subject, RDF.type, se.AccreditationScheme
    yield subject, se.jurisdiction, identify.code(*row.take("jurisdiction").split(":", 1))
    for column, term in (("prerequisite", se.prerequisite), ("excludes", se.excludes)):
        for other in row.split(column):
            yield subject, term, identify.code(slug, other)
    yield from row.validity(subject)
    if basis := row.get("legal_basis"):
        yield subject, se.note, Literal(f"Legal basis: {basis}.", language="en")
    if eli := row.get("eli"):
        yield subject, RDFS.seeAlso, NamedNode(eli)
    if note := row.optional_text("note", lang="en"):
        yield subject, se.note, note


TABLES: dict[str, Describe] = {
    **{file.stem: describe_concept for file in sorted(Path(__file__).parent.glob("*.csv"))},
    "schemes": describe_scheme,
    "accreditation-scheme": describe_accreditation_scheme,
}
