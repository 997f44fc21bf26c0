"""All that the register says of one enterprise, as sorted lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from loaders.description.register import Packet
from loaders.kbo import lines, scope
from loaders.kbo.activities import describe_activities
from loaders.kbo.addresses import BELGIUM, COUNTRY, describe_addresses
from loaders.kbo.contacts import describe_direct, describe_pages
from loaders.kbo.identity import (
    ENTERPRISE,
    IS_ENTERPRISE,
    ROLE,
    describe_identifier,
    describe_nameless,
    describe_names,
)
from loaders.kbo.known import Codes
from loaders.kbo.scope import Batch, Enterprise
from loaders.kbo.standing import describe_form, describe_standing
from ontology import terms as se
from ontology.outside import RDF

ESTABLISHMENT = lines.stem("establishment")
IS_ESTABLISHMENT = lines.statement(RDF.type, se.Establishment)
OF = lines.predicate(se.establishmentOf)
VALID_FROM = lines.predicate(se.validFrom)


def packets(
    connection: duckdb.DuckDBPyConnection,
    known: Codes,
    keys: Iterable[str] | None = None,
) -> Iterator[Packet]:
    """Yield the packets of the enterprises in scope in the order of their numbers."""
    scope.choose(connection, keys)
    for batch in scope.batches(connection):
        for enterprise in batch.enterprises:
            public = sorted(set(describe(enterprise, batch, known)))
            partner = sorted(set(describe_for_partners(enterprise, batch)))
            yield Packet(enterprise.number, {"public": public, "partner": partner})


def describe(enterprise: Enterprise, batch: Batch, codes: Codes) -> Iterator[str]:
    """Yield what everyone may know of an enterprise, its establishments and branches."""
    number = enterprise.number
    subject = f"{ENTERPRISE}{number}>"
    for line in IS_ENTERPRISE:
        yield f"{subject}{line}"
    yield f"{subject}{ROLE}"
    yield f"{subject}{COUNTRY}{BELGIUM} ."
    yield from describe_identifier(subject, number, "kbo")
    yield from describe_form(subject, enterprise, codes)
    yield from describe_standing(subject, enterprise)
    named = list(describe_names(subject, batch.names.get(number, ())))
    yield from named or describe_nameless(subject, number)
    yield from describe_common(subject, number, batch, codes)
    for kind, rows in (
        ("kbo-establishment", batch.establishments),
        ("kbo-branch", batch.branches),
    ):
        for unit, start in rows.get(number, ()):
            yield from describe_establishment(subject, str(unit), start, kind, batch, codes)


def describe_establishment(
    enterprise: str, number: str, start: str | None, kind: str, batch: Batch, codes: Codes
) -> Iterator[str]:
    """Yield a place where an enterprise works; a branch is one of an enterprise from abroad."""
    subject = f"{ESTABLISHMENT}{number}>"
    yield f"{subject}{IS_ESTABLISHMENT}"
    yield f"{subject}{OF}{enterprise} ."
    if start:
        yield f'{subject}{VALID_FROM}"{start}"{lines.DATE} .'
    yield from describe_identifier(subject, number, kind)
    yield from describe_names(subject, batch.names.get(number, ()))
    yield from describe_common(subject, number, batch, codes)


def describe_common(subject: str, number: str, batch: Batch, codes: Codes) -> Iterator[str]:
    """Yield what any entity may have: addresses, activities, web pages."""
    if rows := batch.addresses.get(number):
        yield from describe_addresses(subject, number, rows, codes)
    if rows := batch.activities.get(number):
        yield from describe_activities(subject, number, rows, codes)
    if rows := batch.contacts.get(number):
        yield from describe_pages(subject, rows)


def describe_for_partners(enterprise: Enterprise, batch: Batch) -> Iterator[str]:
    """Yield the mail addresses and telephone numbers of an enterprise and its places."""
    number = enterprise.number
    if rows := batch.contacts.get(number):
        yield from describe_direct(f"{ENTERPRISE}{number}>", rows)
    for units in (batch.establishments, batch.branches):
        for unit, _ in units.get(number, ()):
            if rows := batch.contacts.get(str(unit)):
                yield from describe_direct(f"{ESTABLISHMENT}{unit}>", rows)
