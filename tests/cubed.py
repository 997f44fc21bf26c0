"""A cube of invented figures, as a release holds one: withheld, missing and odd ones too."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from queries.cubes.model import Code, CodeList, Collection, Component, Concept, Dataflow, Structure
from queries.cubes.reading import STRUCTURES, Cube, cube

AGENCY, VERSION = "OES", "1.0.0"
BASE = "https://w3id.org/maillage/"
LANGUAGES = ("fr", "nl", "de", "en")

# Per list: code, name, parent.
CODES: dict[str, list[tuple[str, str, str | None]]] = {
    "CL_FREQ": [("A", "Annual", None)],
    "CL_AREA": [
        ("BE", "Belgium", None), ("BE1", "Brussels", "BE"), ("BE3", "Wallonia", "BE"),
        ("BE33", "Liège", "BE3"), ("BE35", "Namur", "BE3"),
    ],
    "CL_SE_FAMILY": [
        ("_T", "All families", None), ("COOP", "Cooperatives", "_T"), ("MUT", "Mutuals", "_T"),
        ("ASSO", "Associations", "_T"), ("FOUND", "Foundations", "_T"),
    ],
    "CL_ACTIVITY_NACE21": [
        ("_T", "All activities", None), ("A", "Agriculture", "_T"), ("R", "Health", "_T"),
        ("R88", "Social work", "R"),
    ],
    "CL_STO": [("EMP", "Employment", None), ("B1G", "Gross value added", None)],
    "CL_UNIT": [("PS", "Persons", None), ("EUR", "Euro", None)],
    "CL_OBS_STATUS": [
        ("A", "Normal", None), ("P", "Provisional", None), ("Q", "Suppressed", None),
        ("B", "Break", None),
    ],
    "CL_CONF_STATUS": [
        ("F", "Free", None), ("A", "Small counts", None), ("D", "Secondary", None),
    ],
}  # fmt: skip
DIMENSIONS = {
    "FREQ": "CL_FREQ", "REF_AREA": "CL_AREA", "SE_FAMILY": "CL_SE_FAMILY",
    "ACTIVITY": "CL_ACTIVITY_NACE21", "STO": "CL_STO", "UNIT_MEASURE": "CL_UNIT",
}  # fmt: skip


def names(english: str) -> dict[str, str]:
    """Return a name in four languages; two of them differ by an accent and a sign of XML."""
    return {
        "fr": f"{english} (é)", "nl": f"{english} (nl)", "de": f"{english} (ß)",
        "en": f"{english} & <co>",
    }  # fmt: skip


def reference(name: str) -> str:
    return f"{AGENCY}:{name}({VERSION})"


def code_list(name: str) -> CodeList:
    iri = f"{BASE}code/{name.lower()}"
    codes = tuple(
        Code(id=code, names=names(told), iri=f"{iri}/{code}", parent=parent)
        for code, told, parent in CODES[name]
    )
    return CodeList(
        agency=AGENCY,
        id=name,
        version=VERSION,
        names=names(name),
        iri=iri,
        codes=codes,
        issued=date(2026, 11, 30),
    )


def components() -> tuple[Component, ...]:
    def coded(name: str, lists: str, **more: object) -> Component:
        return Component.model_validate({"id": name, "code_list": reference(lists), **more})

    return (
        *(coded(one, lists, role="dimension") for one, lists in DIMENSIONS.items()),
        Component(id="TIME_PERIOD", role="time", text="ObservationalTimePeriod"),
        Component(id="OBS_VALUE", role="measure", text="Decimal"),
        coded("OBS_STATUS", "CL_OBS_STATUS", role="attribute", mandatory=True),
        coded("CONF_STATUS", "CL_CONF_STATUS", role="attribute", mandatory=True),
        Component(id="COMMENT_OBS", role="attribute"),
        Component(id="DECIMALS", role="attribute", text="Integer", attachment="series"),
        Component(id="TITLE", role="attribute", attachment="dataset"),
    )


def collection(observations: int) -> Collection:
    structure = Structure(
        agency=AGENCY, id="SESA", version=VERSION, names=names("Satellite account"),
        components=components(),
    )  # fmt: skip
    flow = Dataflow(
        agency=AGENCY, id="DF_SESA_MAIN", version=VERSION, names=names("Main aggregates"),
        descriptions=names("Invented for tests"), structure=structure.reference,
        attributes={"TITLE": "Main aggregates"},
        licence="https://creativecommons.org/licenses/by/4.0/", sources=("tests",), synthetic=True,
        updated=datetime(2026, 11, 30, 12, tzinfo=UTC), file="DF_SESA_MAIN.parquet",
        observations=observations,
    )  # fmt: skip
    lists = [code_list(name) for name in CODES]
    concepts = [
        Concept(id=one.id, names=names(one.id), iri=f"{BASE}ns#{one.id.lower()}")
        for one in structure.components
    ]
    return Collection(
        agency=AGENCY, agency_names=names("Observatory"),
        concepts={one.id: one for one in concepts},
        code_lists={one.reference: one for one in lists},
        structures={structure.reference: structure}, dataflows=(flow,),
    )  # fmt: skip


def rows(years: int) -> list[tuple[object, ...]]:
    """Return observations: values, withheld ones, missing ones, with and without attributes."""
    draw = random.Random(7)
    found: list[tuple[object, ...]] = []
    coded = [[code for code, _, _ in CODES[lists]] for lists in DIMENSIONS.values()]
    for key in itertools.product(*coded):
        if (key[4] == "EMP") != (key[5] == "PS"):
            continue
        for year in range(2026 - years, 2026):
            kind = draw.random()
            value = round(draw.uniform(-50, 9_000), 1)
            withheld = draw.choice("AD") if kind < 0.1 else "F"
            status = "Q" if withheld != "F" else draw.choice("AAAPB")
            found.append((
                *key, str(year), None if withheld != "F" else value, status, withheld,
                'said "so"; & <thus>' if kind > 0.97 else None, "1",
            ))  # fmt: skip
    return sorted(found, key=lambda row: tuple(map(str, row[: len(DIMENSIONS) + 1])))


def write(folder: Path, years: int = 4) -> Cube:
    """Write a cube of so many years, with 200 observations in each."""
    folder.mkdir(parents=True, exist_ok=True)
    made = rows(years)
    held = [one for one in components() if one.attachment != "dataset"]
    columns = ", ".join(
        f"{one.id} {'DECIMAL(20,4)' if one.role == 'measure' else 'VARCHAR'}" for one in held
    )
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE cube ({columns})")
        base.executemany(f"INSERT INTO cube VALUES ({', '.join('?' * len(held))})", made)
        base.execute(f"COPY cube TO '{folder / 'DF_SESA_MAIN.parquet'}' (FORMAT parquet)")
    file = folder / STRUCTURES
    file.write_text(collection(len(made)).model_dump_json(indent=1), encoding="utf-8")
    return cube(folder, "DF_SESA_MAIN")
