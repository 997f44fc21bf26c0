"""A request to the web services of SDMX, answered over HTTP from the cubes of a release."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from queries.cubes.observations import EMBARGO, facts, is_over, moment_of
from queries.cubes.reading import Cube
from queries.release import Release
from server.answers.caching import VARY, headers, tag
from server.engine.archive import Archive
from server.engine.pool import Pool
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import LONGEST_SHOWN
from server.sdmx import constraining, media, schema, service
from server.sdmx.answering import State
from server.sdmx.artefacts import Library
from server.sdmx.data_query import DataQuery
from server.sdmx.header import instant
from server.sdmx.known_as import KnownAs, published_at
from server.sdmx.languages import languages
from server.sdmx.rest import finding, first, second, selecting
from server.sdmx.rest.asked import Asked, refuse

# Up to so many observations an answer is made whole, and can be compressed; more are streamed.
WHOLE = 50_000
ABSENT = ("metadata", "registration")
COUNT, MOST = "X-Observation-Count", "X-Observation-Limit"
DEFAULTS_2 = {"data": media.DATA[0], "structure": media.STRUCTURE[0], "schema": media.SCHEMA[0]}
DEFAULTS_1 = {"data": media.DATA[3], "structure": media.STRUCTURE[2], "schema": media.SCHEMA[2]}
Wanted = Callable[[Cube, Asked], DataQuery]


class Query:
    """One request to the web services, and what it is answered from."""

    def __init__(self, request: Request, pool: Pool, path: str, *, old: bool) -> None:
        self.request = request
        self.pool = pool
        self.release: Release = pool.snapshot.release
        self.asked = Asked(path, request.scope["query_string"])
        self.old = old
        self.languages = languages(request)
        self.archive: Archive = request.app.state.archive
        self.most: int = request.app.state.settings.sdmx_observations

    def chosen(self, offered: tuple[media.Format, ...], family: media.Family) -> media.Chosen:
        """Return the format that the client likes best."""
        default = (DEFAULTS_1 if self.old else DEFAULTS_2)[family]
        return media.choose(self.request.headers.get("accept"), offered, default, family)

    def library(self) -> Library:
        """Return the artefacts of the release, or of that of a moment."""
        moment = self.asked.moment("asOf")
        if moment is not None:
            earlier = (one for one in self.archive.kept() if one.manifest.created <= moment)
            found = next(earlier, None)
            if found is None:
                detail = _("Nothing had been published yet at %(moment)s.")
                raise ProblemError("not-found", detail, moment=instant(moment))
            self.release = found
        return service.library(self.release)

    def state(self) -> State:
        """Return what data are answered from; older releases only where they are asked for."""
        asked = self.asked
        back = any(asked.text(name) for name in ("asOf", "updatedAfter", "includeHistory"))
        return State.of(self.release, self.archive.kept() if back else ())

    def pairs(self, cubes: Sequence[Cube], wanted: Wanted) -> list[tuple[Cube, DataQuery]]:
        """Return what is wanted of each cube.

        Of several cubes, one that cannot have what is asked for has no observations of it. What
        none of them can have is refused.
        """
        found: list[tuple[Cube, DataQuery]] = []
        refused: list[ProblemError] = []
        for cube in cubes:
            try:
                found.append((cube, wanted(cube, self.asked)))
            except ProblemError as error:
                refused.append(error)
        if not found:
            raise refused[0]
        return found

    def known_as(self, chosen: media.Chosen, state: State, cubes: Sequence[Cube]) -> KnownAs:
        """Return by what a client knows the answer again: embargoes that end change it, too."""
        over = {
            one: moment
            for cube in cubes for one in facts(cube).values.get(EMBARGO, ())
            if is_over(one, state.now) and (moment := moment_of(one))
        }  # fmt: skip
        entity = tag(
            self.pool.snapshot, self.request.scope["path"], self.request.scope["query_string"],
            chosen.format.media, sorted(chosen.parameters.items()), self.languages, sorted(over),
            [one.id for one in state.kept],
        )  # fmt: skip
        # How far back releases are kept is not told by the moment that the last was published.
        back = bool(state.kept) or self.asked.text("asOf") is not None
        published = None if back else published_at(self.archive.home, self.pool.snapshot.release)
        changed = max([published, *over.values()]) if published else None
        return KnownAs(self.pool.snapshot, entity, changed)

    def headers(self, known_as: KnownAs, chosen: media.Format) -> dict[str, str]:
        """Return the head of an answer."""
        return {
            **known_as.headers(),
            "Content-Type": chosen.media,
            "Content-Language": ", ".join(self.languages),
        }

    def data(self, context: str, named: tuple[str, str, str], wanted: Wanted) -> Response:
        """Answer a query for data."""
        chosen = self.chosen(media.DATA, "data")
        known = service.library(self.release)
        found = service.flows(known, context, *named)
        cubes = [service.cube_of(self.release, known, one) for one in found]
        pairs = self.pairs(cubes, wanted)
        state = self.state()
        known_as = self.known_as(chosen, state, [cube for cube, _wanted in pairs])
        if short := known_as.unchanged(self.request):
            return short
        answer = service.data(state, known, pairs, chosen, self.languages, self.most)
        if answer is None:
            return self.empty()
        head = self.headers(known_as, chosen.format)
        head |= {COUNT: str(answer.observations), MOST: str(self.most)}
        if answer.observations <= WHOLE:
            return Response(b"".join(answer.content), headers=head)
        return StreamingResponse(self.streamed(answer.content), headers=head)

    async def streamed(self, content: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Yield a long answer, whose work counts for the one who asked."""
        start = time.perf_counter()
        try:
            async for piece in iterate_in_threadpool(content):
                yield piece
        finally:
            self.pool.charge(time.perf_counter() - start, failed=False)

    def empty(self) -> Response:
        """Answer that there are no data: in the first version of the services, by an error."""
        if self.old:
            raise ProblemError("not-found", _("No observation is as the query asks for."))
        return Response(status_code=204, headers=headers(self.pool.snapshot, None, VARY))

    def structure(self, kind: str | None = None) -> Response:
        """Answer a query for structures."""
        asked = self.asked
        asked.check(finding.PARAMETERS, 4 if kind else 5)
        chosen = self.chosen(media.STRUCTURE, "structure")
        named = finding.read(asked, kind=kind)
        detail = asked.one_of("detail", finding.DETAILS, "full")
        references = asked.text("references") or "none"
        for word in references.split(","):
            if word not in finding.REFERENCES:
                refuse("references", word, ", ".join(finding.REFERENCES))
        known = self.library()
        known_as = self.known_as(chosen, State.of(self.release), [])
        if short := known_as.unchanged(self.request):
            return short
        found = finding.find(known, named)
        if not found and (self.old or named.is_exact):
            raise finding.missing(known, named)
        if not found:
            return self.empty()
        if not any(chosen.format.has_place_for(one.kind) for one in found):
            raise media.refused(one for one in media.STRUCTURE if one.has_place_for(found[0].kind))
        artefacts = finding.with_references(known, found, references, detail)
        body = service.structures(self.release, known, artefacts, chosen.format, self.languages)
        return Response(body, headers=self.headers(known_as, chosen.format))

    def availability(
        self, context: str, named: tuple[str, str, str], wanted: Wanted, components: str
    ) -> Response:
        """Answer which data there are."""
        asked = self.asked
        chosen = self.chosen(media.STRUCTURE, "structure")
        mode = asked.one_of("mode", ("exact", "available"), "exact")
        kinds = constraining.kinds(asked.text("references") or "none")
        some = () if components in ("*", "all") else tuple(components.split(","))
        known = service.library(self.release)
        cubes = [
            service.cube_of(self.release, known, flow)
            for flow in service.flows(known, context, *named)
        ]

        def selected(cube: Cube, asked: Asked) -> DataQuery:
            for name in some:
                finding_component(cube, name)
            return wanted(cube, asked)

        pairs = self.pairs(cubes, selected)
        state = self.state()
        known_as = self.known_as(chosen, state, [cube for cube, _wanted in pairs])
        if short := known_as.unchanged(self.request):
            return short
        found = [
            (cube, told) for cube, selection in pairs
            if (told := constraining.availability(
                state, cube, selection, some, remaining=mode == "available"
            ))
        ]  # fmt: skip
        if not found:
            return self.empty()
        artefacts = constraining.used_artefacts(known, found, kinds)
        body = service.structures(
            self.release, known, artefacts, chosen.format, self.languages,
            [told for _cube, told in found],
        )  # fmt: skip
        number = sum(told.observations for _cube, told in found)
        head = self.headers(known_as, chosen.format)
        return Response(body, headers={**head, COUNT: str(number), MOST: str(self.most)})

    def schema(self) -> Response:
        """Answer what valid data of a structure are."""
        asked = self.asked
        asked.check(schema.PARAMETERS, 4)
        chosen = self.chosen(media.SCHEMA, "schema")
        known = self.library()
        named = (asked.part(1, "*"), asked.part(2, "*"), asked.part(3, "~"))
        context = asked.part(0, "")
        if context in schema.METADATA:
            return self.others("metadata")
        if context not in schema.CONTEXTS:
            refuse("context", context, ", ".join(schema.CONTEXTS))
        if named[1] == "*":
            detail = _("A schema is that of one artefact: /schema/%(context)s/{agency}/{id}.")
            raise ProblemError("bad-request", detail, context=context)
        flow = service.described_flow(known, context, *named)
        cube = service.cube_of(self.release, known, flow)
        known_as = self.known_as(chosen, State.of(self.release), [])
        if short := known_as.unchanged(self.request):
            return short
        if chosen.format.family == "structure":
            artefacts = service.schema_artefacts(known, cube, context)
            body = service.structures(self.release, known, artefacts, chosen.format, self.languages)
        else:
            body = schema.write(cube, asked, chosen.format)
        return Response(body, headers=self.headers(known_as, chosen.format))

    def data_2(self) -> Response:
        """Answer /data/{context}/{agency}/{id}/{version}/{key}."""
        self.asked.check(second.DATA, second.MOST, filtered=True)
        context, named = self.context("*")
        return self.data(context, named, second.wanted)

    def availability_2(self) -> Response:
        """Answer /availability/{context}/{agency}/{id}/{version}/{key}/{component}."""
        self.asked.check(second.AVAILABILITY, second.MOST + 1, filtered=True)
        context, named = self.context("dataflow")
        return self.availability(context, named, second.wanted, self.asked.part(5, "*"))

    def context(self, default: str) -> tuple[str, tuple[str, str, str]]:
        """Return what kind of artefact data are asked of, and which one."""
        asked = self.asked
        context = asked.part(0, default)
        if context not in second.CONTEXTS:
            refuse("context", context, ", ".join(second.CONTEXTS))
        return context, (asked.part(1, "*"), asked.part(2, "*"), asked.part(3, "*"))

    def data_1(self) -> Response:
        """Answer /data/{flow}/{key}/{provider}."""
        self.asked.check(first.DATA, first.MOST)
        self.provider()
        return self.data("dataflow", first.flow(self.asked.part(0, "*")), first.wanted)

    def availability_1(self) -> Response:
        """Answer /availableconstraint/{flow}/{key}/{provider}/{component}."""
        self.asked.check(first.AVAILABILITY, first.MOST + 1)
        self.provider()
        named = first.flow(self.asked.part(0, "*"))
        return self.availability("dataflow", named, first.wanted, self.asked.part(3, "*"))

    def provider(self) -> None:
        """Refuse the data of other providers: all are those of the agency that is served."""
        asked, own = self.asked.part(2, "all"), service.library(self.release).collection.agency
        if asked not in selecting.ANY and own not in first.providers(asked):
            detail = _("There are no data of %(provider)s; all are those of %(agency)s.")
            raise ProblemError("not-found", detail, provider=asked[:LONGEST_SHOWN], agency=own)

    def structure_1(self, kind: str) -> Response:
        """Answer /{type}/{agency}/{id}/{version}/{item}."""
        return self.others(kind) if kind in ABSENT else self.structure(kind)

    def others(self, path: str) -> Response:
        """Refuse a query of a kind that is not answered here."""
        kind = path.partition("/")[0]
        if kind in ABSENT:
            detail = _("Queries for %(kind)s are not answered here; there are none.")
            raise ProblemError("not-implemented", detail, kind=kind)
        detail = _(
            "There are queries for data, availability, structure and schema; not for %(kind)s."
        )
        raise ProblemError("not-found", detail, kind=kind[:100])


def finding_component(cube: Cube, name: str) -> None:
    """Refuse a component that is no dimension of a cube."""
    known = [*(one.id for one in cube.structure.dimensions), cube.structure.time.id]
    if name not in known:
        refuse("componentId", name, ", ".join(known))
