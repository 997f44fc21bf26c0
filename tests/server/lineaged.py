"""Hand-made releases whose cube has lineage, and of which the second says some figures otherwise.

The lineage is faulty on purpose: it tells of withheld figures, too, which no page or exit may.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from queries.cubes.lineage import ENDING, RULES
from queries.release import Home
from tests import observed
from tests.server.counted import counted
from tests.server.releases import REPORT

KEY = (*observed.DIMENSIONS, "TIME_PERIOD")
# Municipalities of which the first release said otherwise, or nothing, or of which the second
# withholds what the first one told.
REVISED, NEW, CLOSED = "62063", "63079", "61031"
PUBLIC = REPORT.partition("/graph/")[2]
CONFIDENTIAL = "onss_employers/2024-Q4/confidential"
WITHHELD = "only_of_withheld/2024"
UNITS, FEW = "10-49", "50-99"
TEXTS = {
    "R-EMP-1/1": {"en": "Employment is that of the last quarter.", "fr": "L'emploi du trimestre."},
    "R-X-2/3": {"en": "A rule in English only."},
    "R-SECRET-1/1": {"en": "A rule of withheld figures only."},
}


def usual(area: str, year: str = "2024") -> str:
    """Return the key of the jobs of a municipality."""
    return f"A.{area}.OBS._T._T._T.JOBS.NR.{year}"


def write(folder: Path) -> None:
    """Write the lineage of the cube in a folder, and the rules."""
    file = folder / f"{observed.FLOW}.parquet"
    key = ", ".join(KEY)
    free = "CONF_STATUS = 'F'"
    duckdb.execute(
        f"COPY (SELECT {key}, CASE WHEN {free} THEN '{UNITS}' ELSE '{FEW}' END AS UNITS, "
        f"CASE WHEN {free} THEN '{CONFIDENTIAL} {PUBLIC}' ELSE '{WITHHELD}' END AS GRAPHS, "
        f"CASE WHEN {free} THEN 'R-EMP-1/1 R-X-2/3' ELSE 'R-SECRET-1/1' END AS RULES "
        f"FROM '{file}') TO '{folder / f'{observed.FLOW}{ENDING}'}' (FORMAT parquet)"
    )
    (folder / RULES).write_text(json.dumps(TEXTS), encoding="utf-8")


def rewrite(folder: Path, query: str) -> None:
    """Put what a query makes of ``cube`` in the place of the observations."""
    file = folder / f"{observed.FLOW}.parquet"
    made = folder / "made.parquet"
    key = ", ".join(KEY)
    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW cube AS SELECT * FROM '{file}'")
        base.execute(f"COPY ({query} ORDER BY {key}) TO '{made}' (FORMAT parquet)")
    made.replace(file)


def lineaged(home: Home) -> None:
    """Publish two releases, r1 before r2."""
    for name in ("r1", "r2"):
        counted(home, name, change=write)
    older, newer = (home.releases / name / "cubes" for name in ("r1", "r2"))
    rewrite(
        older,
        "SELECT * REPLACE (CASE WHEN REF_AREA = '" + REVISED + "' THEN OBS_VALUE - 1 "
        "ELSE OBS_VALUE END AS OBS_VALUE) FROM cube WHERE REF_AREA <> '" + NEW + "'",
    )
    closed = f"REF_AREA = '{CLOSED}'"
    rewrite(
        newer,
        f"SELECT * REPLACE (CASE WHEN NOT {closed} THEN OBS_VALUE END AS OBS_VALUE, "
        f"CASE WHEN {closed} THEN 'Q' ELSE OBS_STATUS END AS OBS_STATUS, "
        f"CASE WHEN {closed} THEN 'A' ELSE CONF_STATUS END AS CONF_STATUS) FROM cube",
    )
    manifest = home.releases / "r2" / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    said["created"] = "2026-11-20T10:00:00+00:00"
    manifest.write_text(json.dumps(said), encoding="utf-8")
