"""How our keys become those of the national accounts of Eurostat and the United Nations.

Components are those that NA_MAIN (14 dimensions) and NA_SEC (18, none of them an activity) have
where they are served; codes of ours are named as theirs wherever they mean the same. What is not
confirmed yet is named in ``docs/sdmx.md``.
"""

from __future__ import annotations

from collections.abc import Mapping

from queries.cubes.model import Collection, Names, Structure
from server.sdmx.artefacts import StructureMap

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
        if {"STO", "REF_AREA", "UNIT_MEASURE"} <= {one.id for one in structure.dimensions}:
            found += [mapped(structure, collection, *target) for target in TARGETS]
    return found


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

    A dimension that the target does not have is taken at its total: the target has no more.
    """
    known = {**COMMON, **own}
    same = {one.id: known[one.id] for one in structure.components if one.id in known}
    only = {}
    for one in structure.dimensions:
        codes = collection.code_lists[one.code_list].codes if one.code_list else ()
        if one.id not in known and any(code.id == "_T" for code in codes):
            only[one.id] = "_T"
    return StructureMap(
        agency=structure.agency, id=f"SM_{structure.id}_{name}", version=structure.version,
        names=names, source=structure.reference, target=target, same=same, fixed=fixed, only=only,
    )  # fmt: skip
