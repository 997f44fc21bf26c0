"""The soak: clients ask, while every so often something is swapped, killed or attacked."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from queries.release import Home
from tests.server.releases import point
from tests.server.running import Site, serving
from tests.soak.clients import Client, Tally
from tests.soak.hostile import Hostile
from tests.soak.truth import learn, make_releases
from tests.soak.wishes import wishes

RELEASES = ["r1", "r2", "r3"]
# The clients share two processors with the server: short deadlines leave workers for all.
SERVER: Mapping[str, object] = {"workers": 4, "deadline": 3, "queue": 64}
WORKER = b"server.engine.worker"


@dataclass(frozen=True)
class Plan:
    """How long, and how many seconds lie between two events of a kind."""

    seconds: float = 180.0
    clients: int = 6
    swap: float = 5.0
    kill: float = 10.0
    attack: float = 1.0


@dataclass
class Report:
    """What was seen, and how much trouble there was."""

    tally: Tally = field(default_factory=Tally)
    hostile: dict[str, int] = field(default_factory=dict)
    swaps: int = 0
    kills: int = 0
    attacks: int = 0
    workers_left: int = 0


@dataclass
class Every:
    """Something that happens again and again."""

    interval: float
    act: Callable[[], object]
    due: float = 0.0

    def wait(self, now: float) -> float:
        """Act if it is time; return when it is next."""
        if now >= self.due:
            self.act()
            self.due = now + self.interval
        return self.due


def soak(folder: Path, plan: Plan) -> Report:
    """Run a real server in a folder through a plan; raises TruthError if it is wrong at rest."""
    home, report = Home(folder), Report()
    make_releases(home, RELEASES)
    point(home, RELEASES[0])
    asked = wishes(RELEASES)
    with serving(home, **SERVER) as site:
        with site.client() as calm:
            truths = learn(calm, home, RELEASES, asked)
        ended = threading.Event()
        clients = [
            Client(number, site.address, asked, truths, report.tally, ended)
            for number in range(plan.clients)
        ]
        hostile = Hostile(site.address, report.tally)
        for client in clients:
            client.start()
        disturb(home, site, plan, hostile, report)
        ended.set()
        for client in clients:
            client.join()
        hostile.finish()
        report.hostile = dict(hostile.statuses)
        report.workers_left = len(workers(site))
    return report


def disturb(home: Home, site: Site, plan: Plan, hostile: Hostile, report: Report) -> None:
    """Swap, kill and attack, each at its own pace, until the time is over."""
    chance = random.Random(1)

    def swap() -> None:
        report.swaps += 1
        point(home, RELEASES[report.swaps % len(RELEASES)])

    def kill() -> None:
        if found := workers(site):
            os.kill(chance.choice(found), signal.SIGKILL)
            report.kills += 1

    def attack() -> None:
        hostile.strike()
        report.attacks += 1

    start = time.monotonic()
    events = [
        Every(plan.swap, swap, start + plan.swap),
        Every(plan.kill, kill, start + plan.kill),
        Every(plan.attack, attack, start),
    ]
    while (now := time.monotonic()) < start + plan.seconds:
        following = min(event.wait(now) for event in events)
        time.sleep(max(0.0, min(following, start + plan.seconds) - time.monotonic()))


def workers(site: Site) -> list[int]:
    """Return the numbers of the processes that run queries."""
    return [pid for pid in site.workers() if WORKER in command(pid)]


def command(pid: int) -> bytes:
    """Return how a process was started; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
