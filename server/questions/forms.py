"""The form of a named question: one field per parameter, with the codes it may take."""

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from queries.catalogue import NamedQuery, Parameter
from server.engine.pool import Lease
from server.pages.description import asked
from server.pages.display import Shower

MOST_CHOICES = 300
KINDS = {"date": ("date", r"\d{4}-\d{2}-\d{2}"), "integer": ("number", r"-?\d+")}

CHOICES = f"""
SELECT ?thing ?notation ?label WHERE {{
  VALUES ?scheme {{ UNDEF }}
  ?thing skos:inScheme ?scheme ; skos:prefLabel ?label .
  OPTIONAL {{ ?thing skos:notation ?notation }}
}} LIMIT {4 * MOST_CHOICES}"""


@dataclass(frozen=True)
class Field:
    """One parameter as a form shows it."""

    parameter: Parameter
    value: str
    about: str
    kind: str
    choices: list[tuple[str, str]]


async def fields(
    lease: Lease, query: NamedQuery, values: dict[str, str], shower: Shower
) -> list[Field]:
    """Return the fields of a question, filled with values."""
    return [await field(lease, one, values.get(one.name, ""), shower) for one in query.parameters]


async def field(lease: Lease, parameter: Parameter, value: str, shower: Shower) -> Field:
    """Return the field of a parameter."""
    if parameter.scheme:
        # A code and its IRI mean the same; the choices are codes.
        value = value.removeprefix(f"{lease.snapshot.base}code/{parameter.scheme}/")
    about = parameter.about_fr if shower.speech.code == "fr" else parameter.about
    kind = kind_of_field(parameter, value)
    return Field(parameter, value, about, kind, await choices(lease, parameter, shower))


def kind_of_field(parameter: Parameter, value: str) -> str:
    """Return the kind of input; a value that does not fit it must still be seen to be mended."""
    kind, form = KINDS.get(parameter.type, ("text", ""))
    return kind if not value or re.fullmatch(form, value, re.ASCII) else "text"


async def choices(lease: Lease, parameter: Parameter, shower: Shower) -> list[tuple[str, str]]:
    """Return the codes that a parameter may take, with their labels; none for a long list."""
    if not parameter.scheme:
        return []
    base = lease.snapshot.base
    scheme = NamedNode(f"{base}code/{parameter.scheme}")
    rows = await asked(lease, CHOICES, scheme=scheme)
    shower.learn(rows)
    found = {row["thing"]["value"] for row in rows}
    if len(found) > MOST_CHOICES:
        return []
    start = f"{scheme.value}/"
    listed = [(iri.removeprefix(start), shower.iri(iri).text) for iri in found]
    return sorted(listed, key=lambda one: one[1].casefold())
