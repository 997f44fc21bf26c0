"""The web services of SDMX, apart from HTTP: from a request to a message in its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import cast

from queries.cubes import reading
from queries.cubes.model import Dataflow
from queries.cubes.reading import FOLDER, Cube
from queries.cubes.urns import urn
from queries.release import Release
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import LONGEST_SHOWN
from server.sdmx import media
from server.sdmx.answering import State, check_size, data_sets, sliced
from server.sdmx.artefacts import Library, Maintained
from server.sdmx.availability import Availability
from server.sdmx.data import csv, generic, ml
from server.sdmx.data import json as data_json
from server.sdmx.data.message import DataSet, Message
from server.sdmx.data_query import DataQuery
from server.sdmx.elements import Version as MlVersion
from server.sdmx.header import Header, header
from server.sdmx.json_message import Version as JsonVersion
from server.sdmx.national_accounts import code_maps, maps
from server.sdmx.rest import finding, selecting
from server.sdmx.structures import json as structure_json
from server.sdmx.structures import ml as structure_ml

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """A message, and how many observations it has."""

    content: Iterator[bytes]
    observations: int = 0


@lru_cache(maxsize=8)
def _library(folder: Path) -> Library | None:
    found = reading.read(folder)
    return Library(found, maps(found), code_maps(found)) if found else None


def library(release: Release) -> Library:
    """Return the artefacts of a release; ProblemError where it has no cubes."""
    found = _library(release.path / FOLDER)
    if found is None:
        raise ProblemError("not-found", _("This release has no statistics."))
    return found


def cube_of(release: Release, known: Library, flow: Dataflow) -> Cube:
    """Return the cube of a dataflow."""
    return Cube(known.collection, flow, release.path / FOLDER / flow.file)


def flows(known: Library, context: str, agency: str, name: str, version: str) -> list[Dataflow]:
    """Return the dataflows that a query is about; ProblemError where there are none."""
    kinds = ("dataflow",) if context == "*" else (context,)
    found: list[Dataflow] = []
    for kind in kinds:
        wanted = finding.Named(kind, agency, name, version, "*")
        artefacts = finding.find(known, wanted)
        references = {one.artefact.reference for one in artefacts}
        found += [
            one for one in known.collection.dataflows
            if (one.reference if kind == "dataflow" else one.structure) in references
        ]  # fmt: skip
    if not found:
        detail = _("There is no %(context)s %(agency)s:%(name)s(%(version)s) in this release.")
        raise ProblemError(
            "not-found", detail, context=context.replace("*", "dataflow"),
            agency=agency[:LONGEST_SHOWN], name=name[:LONGEST_SHOWN],
            version=version[:LONGEST_SHOWN],
        )  # fmt: skip
    return found


def described_flow(known: Library, context: str, agency: str, name: str, version: str) -> Dataflow:
    """Return a dataflow of which a schema is made; of a structure without any, one of its name."""
    if context == "datastructure":
        found = finding.find(known, finding.Named(context, agency, name, version, "*"))
        used = {one.structure for one in known.collection.dataflows}
        if found and not any(one.artefact.reference in used for one in found):
            own = found[0].artefact
            return Dataflow(
                agency=own.agency, id=own.id, version=own.version, names=own.names,
                structure=own.reference, licence="", updated=NEVER, file="", observations=0,
            )  # fmt: skip
    return flows(known, context, agency, name, version)[0]


def head(release: Release, known: Library, *, synthetic: bool = False) -> Header:
    """Return the head of a message from a release."""
    collection = known.collection
    name = f"M{release.id}_{token_hex(6)}"
    return header(name, collection.agency, collection.agency_names, synthetic=synthetic)


def data(
    state: State,
    known: Library,
    wanted: Sequence[tuple[Cube, DataQuery]],
    chosen: media.Chosen,
    languages: tuple[str, ...],
    most: int,
) -> Answer | None:
    """Return a message of data; None where there are no data."""
    form = chosen.format
    found: list[DataSet] = []
    several = len(wanted) > 1 or any(one.history or one.updated_after for _cube, one in wanted)
    for cube, selection in wanted:
        if form.form == "csv" and selection.sort:
            selection = selection.flat()
        if form.series and selection.observed_by != cube.structure.time.id:
            raise media.refused(one for one in media.DATA if not one.series)
        selecting.check_sort(cube.structure, selection)
        # Of several data sets, a part is a part of all of them together.
        whole = replace(selection, offset=0, limit=None) if several else selection
        found += data_sets(state, cube, whole)
    if several and wanted:
        found = sliced(found, wanted[0][1])
    if not found:
        return None
    number = check_size(found, most)
    synthetic = any(one.flow.synthetic for one in found)
    made = Message(head(state.release, known, synthetic=synthetic), tuple(found), languages)
    if len({one.flow.reference for one in found}) > 1 and form.version == "1.0":
        detail = _("Several dataflows in one message are not written in SDMX-CSV and SDMX-JSON 1.")
        raise ProblemError("not-implemented", detail)
    if (
        form.form == "csv"
        and form.version == "1.0"
        and any(one.action == "Delete" for one in found)
    ):
        detail = _("SDMX-CSV 1.0 cannot say what is deleted; version 2.0 and 2.1 can.")
        raise ProblemError("not-implemented", detail)
    return Answer(written(made, chosen), number)


def written(made: Message, chosen: media.Chosen) -> Iterator[bytes]:
    """Yield a message of data in its format."""
    form = chosen.format
    match form.form:
        case "generic":
            return generic.generic(made, series=form.series)
        case "ml":
            return ml.specific(cast("MlVersion", form.version), made, series=form.series)
        case "json":
            return data_json.write(cast("JsonVersion", form.version), made)
        case "csv":
            return csv.write(cast("csv.Version", form.version), made, options(chosen))


def options(chosen: media.Chosen) -> csv.Options:
    """Return how a client wants its CSV."""
    given = chosen.parameters
    labels = given.get("labels", "id")
    keys = given.get("keys", given.get("key", "none"))
    times = given.get("timeformat", "original")
    if (
        labels not in ("id", "name", "both")
        or keys not in ("none", "obs", "series", "both")
        or times not in ("original", "normalized")
    ):
        detail = _("None of the formats asked for exists here; these do: %(formats)s.")
        known = "labels=id|name|both; timeFormat=original|normalized; keys=none|obs|series|both"
        raise ProblemError("not-acceptable", detail, formats=known)
    return csv.Options(
        cast("csv.Labels", labels), normalized=times == "normalized", keys=cast("csv.Keys", keys)
    )


def structures(
    release: Release,
    known: Library,
    artefacts: Sequence[Maintained],
    form: media.Format,
    languages: tuple[str, ...],
    available: Sequence[Availability] = (),
) -> bytes:
    """Return a message of structures."""
    made = head(release, known)
    if form.is_xml:
        return structure_ml.write(cast("MlVersion", form.version), made, artefacts, available)
    version = cast("JsonVersion", form.version)
    return structure_json.write(version, made, artefacts, languages, available)


def schema_artefacts(known: Library, cube: Cube, context: str) -> list[Maintained]:
    """Return what is needed to understand the data of a cube: its structure, lists and concepts."""
    name = urn("datastructure", cube.dataflow.structure)
    own = [known.artefacts[name]]
    found = finding.with_references(known, own, "children", "referencepartial")
    if context == "dataflow":
        found.append(known.artefacts[urn("dataflow", cube.dataflow.reference)])
    return [*found, *known.of("agencyscheme")]
