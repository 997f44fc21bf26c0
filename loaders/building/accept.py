"""Accepting a delivery: described and put through the gate among all others, then recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from loaders import delivery
from loaders.building import build
from loaders.building.build import Outcome, Publishing
from loaders.building.gathering import Candidate, Progress, Workshop
from loaders.delivery import Delivery, Received
from loaders.description import registers
from loaders.description.graphs import BuiltDelivery
from loaders.description.register import Extract, Register
from loaders.description.registers import Changed
from loaders.errors import LoadError, UnconfirmedError
from loaders.lists import sender_report
from loaders.lists.verdicts import RefusedError
from loaders.records.source import Source, find
from ontology import DEFAULT_BASE
from queries.release import Home

# Where the reports on refused lists are kept in a home.
REFUSALS = "refusals"


class Acceptance(NamedTuple):
    """The delivery as recorded, whether it is new, and what was published with it.

    The same files delivered again are recognised: they are not new.
    """

    delivery: Delivery
    new: bool
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Handover:
    """What a sender hands over: source, path, and period of the data.

    ``confirmed`` says that oddities are meant, ``set_aside`` that the refused rows of a list are
    left out instead of refusing it whole.
    """

    source: Source
    path: Path
    period: str = ""
    confirmed: bool = False
    set_aside: bool = False


def handover(
    name: str, path: Path, period: str = "", *, sender: str = "", confirmed: bool = False,
    set_aside: bool = False,
) -> Handover:  # fmt: skip
    """Return a handover to a source; LoadError when the source takes none of that kind."""
    source = find(name)
    if source.comes_along:
        raise LoadError(f"{name} is not delivered: it comes with the platform")
    if source.senders and not source.sender:
        if not sender:
            raise LoadError(f"{name} is delivered by several senders; say whose it is with --from")
        source = source.sent_by(sender)
    elif sender and sender != source.sender:
        raise LoadError(f"{name} has no senders; leave out --from")
    if period or not source.register:
        delivery.check_period(period)
    return Handover(source, path, period, confirmed, set_aside)


def deliver(
    home: Home, given: Handover, publishing: Publishing | None = None,
    base: str = DEFAULT_BASE, tell: Progress = lambda _: None,
) -> Acceptance:  # fmt: skip
    """Check a delivery whole, record it and, when asked to, publish it; refuse it whole otherwise.

    Raises SourceError (file, line, reason), LoadError, or UnconfirmedError for a delivery that
    shrank or is older than the last; nothing is recorded then.
    """
    source = given.source
    check_sender(home, source)
    earlier = delivery.accepted(home, source)
    if earlier and given.period and not given.confirmed:
        delivery.check_order(earlier[0], given.period)
    with ExitStack() as stack:
        publishes = publishing is not None
        shop = stack.enter_context(build.workshop(home, base, tell, publishes=publishes))
        received = stack.enter_context(delivery.opened(source, given.path, shop.folder))
        digest = delivery.digest(source, received.originals)
        if (
            earlier
            and earlier[0].digest == digest
            and given.period in ("", earlier[0].period)
            and (earlier[0].set_aside == given.set_aside)
        ):
            return again(home, earlier[0], base, tell, publishing)
        candidate, commit = prepare(shop, given, received, digest, stack)
        with refusal_kept(home, candidate):
            judged = build.judge(shop, candidate)
        built = judged.built[source.name]
        if not given.confirmed:
            check_counts(built)
            if earlier and candidate.delivery.extract.get("kind") != "update":
                delivery.check_growth(earlier[0], built.rows)

        recorded: list[Delivery] = []

        def accept() -> None:
            counted = Delivery(
                source.name, candidate.delivery.period, digest, rows=dict(built.rows),
                remarks=built.remarks, extract=candidate.delivery.extract, recorded=shop.opened,
                set_aside=given.set_aside,
            )  # fmt: skip
            found = delivery.record(home, source, counted, received.originals, shop.reports)
            recorded.append(found)
            commit()

        if publishing is None:
            accept()
            build.keep_built(shop)
            return Acceptance(recorded[0], True)
        outcome = build.publish(shop, judged, publishing, accept)
        return Acceptance(recorded[0], True, outcome)


def check_sender(home: Home, source: Source) -> None:
    """Refuse a sender whose things could be taken for those of another one."""
    layout = source.folder.name
    for other in delivery.feeds(home) if source.sender else ():
        alike = other.folder.name == layout and other.sender != source.sender
        one, two = f"{source.sender}-", f"{other.sender}-"
        if alike and (one.startswith(two) or two.startswith(one)):
            reason = f"sender {source.sender!r} could be mistaken for {other.sender!r}"
            raise LoadError(f"{reason}, who delivers {layout} already; give another name")


@contextmanager
def refusal_kept(home: Home, candidate: Candidate) -> Iterator[None]:
    """Keep the report on a list that is refused, and say where it is."""
    try:
        yield
    except RefusedError as refused:
        folder = home.path / REFUSALS / candidate.source.name / candidate.delivery.name
        report = sender_report.write(refused.judgement, folder)
        refused.add_note(f"report for the sender: {report}")
        raise


def again(
    home: Home, known: Delivery, base: str, tell: Progress, publishing: Publishing | None
) -> Acceptance:
    """Return a delivery that was made before; publish it when that was not done."""
    if publishing is None or build.is_published(home, known):
        return Acceptance(known, False)
    return Acceptance(known, False, build.build(home, base, tell, publishing))


def prepare(
    shop: Workshop, given: Handover, received: Received, digest: str, stack: ExitStack
) -> tuple[Candidate, Callable[[], None]]:
    """Return the candidate that a handover is, and what keeps it when it is accepted."""
    source = given.source
    if not source.register:
        made = Delivery(
            source.name, given.period, digest, folder=received.folder, set_aside=given.set_aside
        )
        return Candidate(source, made), lambda: None
    extracts = delivery.chain(shop.home, source)
    register = stack.enter_context(registers.opened(shop.home, source))
    registers.catch_up(register, source, extracts, shop.folder, shop.clock.tell)
    with shop.clock.stage("register"):
        if not given.confirmed:
            check_extract(register, received.folder)
        extract, changed = take_in(register, received.folder, extracts, shop.clock.tell)
    said = {"number": extract.number, "kind": extract.kind, "snapshot": extract.snapshot}
    period = given.period or extract.snapshot
    made = Delivery(source.name, period, digest, extract=said, folder=received.folder)
    return Candidate(source, made, register, changed), register.commit


def check_extract(register: Register, folder: Path) -> None:
    """Ask for confirmation of a full extract that is older than what the register has."""
    found, latest = register.inspect(folder), register.latest()
    if found.kind == "full" and latest and found.number < latest.number:
        reason = f"full extract {found.number} is before {latest.number}, which the register has"
        raise UnconfirmedError(f"{reason}; repeat with --confirm to go back to it")


def take_in(
    register: Register, folder: Path, extracts: list[Delivery], tell: Progress
) -> tuple[Extract, Changed | None]:
    """Bring an extract into a register, not yet for good."""
    if register.inspect(folder).kind == "full":
        return register.replace(folder, tell), None
    extract, keys = register.update(folder, tell)
    return extract, Changed(keys, registers.chain_digest(extracts))


def check_counts(built: BuiltDelivery) -> None:
    """Ask for confirmation of a delivery that holds less than a healthy one."""
    if built.shortfalls:
        reason = f"{'; '.join(built.shortfalls)}; is the delivery complete?"
        raise UnconfirmedError(f"{reason} Repeat with --confirm to accept it as it is")
