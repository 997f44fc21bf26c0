"""The structures of cubes as ``ontology/structures`` declares them, named by the vocabulary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pyoxigraph import Literal, NamedNode

import ontology
from ontology import NAMESPACE
from ontology.outside import RDFS
from queries.cubes.model import Component, Concept, Structure

DECLARED = "sesa.toml"


@dataclass(frozen=True)
class Design:
    """Who maintains the structures, their concepts, and the levels of the lists that they use.

    ``levels`` tells for each list which codes each of its levels has.
    """

    agency: str
    agency_names: Mapping[str, str]
    version: str
    issued: date
    concepts: Mapping[str, Concept]
    structures: Mapping[str, Structure]
    levels: Mapping[str, Mapping[str, re.Pattern[str]]]

    def reference(self, name: str) -> str:
        """Return the reference of a list or structure of this agency and version."""
        return f"{self.agency}:{name}({self.version})"


@cache
def design() -> Design:
    """Return what is declared."""
    declared = tomllib.loads(read(DECLARED))
    agency, version = declared["agency"], declared["version"]
    return Design(
        agency=agency,
        agency_names=declared["agency_names"],
        version=version,
        issued=declared["issued"],
        concepts={one: concept(one, term) for one, term in declared["concepts"].items()},
        structures={one["id"]: structure(declared, one) for one in declared["structures"]},
        levels={
            name: {level: re.compile(text) for level, text in levels.items()}
            for name, levels in declared["levels"].items()
        },
    )


def read(name: str) -> str:
    """Return the text of a file that declares structures or dataflows."""
    return files("ontology").joinpath("structures", name).read_text(encoding="utf-8")


def dataflows() -> dict[str, str]:
    """Return the texts that declare dataflows, by file name."""
    folder = files("ontology").joinpath("structures", "dataflows")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return {name: read(f"dataflows/{name}") for name in names}


def concept(name: str, term: str) -> Concept:
    """Return a concept with the names and definitions that the vocabulary has for its term."""
    texts: dict[NamedNode, dict[str, str]] = {RDFS.label: {}, RDFS.comment: {}}
    for triple in ontology.vocabulary():
        own = triple.subject == NamedNode(f"{NAMESPACE}{term}")
        if own and triple.predicate in texts and isinstance(triple.object, Literal):
            texts[triple.predicate][triple.object.language or ""] = triple.object.value
    return Concept(
        id=name,
        names=texts[RDFS.label],
        iri=f"{NAMESPACE}{term}",
        definitions=texts[RDFS.comment],
    )


def structure(declared: Mapping[str, Any], one: Mapping[str, Any]) -> Structure:
    """Return a structure: its dimensions, some with a list and a property of its own, and all else.

    Attributes that it leaves out are named under ``without``.
    """
    agency, version = declared["agency"], declared["version"]
    lists, properties = one.get("code_lists", {}), one.get("concepts", {})
    components = []
    for stated in declared["components"]:
        wanted = stated["role"] != "dimension" or stated["id"] in one["dimensions"]
        if not wanted or stated["id"] in one.get("without", ()):
            continue
        made = {**stated}
        if code_list := lists.get(made["id"], made.get("code_list")):
            made["code_list"] = f"{agency}:{code_list}({version})"
        if term := properties.get(made["id"]):
            made["iri"] = f"{NAMESPACE}{term}"
        components.append(Component.model_validate(made))
    return Structure(
        agency=agency, id=one["id"], version=version, names=one["names"],
        components=tuple(components),
    )  # fmt: skip
