"""Releases of any size examined in bounded memory: part by part, by two processes where it pays."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from shapes.attribution import Finding
from shapes.census import MalformedError, statements
from shapes.part import Answer, Cut, Part, Spot
from shapes.plan import Counted, Plan, count
from shapes.reach import reach
from shapes.reading import ShapesError
from shapes.spreading import Slice, Spread, owner, slices, spread

# About 100,000 statements: where there are more, the engine takes longer for each.
PART = 12_000_000
# Other processes are started for more bytes than this, a few seconds of work.
APART = 30_000_000
WORKERS = 2


# Done in the processes of a pool: what all tasks share, given once.
_PLAN: list[Plan] = []


class Runner(Protocol):
    """Does the same to several things, here or in other processes, in their order."""

    def __call__(
        self, task: Callable[..., Any], things: Iterable[tuple[Any, ...]]
    ) -> Iterator[Any]:
        """Yield what the task makes of the plan and of each tuple of arguments."""


class Examination:
    """One examination: its parts, the questions between them, and what each one finds."""

    def __init__(self, plan: Plan, files: Mapping[str, Path], folder: Path, part: int) -> None:
        self.plan, self.folder = plan, folder
        self.sources = [one for number, graph in enumerate(plan.graphs)
                        for one in slices(number, files[graph])]  # fmt: skip
        self.size = sum(one.end - one.start for one in self.sources)
        self.number = 1 if plan.engine == "reference" else max(1, -(-self.size // part))
        self.counted = Counted.nothing()

    def run(self, runner: Runner) -> Iterator[dict[int, list[Finding]]]:
        """Yield what is found in each part; ``counted`` is whole when the first is there."""
        cuts = self.cut(runner)
        wanted: list[list[Spot]] = []
        for counted, spots in runner(swept, ((cut, self.folder) for cut in cuts)):
            self.counted.add(counted)
            wanted.append(spots)
        answers = self.answered(cuts, wanted, runner)
        tasks = ((cut, self.folder, reached(spots, answers))
                 for cut, spots in zip(cuts, wanted, strict=True))  # fmt: skip
        yield from runner(judged, tasks)

    def cut(self, runner: Runner) -> list[Cut]:
        """Return the parts, their lines spread over files where there are several."""
        tasks = ((source, self.number, self.folder / f"spread-{n}.nt")
                 for n, source in enumerate(self.sources))  # fmt: skip
        pieces: list[Spread] = list(runner(spread_out, tasks))
        subclasses = tuple(one for piece in pieces for one in piece.subclasses)
        return [
            Cut(
                number, self.number,
                tuple(piece.own[number] for piece in pieces),
                tuple(piece.towards[number] for piece in pieces),
                subclasses,
            )
            for number in range(self.number)
        ]  # fmt: skip

    def answered(
        self, cuts: list[Cut], wanted: list[list[Spot]], runner: Runner
    ) -> dict[Spot, Answer]:
        """Return the answers to all questions of the parts, and to those that these raise."""
        known: dict[Spot, Answer] = {}
        ahead = {spot for spots in wanted for spot in spots}
        while ahead:
            asked: dict[int, list[Spot]] = {}
            for spot in ahead:
                asked.setdefault(owner(spot[1], self.number), []).append(spot)
            for some in runner(answer, ((cuts[n], asked[n]) for n in sorted(asked))):
                known.update(some)
            onward = (further for spot in ahead for further in known[spot].onward)
            ahead = {spot for spot in onward if spot not in known}
        return known


def reached(spots: Iterable[Spot], answers: Mapping[Spot, Answer]) -> dict[Spot, Answer]:
    """Return the answers at some spots and at all to which these lead."""
    found: dict[Spot, Answer] = {}
    ahead = list(spots)
    while ahead:
        spot = ahead.pop()
        if spot not in found:
            found[spot] = answers[spot]
            ahead.extend(found[spot].onward)
    return found


def spread_out(plan: Plan, source: Slice, parts: int, target: Path) -> Spread:
    """Cut a slice of a graph into parts."""
    backwards = sorted(reach(plan.shapes).backwards)
    return spread(source, plan.graphs[source.graph], parts, backwards, target)


def swept(plan: Plan, cut: Cut, folder: Path) -> tuple[Counted, list[Spot]]:
    """Pass over a part; its focus nodes are kept in a file."""
    part = Part(plan, cut)
    found = part.sweep()
    focus = {subject: seen.focus for subject, seen in found.subjects.items() if seen.focus}
    (folder / f"focus-{cut.number}").write_bytes(pickle.dumps(focus))
    return count(found, plan), part.wanted(found)


def answer(plan: Plan, cut: Cut, spots: list[Spot]) -> dict[Spot, Answer]:
    """Return what is read at spots of a part."""
    return Part(plan, cut).answer(spots)


def judged(
    plan: Plan, cut: Cut, folder: Path, answers: dict[Spot, Answer]
) -> dict[int, list[Finding]]:
    """Return what is wrong in a part, by the number of the tier."""
    focus: dict[bytes, int] = pickle.loads((folder / f"focus-{cut.number}").read_bytes())  # noqa: S301
    return Part(plan, cut).judge(focus, answers, folder)


def begin(plan: Plan) -> None:
    """Give a process of a pool what all its tasks share."""
    _PLAN[:] = [plan]


def call(task: Callable[..., Any], *thing: Any) -> Any:
    """Do a task in a process of a pool."""
    return task(_PLAN[0], *thing)


@contextmanager
def running(plan: Plan, examination: Examination) -> Iterator[Runner]:
    """Provide what runs tasks: this process when they are small, or two others."""

    def here(task: Callable[..., Any], things: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        return (task(plan, *thing) for thing in things)

    if examination.number == 1 or examination.size < APART:
        yield here
        return
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(WORKERS, context, begin, (plan,)) as pool:
        yield lambda task, things: pool.map(partial(call, task), *zip(*things, strict=True))


@contextmanager
def examining(
    plan: Plan, files: Mapping[str, Path], working: Path | None, part: int = PART
) -> Iterator[tuple[Counted, Iterator[dict[int, list[Finding]]]]]:
    """Provide what is found in each part of graphs, and what is counted when that is read."""
    with TemporaryDirectory(prefix="maillage-", dir=working) as folder:
        try:
            examination = Examination(plan, files, Path(folder), part)
            with running(plan, examination) as runner:
                yield examination.counted, examination.run(runner)
        except OSError as error:
            if error.filename not in {str(file) for file in files.values()}:
                raise
            raise ShapesError([f"{error.filename}: cannot be read: {error.strerror}"]) from None
        except MalformedError:
            for graph in plan.graphs:
                for _line in statements(files[graph]):
                    pass
            raise
