"""The platform's own code lists: one table per scheme, one row per concept."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.concepts import describe_concept, describe_scheme
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se
from ontology.outside import RDF, RDFS


def describe_accreditation_scheme(row: Row) -> Triples:
    """Describe one accreditation: where it holds, who may apply, what it requires and rules out."""
    yield from describe_concept(row)
    slug = row.table.name
    subject = identify.code(slug, row.take("code"))
    yield subject, RDF.type, se.AccreditationScheme
    yield subject, se.jurisdiction, identify.code(*row.take("jurisdiction").split(":", 1))
    for column, term in (("prerequisite", se.prerequisite), ("excludes", se.excludes)):
        for other in row.split(column):
            yield subject, term, identify.code(slug, other)
    for family in row.split("open_to"):
        yield subject, se.openTo, identify.code("legal-family", family)
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
