"""Writes a small graph for a client, with the prefixes it uses and no others."""

import asyncio

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from queries.describe import own_prefixes
from server.answers.negotiate import ENGINE_TRIPLES, JSON, JSONLD, NTRIPLES, RDFXML, TURTLE

FORMATS = (TURTLE, JSONLD, NTRIPLES, RDFXML, JSON)


async def written(ntriples: bytes, media: str, base: str) -> bytes:
    """Return N-Triples in another format."""
    media = ENGINE_TRIPLES.get(media, media)
    if media == NTRIPLES:
        return ntriples
    return await asyncio.to_thread(convert, ntriples, media, base)


def convert(ntriples: bytes, media: str, base: str) -> bytes:
    """Read N-Triples and write them again."""
    triples = [quad.triple for quad in parse(ntriples, format=RdfFormat.N_TRIPLES)]
    return write(triples, media, base)


def write(triples: list[Triple], media: str, base: str) -> bytes:
    """Write triples in a format."""
    form = RdfFormat.from_media_type(ENGINE_TRIPLES.get(media, media))
    if form is None:
        raise ValueError(f"{media} is not a format of RDF")
    iris = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    iris |= {"http://www.w3.org/2001/XMLSchema#date"} if media != NTRIPLES else set()
    used = {
        name: start
        for name, start in own_prefixes(base).items()
        if any(iri.startswith(start) and iri != start for iri in iris)
    }
    return serialize(triples, format=form, prefixes=used) or b""
