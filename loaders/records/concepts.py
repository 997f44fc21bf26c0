"""Concept schemes and concepts as triples: what every loader of code lists yields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.row import Context, Row
from loaders.records.source import Triples
from loaders.records.tables import Table, read
from ontology.outside import DCAT, DCTERMS, OWL, RDF, SKOS, XKOS, XSD

LANGUAGES = ("fr", "nl", "de", "en")


def texts(subject: NamedNode, predicate: NamedNode, labels: Mapping[str, str | None]) -> Triples:
    """Yield one literal per language that has a text, spaces evened out."""
    for language, text in labels.items():
        if text and text.strip():
            yield subject, predicate, Literal(" ".join(text.split()), language=language)


def scheme(
    slug: str,
    titles: Mapping[str, str | None],
    version: str,
    licence: str,
    sources: Iterable[str] = (),
) -> Triples:
    """Yield a concept scheme with what makes its codes citable: version, licence, source."""
    subject = identify.scheme(slug)
    yield subject, RDF.type, SKOS.ConceptScheme
    yield from texts(subject, DCTERMS.title, titles)
    yield subject, OWL.versionInfo, Literal(version)
    yield subject, DCTERMS.license, NamedNode(licence)
    for source in sources:
        link = source.startswith(("https://", "http://"))
        yield subject, DCTERMS.source, NamedNode(source) if link else Literal(source)


def concept(
    slug: str, notation: str, labels: Mapping[str, str | None], broader: str | None = None
) -> Triples:
    """Yield a concept of a scheme, below a broader one or at the top."""
    subject = identify.code(slug, notation)
    within = identify.scheme(slug)
    yield subject, RDF.type, SKOS.Concept
    yield subject, SKOS.inScheme, within
    yield subject, SKOS.notation, Literal(notation)
    yield from texts(subject, SKOS.prefLabel, labels)
    if broader:
        yield subject, SKOS.broader, identify.code(slug, broader)
    else:
        yield subject, SKOS.topConceptOf, within
        yield within, SKOS.hasTopConcept, subject


def defined(subject: NamedNode, texts: Mapping[str, str | None], version: str) -> Triples:
    """Yield what defines a code, by language, as XKOS has it: a note with a version of its own.

    Its version is the major number of that of its list: below it, what codes mean stays.
    """
    for language, text in texts.items():
        if not (text and text.strip()):
            continue
        note = identify.definition(subject, version, language)
        yield subject, SKOS.definition, note
        yield note, RDF.type, XKOS.ExplanatoryNote
        yield note, XKOS.plainText, Literal(text, language=language)
        yield note, DCTERMS.language, Literal(language, datatype=XSD.language)
        yield note, DCAT.version, Literal(int(version.partition(".")[0]))


def beginning(day: date) -> Literal:
    """Return the first moment of a day."""
    return Literal(f"{day.isoformat()}T00:00:00", datatype=XSD.dateTime)


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


def own_rows(folder: Path, file: str) -> Iterator[Row]:
    """Yield the rows of a small table that a generator keeps beside its loader."""
    table = Table(name=Path(file).stem, file=file)
    for record in read(table, folder / file):
        yield Row(table, record, Context())
