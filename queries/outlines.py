"""Outlines of territories as a release keeps them: paths of SVG, small enough for a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from queries.release import Release, ReleaseError

FOLDER, FILE = "territories", "outlines.json"


class Outline(BaseModel):
    """The outline of a territory, and the box around it: left, top, right, bottom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    box: tuple[float, float, float, float]


class Province(Outline):
    """The outline of a province, or of Brussels, which has none, and its NUTS code."""

    nuts: str | None = None


class Canton(Outline):
    """The outline of a judicial canton, with the municipalities that it is made of, or parts."""

    municipalities: tuple[str, ...]
    province: str
    names: Mapping[str, str]


class Outlines(BaseModel):
    """The outlines of a country: its provinces by REFNIS, and the cantons within them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    licence: str
    provinces: Mapping[str, Province]
    cantons: Mapping[str, Canton]


def outlines(release: Release) -> Outlines | None:
    """Return the outlines of a release; None when it has none."""
    return read(release.path / FOLDER / FILE)


@lru_cache(maxsize=4)
def read(file: Path) -> Outlines | None:
    """Return the outlines in a file; ReleaseError when it cannot be read."""
    if not file.is_file():
        return None
    try:
        return Outlines.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        remedy = "remove this release and build again"
        raise ReleaseError("the outlines of territories cannot be read", file, remedy) from error
