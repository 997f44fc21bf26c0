"""What data there are, as a constraint of each version."""

from __future__ import annotations

from server.sdmx.availability import NAMES, Availability
from server.sdmx.elements import Element, Namespaces, Version
from server.sdmx.structures.references import References

CONTEXTS = {"dataflow": "Dataflow", "datastructure": "DataStructure"}
TIME = "TIME_PERIOD"
_GROUPS: dict[Version, str] = {
    "2.1": "Constraints", "3.0": "DataConstraints", "3.1": "AvailabilityConstraints",
}  # fmt: skip
_TAGS: dict[Version, str] = {
    "2.1": "ContentConstraint", "3.0": "DataConstraint", "3.1": "AvailabilityConstraint",
}  # fmt: skip


def constraint_group(version: Version) -> str:
    """Return in which group of a message a constraint stands."""
    return _GROUPS[version]


def constraint(names: Namespaces, refer: References, found: Availability) -> Element:
    """Return what data there are as a constraint."""
    make, version = names.str, names.version
    if version == "3.1":
        numbers = {"seriesCount": str(found.series), "obsCount": str(found.observations)}
        made = make(_TAGS[version], numbers)
    else:
        given = {"id": found.id, "agencyID": found.agency, "version": found.version}
        given |= {"type": "Actual"} if version == "2.1" else {"role": "Actual"}
        made = make(_TAGS[version], given)
        # Before 3.1 only annotations can say how much there is.
        made.append(counts(names, found))
        made.extend(names.texts("Name", NAMES))
    attached = refer.to(CONTEXTS[found.context], found.context, found.reference)
    made.append(make("ConstraintAttachment", attached))
    region = make("CubeRegion", {} if version == "3.1" else {"include": "true"})
    held = names.com if version == "2.1" else make
    for name, values in found.values.items():
        region.append(held("KeyValue", *(held("Value", one) for one in values), id=name))
    if found.period:
        region.append(time_range(names, found.period))
    made.append(region)
    return made


def time_range(names: Namespaces, period: tuple[str, str]) -> Element:
    """Return the first and the last moment of the data."""
    make = names.com if names.version == "2.1" else names.str
    first, last = period
    held = make(
        "TimeRange",
        make("StartPeriod", first, isInclusive="true"),
        make("EndPeriod", last, isInclusive="true"),
    )
    return make("KeyValue", held, id=TIME)


def counts(names: Namespaces, found: Availability) -> Element:
    """Return the numbers of series and observations as annotations."""
    made = names.com("Annotations")
    for name, number in (("series_count", found.series), ("obs_count", found.observations)):
        made.append(names.com(
            "Annotation", names.com("AnnotationTitle", str(number)),
            names.com("AnnotationType", "sdmx_metrics"), id=name,
        ))  # fmt: skip
    return made
