"""Structures read back into a collection: from SDMX-ML and SDMX-JSON of all versions.

Read by hand because pysdmx keeps English names only and needs all lists in the same file, and
sdmx1 knows neither version 3.1 nor structures in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from loaders.sdmx import structures_json, structures_ml
from loaders.sdmx.minting import code_iri, list_iri, property_iri
from loaders.sdmx.received import MessageError, Said
from queries.cubes.annotations import INVENTED, ISSUED, LICENCE, SAID, SOURCE, UPDATED
from queries.cubes.model import CodeList, Collection, Concept, Dataflow, Names, Structure

# What an artefact is told as between the two formats and here.
Told = Mapping[str, Any]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def read(content: bytes) -> Collection:
    """Return the structures of a message; MessageError where it is none."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if start.startswith(b"<"):
            told = structures_ml.told(content)
        else:
            told = structures_json.told(json.loads(content))
        return collection(told)
    except (ValidationError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise MessageError(f"no structures of cubes: {error!r}") from error


def collection(told: Told) -> Collection:
    """Return the collection that artefacts make."""
    lists = [code_list(one) for one in told["code_lists"]]
    concepts = {one["id"]: concept(one) for one in told["concepts"]}
    structures = [structure(one, concepts) for one in told["structures"]]
    flows = tuple(dataflow(one) for one in told["dataflows"])
    agency, names = next(iter(told["agencies"].items()), ("", {}))
    return Collection(
        agency=agency or first_agency((*structures, *lists)), agency_names=names,
        concepts=concepts,
        code_lists={one.reference: one for one in lists},
        structures={one.reference: one for one in structures}, dataflows=flows,
    )  # fmt: skip


def first_agency(artefacts: Iterable[Structure | CodeList]) -> str:
    """Return the agency of artefacts."""
    found = next(iter(artefacts), None)
    if found is None:
        raise MessageError("the message has no structure")
    return found.agency


def code_list(one: Told) -> CodeList:
    """Return a list of codes, with the day that its annotations give."""
    iri = one.get("iri") or list_iri(one["agency"], one["id"])
    codes = [{**code, "iri": code.get("iri") or code_iri(iri, code["id"])} for code in one["codes"]]
    own = {key: value for key, value in one.items() if key != "notes"}
    issued = next((note.value for note in one["notes"] if note.kind == ISSUED), None)
    return CodeList.model_validate({**own, "iri": iri, "codes": codes, "issued": issued})


def structure(one: Told, concepts: dict[str, Concept]) -> Structure:
    """Return a structure; a component that is not named as its concept gets one of its name."""
    components = []
    for part in one["components"]:
        name, identity = part["id"], part["concept"]
        if name not in concepts:
            if identity not in concepts:
                raise MessageError(f"{one['id']}: the concept of {name} is not in the message")
            own = {"id": name, "iri": property_iri(name)}
            concepts[name] = concepts[identity].model_copy(update=own)
        components.append({key: value for key, value in part.items() if key != "concept"})
    return Structure.model_validate({**one, "components": components})


def concept(one: Told) -> Concept:
    """Return a concept."""
    return Concept.model_validate({**one, "iri": one.get("iri") or property_iri(one["id"])})


def dataflow(one: Told) -> Dataflow:
    """Return a dataflow with what its annotations say."""
    notes: list[Said] = one["notes"]
    said = {note.kind: note.value for note in notes}
    updated = said.get(UPDATED)
    names: Names = one["names"]
    return Dataflow(
        agency=one["agency"], id=one["id"], version=one["version"], names=names,
        structure=one["structure"], descriptions=one.get("descriptions", {}),
        licence=said.get(LICENCE, ""),
        sources=tuple(note.value for note in notes if note.kind == SOURCE),
        texts={note.value: note.texts for note in notes if note.kind == SAID},
        synthetic=INVENTED in said,
        updated=datetime.fromisoformat(updated) if updated else NEVER,
        file=f"{one['id']}.parquet", observations=0,
    )  # fmt: skip
