"""Data in SDMX-ML, generic and particular to their structure.

Read by hand because pysdmx turns all into a table of pandas and leaves names in languages other
than English out, and sdmx1 does not know version 3.1.
"""

from __future__ import annotations

from lxml import etree

from loaders.sdmx import references
from loaders.sdmx.received import MessageError, Received, ReceivedSet, Row
from loaders.sdmx.xml import Element, first, local, named, parse, text

ROOTS = (
    "StructureSpecificData", "GenericData", "StructureSpecificTimeSeriesData",
    "GenericTimeSeriesData",
)  # fmt: skip
# Where a stranger does not say which dimension tells observations of a series apart.
TIME = "TIME_PERIOD"


def read(content: bytes) -> Received:
    """Return what a message of data says."""
    root = parse(content)
    name = local(root)
    if name not in ROOTS:
        raise MessageError(f"{name}: no message of data")
    head = first(root, "Header")
    if head is None:
        raise MessageError("the message has no head")
    structures = {str(one.get("structureID")): one for one in named(head, "Structure")}
    specific = name.startswith("StructureSpecific")
    sets = [data_set(one, structures, specific=specific) for one in named(root, "DataSet")]
    sender = first(head, "Sender")
    return Received(
        sets, text(head, "ID"), text(head, "Test") in ("true", "1"), text(head, "Prepared"),
        sender.get("id") if sender is not None else None,
        tuple(str(one.get("id")) for one in named(head, "Receiver")),
    )  # fmt: skip


def data_set(element: Element, structures: dict[str, Element], *, specific: bool) -> ReceivedSet:
    """Return one data set."""
    qualified = {str(etree.QName(name).localname): value for name, value in element.attrib.items()
                 if name.startswith("{") or not specific}  # fmt: skip
    declared = structures.get(qualified.get("structureRef", ""))
    if declared is None:
        raise MessageError("a data set refers to no structure of the head")
    usage = next(one for one in declared if local(one) in ("StructureUsage", "Structure"))
    kind, reference = references.of_element(usage)
    observed = declared.get("dimensionAtObservation") or TIME
    found = ReceivedSet(
        references.KINDS.get(kind, kind), reference, qualified.get("action"),
        qualified.get("validFromDate"), qualified.get("validToDate"),
    )  # fmt: skip
    if specific:
        found.attributes = own(element)
        found.rows = specific_rows(element)
        found.groups = [dict(own(one)) for one in named(element, "Group")]
    else:
        found.attributes = values(first(element, "Attributes"))
        found.rows = generic_rows(element, observed)
        found.groups = [
            {**values(first(one, "GroupKey")), **values(first(one, "Attributes"))}
            for one in named(element, "Group")
        ]
    return found


def own(element: Element) -> dict[str, str]:
    """Return the attributes of an element that are in no namespace."""
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


def specific_rows(element: Element) -> list[Row]:
    """Return the observations of a data set that is particular to its structure."""
    found: list[Row] = []
    for child in element:
        name = local(child)
        if name == "Obs":
            found.append(dict(own(child)))
        elif name == "Series":
            series = own(child)
            found += [{**series, **own(one)} for one in named(child, "Obs")]
    return found


def generic_rows(element: Element, observed: str) -> list[Row]:
    """Return the observations of a generic data set."""
    found: list[Row] = []
    for child in element:
        name = local(child)
        if name == "Obs":
            found.append(generic_row(child, {}, observed))
        elif name == "Series":
            series = {**values(first(child, "SeriesKey")), **values(first(child, "Attributes"))}
            found += [generic_row(one, series, observed) for one in named(child, "Obs")]
    return found


def generic_row(element: Element, series: dict[str, str], observed: str) -> Row:
    """Return one observation."""
    found: Row = {**series, **values(first(element, "ObsKey"))}
    dimension = first(element, "ObsDimension")
    if dimension is not None:
        found[dimension.get("id") or observed] = dimension.get("value")
    value = first(element, "ObsValue")
    if value is not None:
        found["OBS_VALUE"] = value.get("value")
    return {**found, **values(first(element, "Attributes"))}


def values(element: Element | None) -> dict[str, str]:
    """Return pairs of a component and its value."""
    if element is None:
        return {}
    return {str(one.get("id")): str(one.get("value")) for one in named(element, "Value")}
