"""Messages of SDMX-JSON: what is around structures and data, and texts in several languages."""

from __future__ import annotations

import json
from typing import Any, Literal

from queries.cubes.model import Names
from server.sdmx.header import Header, best

Version = Literal["1.0", "2.0", "2.1"]
Object = dict[str, Any]
SCHEMAS: dict[Version, str] = {
    "1.0": "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/{0}-message/tools/schemas"
    "/1.0/sdmx-json-{0}-schema.json",
    "2.0": "https://json.sdmx.org/2.0.0/sdmx-json-{0}-schema.json",
    "2.1": "https://json.sdmx.org/2.1/sdmx-json-{0}-schema.json",
}


def message(
    version: Version, kind: str, header: Header, data: Object, languages: tuple[str, ...]
) -> Object:
    """Return a message of any kind around its data."""
    address = SCHEMAS[version].format(kind)
    meta: Object = {
        "id": header.id, "test": header.test, "prepared": header.moment,
        "contentLanguages": ordered(header.sender_names, languages),
        "sender": {"id": header.sender, **named(header.sender_names, languages)},
    }  # fmt: skip
    if header.names:
        meta |= named(header.names, languages)
    if header.receivers:
        meta["receivers"] = [{"id": one} for one in header.receivers]
    if version != "2.1":
        meta["schema"] = address
        return {"meta": meta, "data": data}
    return {"$schema": address, "meta": meta, "data": data}


def ordered(names: Names, languages: tuple[str, ...]) -> list[str]:
    """Return the languages that names are in, those that are liked best first."""
    liked = [one for one in languages if one in names]
    return [*liked, *(one for one in names if one not in liked)]


def dump(content: Object) -> bytes:
    """Return JSON as it is sent."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def named(names: Names, languages: tuple[str, ...], key: str = "name") -> Object:
    """Return a text in the language that is liked best, and in all."""
    return {key: best(names, languages), f"{key}s": dict(names)} if names else {}
