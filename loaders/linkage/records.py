"""Records to compare: what a list or a register says of one organisation."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import RDF, SKOS

ORGANISATION = f"{DEFAULT_BASE}id/organisation/"
REGISTERED = re.compile(rf"^{re.escape(ORGANISATION)}kbo-(\d{{10}})$", re.ASCII)
FORM = f"{DEFAULT_BASE}code/kbo-legal-form/"
FAMILY = f"{DEFAULT_BASE}code/legal-family/"
BELGIUM = f"{DEFAULT_BASE}code/country/BE"


@dataclass(frozen=True)
class Place:
    """Where a record says that an organisation is: one address, as written."""

    street: str = ""
    postcode: str = ""
    municipalities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One organisation as one source describes it.

    ``id`` is its path below ``id/``; ``number`` its enterprise number where it has one; ``form``
    a code of the register's legal forms, ``family`` a legal family; ``contacts`` are web pages,
    mail addresses and telephone numbers.
    """

    id: str
    source: str
    names: tuple[str, ...]
    places: tuple[Place, ...] = ()
    form: str = ""
    family: str = ""
    contacts: tuple[str, ...] = ()
    number: str = ""
    visibility: str = "public"

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when what is compared changes."""
        said = {key: value for key, value in asdict(self).items() if key != "visibility"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ListGraph:
    """A built graph of a list: its source, its visibility and its N-Triples file."""

    source: str
    visibility: str
    file: Path


@dataclass
class _Said:
    """The statements about one subject that matter here."""

    organisation: bool = False
    names: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


WANTED = (
    se.address, se.street, se.postalCode, se.locality, se.municipality, se.legalForm,
    se.legalFamily, se.country, se.webPage, SKOS.prefLabel, SKOS.altLabel, RDF.type,
)  # fmt: skip


def read_records(graphs: Iterable[ListGraph]) -> list[Record]:
    """Return the organisations of list graphs, ordered by source and id.

    What a source says of one organisation at several visibilities is one record, as visible as
    the widest of them. Organisations of other countries than Belgium are left out.
    """
    said: dict[str, dict[str, _Said]] = defaultdict(lambda: defaultdict(_Said))
    visibility: dict[tuple[str, str], str] = {}
    for graph in sorted(graphs, key=lambda one: (one.source, one.visibility != "public")):
        for subject in read_statements(graph.file, said[graph.source]):
            visibility.setdefault((graph.source, subject), graph.visibility)
    return [
        record
        for source, subjects in sorted(said.items())
        for subject, found in sorted(subjects.items())
        if found.organisation and found.names
        for record in made(source, subject, subjects, visibility[source, subject])
    ]


def read_statements(file: Path, said: dict[str, _Said]) -> Iterator[str]:
    """Add what a file says to what is known by subject; yield each organisation in it."""
    wanted = re.compile("^<[^>]*> (?:" + "|".join(re.escape(str(p)) for p in WANTED) + ") ")
    with file.open(encoding="utf-8", newline="\n") as stream:
        lines = "".join(line for line in stream if wanted.match(line))
    for quad in parse(lines, format=RdfFormat.N_TRIPLES):
        subject, value = quad.subject, quad.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        entry = said[subject.value]
        if quad.predicate == RDF.type:
            if value == se.Organisation and subject.value.startswith(ORGANISATION):
                entry.organisation = True
                yield subject.value
        elif quad.predicate in (SKOS.prefLabel, SKOS.altLabel):
            entry.names.append(value.value)
        else:
            entry.values[quad.predicate.value].append(value.value)


def made(
    source: str, subject: str, subjects: dict[str, _Said], visibility: str
) -> Iterator[Record]:
    """Yield the record of a subject, unless it lies in another country."""
    said = subjects[subject]
    countries = set(said.values[se.country.value])
    if countries and BELGIUM not in countries:
        return
    forms = [v for v in said.values[se.legalForm.value] if v.startswith(FORM)]
    families = said.values[se.legalFamily.value]
    registered = REGISTERED.match(subject)
    yield Record(
        id=subject.removeprefix(f"{DEFAULT_BASE}id/"),
        source=source,
        names=tuple(sorted(set(said.names))),
        places=tuple(places(said, subjects)),
        form=min(forms).removeprefix(FORM) if forms else "",
        family=min(families).removeprefix(FAMILY) if families else "",
        contacts=tuple(sorted(set(said.values[se.webPage.value]))),
        number=registered[1] if registered else "",
        visibility=visibility,
    )


def places(said: _Said, subjects: dict[str, _Said]) -> Iterator[Place]:
    """Yield the addresses of an organisation, in the order of their IRIs."""
    for iri in sorted(set(said.values[se.address.value])):
        address = subjects[iri].values if iri in subjects else {}
        yield Place(
            street=" ".join(sorted(address.get(se.street.value, []))),
            postcode=min(address.get(se.postalCode.value, [""])),
            municipalities=tuple(sorted(set(address.get(se.locality.value, [])))),
        )
