"""The organisations that lists speak of: the number's own, or a local record to be linked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from pyoxigraph import Literal, NamedNode

from loaders.records import dates, identify
from loaders.records.layout import fold
from loaders.records.numbers import is_number, number_in
from loaders.records.row import Row
from loaders.records.source import Triples
from loaders.wording import Wording
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD

FRENCH = "fr"
KBO_LENGTH, SIREN_LENGTH, RNA_LETTER, KEY_LENGTH = 10, 9, "W", 16
QUARTER, HALF = 3, 6


@dataclass(frozen=True)
class Columns:
    """The columns of a layout that describe an organisation; empty where it has none."""

    numbers: tuple[str, ...]
    name: str
    key: str = ""
    legal_form: str = ""
    street: str = ""
    postcode: str = ""
    municipality: str = ""
    country: str = ""
    website: str = ""


LISTED = Columns(
    numbers=("enterprise_number",),
    name="name",
    legal_form="legal_form",
    street="street",
    postcode="postcode",
    municipality="municipality",
)


def scheme_of(number: str) -> tuple[str, str]:
    """Return the register that gave a verified number, and the number of the organisation in it.

    >>> scheme_of("73282932000074")
    ('siren', '732829320')
    """
    if number.startswith(RNA_LETTER):
        return "rna", number
    return ("kbo", number) if len(number) == KBO_LENGTH else ("siren", number[:SIREN_LENGTH])


def numbered(number: str) -> NamedNode:
    """Return the organisation that has a verified number."""
    return identify.thing("organisation", *scheme_of(number))


def number_of(row: Row, columns: Columns) -> str:
    """Return the verified number of a row's organisation, empty where it has none.

    A row whose cells give numbers of different organisations is refused.
    """
    cells = {name: row.get(name) or "" for name in columns.numbers}
    own = {scheme_of(cell) for cell in cells.values() if is_number(cell)}
    if len(own) > 1:
        told = " ≠ ".join(cell for cell in cells.values() if cell)
        reason = Wording(f"deux numéros différents : {told}", f"two different numbers: {told}")
        remedy = Wording("gardez le bon", "keep the right one")
        raise row.refusal(columns.numbers[-1], reason, remedy)
    return number_in(cells, columns.numbers)


def key_of(*texts: str | None) -> str:
    """Return a key made from texts, whatever their case and accents."""
    content = "\n".join(fold(text or "") for text in texts)
    return sha256(content.encode()).hexdigest()[:KEY_LENGTH]


def row_key(row: Row, columns: Columns) -> str:
    """Return what an organisation without number goes by among its sender's records."""
    if columns.key and (key := row.get(columns.key)):
        return key_of(key)
    telling = (columns.name, columns.postcode, columns.municipality)
    return key_of(*(row.get(name) for name in telling if name))


def organisation(row: Row, columns: Columns) -> NamedNode:
    """Return the organisation of a row: that of its number, else a record of the sender's own."""
    if number := number_of(row, columns):
        return numbered(number)
    return identify.thing("organisation", row.table.authority, row_key(row, columns))


def describe_organisation(row: Row, columns: Columns) -> Triples:
    """Describe the organisation of a row.

    One with a number is described by its register: of it the list says the number, and the name
    under which the sender knows it. One without number gets all that linking needs.
    """
    subject, name = organisation(row, columns), row.take(columns.name)
    yield subject, RDF.type, se.Organisation
    if columns.website and (page := row.get(columns.website)):
        yield subject, se.webPage, Literal(page, datatype=XSD.anyURI)
    if number := number_of(row, columns):
        yield subject, SKOS.altLabel, Literal(name, language=FRENCH)
        yield from identified(subject, number)
        for column in (columns.legal_form, columns.street, columns.postcode, columns.municipality):
            if column:
                row.get(column)
        return
    yield subject, SKOS.prefLabel, Literal(name, language=FRENCH)
    if columns.legal_form and (form := row.optional_code(columns.legal_form, "kbo-legal-form")):
        yield subject, se.legalForm, form
    yield from describe_address(row, subject, columns)


