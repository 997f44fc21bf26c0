"""How our keys become those of the national accounts of Eurostat and the United Nations.

Components are those that NA_MAIN (14 dimensions) and NA_SEC (18, none of them an activity) have
where they are served; codes of ours are named as theirs wherever they mean the same. What is not
confirmed yet is named in ``docs/sdmx.md``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from queries.cubes.model import CodeList, Collection, Names, Structure
from server.sdmx.artefacts import RepresentationMap, StructureMap

MAIN, SEC = "ESTAT:NA_MAIN(1.9)", "ESTAT:NA_SEC(1.9)"
COMMON = {
    one: one
    for one in (
        "FREQ", "REF_AREA", "REF_SECTOR", "ACCOUNTING_ENTRY", "STO", "UNIT_MEASURE",
        "PRICES", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "PRE_BREAK_VALUE",
        "COMMENT_OBS", "EMBARGO_TIME", "UNIT_MULT", "DECIMALS", "TITLE", "TABLE_IDENTIFIER",
        "COMPILING_ORG", "LAST_UPDATE",
    )
}  # fmt: skip
# Not adjusted, with the whole world and all sectors as counterpart, not transformed.
FIXED = {
    "ADJUSTMENT": "N", "COUNTERPART_AREA": "W2", "COUNTERPART_SECTOR": "S1", "INSTR_ASSET": "_Z",
    "EXPENDITURE": "_Z", "TRANSFORMATION": "N",
}  # fmt: skip
SECTORAL = {
    **FIXED, "CONSOLIDATION": "N", "MATURITY": "_Z", "CURRENCY_DENOM": "_Z", "VALUATION": "S",
}  # fmt: skip
# Perimeters overlap, and have no total.
ONE = {"SE_PERIMETER": "EU"}
# The codes that national accounts have, of the lists that hold others too: a code of ours that they
# do not know is not mapped, and so is no code that is added here without being named.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "STO": (
        "P1", "P11", "P12", "P13", "P2", "B1G", "P51C", "B1N", "D1", "D29", "D39", "B2A3G", "P51G",
        "EMP", "SAL", "SELF",
    ),
    "UNIT_MEASURE": ("EUR", "GBP", "PS", "JB", "FTE", "HW", "PN"),
}  # fmt: skip
KNOWN_NAMES: Names = {
    "fr": "Codes des comptes nationaux", "nl": "Codes van de nationale rekeningen",
    "de": "Codes der Volkswirtschaftlichen Gesamtrechnungen", "en": "Codes of national accounts",
}  # fmt: skip
TARGETS: tuple[tuple[str, str, Mapping[str, str], Mapping[str, str], Names], ...] = (
    (
        "NA_MAIN", MAIN, {"ACTIVITY": "ACTIVITY"}, FIXED,
        {"fr": "Vers NA_MAIN", "nl": "Naar NA_MAIN", "de": "Nach NA_MAIN", "en": "To NA_MAIN"},
    ),
    (
        "NA_SEC", SEC, {"SE_FAMILY": "CUST_BREAKDOWN"}, SECTORAL,
        {"fr": "Vers NA_SEC", "nl": "Naar NA_SEC", "de": "Nach NA_SEC", "en": "To NA_SEC"},
    ),
)  # fmt: skip


def maps(collection: Collection) -> list[StructureMap]:
    """Return the maps of each structure that has something to map: what is measured of whom."""
    found = []
    for structure in collection.structures.values():
        if measured(structure):
            found += [mapped(structure, collection, *target) for target in TARGETS]
    return found


def measured(structure: Structure) -> bool:
    """Tell whether a structure has something to map: what is measured of whom, and in what."""
    return {"STO", "REF_AREA", "UNIT_MEASURE"} <= {one.id for one in structure.dimensions}


def code_maps(collection: Collection) -> list[RepresentationMap]:
    """Return the maps of codes that the maps of structures refer to, one for each list."""
    found = {
        made.reference: made
        for structure in collection.structures.values() if measured(structure)
        for made in partly_known(structure, collection).values()
    }  # fmt: skip
    return [found[reference] for reference in sorted(found)]


def partly_known(structure: Structure, collection: Collection) -> dict[str, RepresentationMap]:
    """Return by dimension the map of its codes, where national accounts do not have them all."""
    return {
        one.id: code_map(collection.code_lists[one.code_list], KNOWN[one.id])
        for one in structure.dimensions if one.id in KNOWN and one.code_list
    }  # fmt: skip


def code_map(own: CodeList, known: Container[str]) -> RepresentationMap:
    """Return the map of the codes of a list that national accounts have."""
    return RepresentationMap(
        agency=own.agency, id=f"RM_{own.id}_NA", version=own.version, names=KNOWN_NAMES,
        source=own.reference, codes=tuple(one.id for one in own.codes if one.id in known),
    )  # fmt: skip


def mapped(
    structure: Structure,
    collection: Collection,
    name: str,
    target: str,
    own: Mapping[str, str],
    fixed: Mapping[str, str],
    names: Names,
) -> StructureMap:
    """Return the map of a structure to a target.

    A dimension that the target does not have is taken at its total: the target has no more. One
    without a total is taken at one code, or two observations would have the same key there.
    """
    known = {**COMMON, **own}
    same = {one.id: known[one.id] for one in structure.components if one.id in known}
    only = {}
    for one in structure.dimensions:
        codes = collection.code_lists[one.code_list].codes if one.code_list else ()
        wanted = ONE.get(one.id, "_T")
        if one.id not in known and any(code.id == wanted for code in codes):
            only[one.id] = wanted
    return StructureMap(
        agency=structure.agency, id=f"SM_{structure.id}_{name}", version=structure.version,
        names=names, source=structure.reference, target=target, same=same,
        known={one: made.reference for one, made in partly_known(structure, collection).items()},
        fixed=fixed, only=only,
    )  # fmt: skip
