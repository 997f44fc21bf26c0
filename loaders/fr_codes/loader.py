"""The lists are written like the platform's own; a legal category also names its family."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.records import identify
from loaders.records.concepts import describe_concept, describe_scheme
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from ontology import terms as se


def describe_category(row: Row) -> Triples:
    """Describe one legal category and the legal family to which it belongs."""
    yield from describe_concept(row)
    subject = identify.code(row.table.name, row.take("code"))
    yield subject, se.legalFamily, identify.code("legal-family", row.take("legal_family"))


TABLES: Mapping[str, Describe] = {
    "schemes": describe_scheme,
    "insee-legal-category": describe_category,
    "insee-headcount-band": describe_concept,
}