def identified(subject: NamedNode, number: str) -> Triples:
    """Yield the number of an organisation as its identifier, as the register itself does."""
    scheme, own = scheme_of(number)
    node = identify.thing("identifier", scheme, own)
    yield subject, se.identifiedBy, node
    yield node, RDF.type, se.Identifier
    yield node, se.identifierScheme, identify.code("identifier-scheme", scheme)
    yield node, SKOS.notation, Literal(own)


def describe_address(row: Row, subject: NamedNode, columns: Columns) -> Triples:
    """Describe where an organisation without number has its seat, as far as the row says."""
    parts = [
        (term, row.get(column) if column else None)
        for term, column in (
            (se.street, columns.street),
            (se.postalCode, columns.postcode),
            (se.locality, columns.municipality),
        )
    ]
    if not any(value for _, value in parts):
        return
    address = identify.thing("address", row.table.authority, row_key(row, columns))
    yield subject, se.address, address
    yield address, RDF.type, se.Address
    for term, value in parts:
        if value:
            yield address, term, Literal(value)


def named(
    row: Row, name: str, authority: str = ""
) -> tuple[NamedNode, list[tuple[NamedNode, NamedNode, NamedNode | Literal]]]:
    """Return an organisation that a cell only names, with its description."""
    subject = identify.thing("organisation", authority or row.table.authority, key_of(name))
    return subject, [
        (subject, RDF.type, se.Organisation),
        (subject, SKOS.prefLabel, Literal(name, language=FRENCH)),
    ]


def sender(row: Row) -> tuple[NamedNode, Triples]:
    """Return the organisation that sent the list, known by its short name until it is linked."""
    name = row.context.sender
    if not name:
        reason = Wording("l'expéditeur de la liste n'est pas connu", "the sender is not known")
        raise row.refusal("", reason, Wording("nommez-le à la livraison", "name it on delivery"))
    subject = identify.thing("organisation", "sender", name)
    return subject, iter(
        [
            (subject, RDF.type, se.Organisation),
            (subject, SKOS.prefLabel, Literal(name, language=FRENCH)),
        ]
    )


def held(row: Row, subject: NamedNode, seen: str | None = None) -> Triples:
    """Yield when something holds, from ``valid_from`` and ``valid_to``, whose day is included.

    Without a beginning it was seen on the day ``seen``, or on the first day of the delivery's
    period.
    """
    begin, end = row.get("valid_from"), row.get("valid_to")
    if begin and end and begin > end:
        reason = Wording(
            f"la fin précède le début ({begin})", f"the end is before the beginning ({begin})"
        )
        remedy = Wording("vérifiez les deux dates", "check both dates")
        raise row.refusal("valid_to", reason, remedy)
    after = following(end) if end else None
    yield from dates.validity(subject, begin, after, None)
    if not begin:
        yield subject, se.observedOn, dates.literal(seen_on(row, seen))


def following(moment: str) -> str:
    """Return the day, month or year after one, at which what it ends no longer holds.

    >>> following("2024-12"), following("2024-02-29"), following("2019")
    ('2025-01', '2024-03-01', '2020')
    """
    year, _, rest = moment.partition("-")
    if not rest:
        return f"{int(year) + 1}"
    if "-" in rest:
        return (date.fromisoformat(moment) + timedelta(days=1)).isoformat()
    return f"{int(year) + int(rest) // 12}-{int(rest) % 12 + 1:02d}"


def seen_on(row: Row, seen: str | None) -> date:
    """Return the day on which the row says that something held."""
    if seen:
        return date.fromisoformat(seen)
    if row.context.period:
        return first_day(row.context.period)
    reason = Wording(
        "ni début ni période de livraison", "neither a beginning nor a delivery period"
    )
    raise row.refusal("valid_from", reason, Wording("donnez le début", "give the beginning"))


def first_day(period: str) -> date:
    """Return the first day of a period such as 2026, 2026-Q3, 2026-S2, 2026-07 or 2026-07-31.

    >>> first_day("2026-Q3")
    datetime.date(2026, 7, 1)
    """
    year, _, rest = period.partition("-")
    if rest.startswith("Q"):
        return date(int(year), QUARTER * int(rest[1:]) - 2, 1)
    if rest.startswith("S"):
        return date(int(year), HALF * int(rest[1:]) - 5, 1)
    month, _, number = rest.partition("-")
    return date(int(year), int(month or 1), int(number or 1))
