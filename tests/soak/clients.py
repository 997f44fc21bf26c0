"""Well-behaved clients: they ask all day long, compressed or not, and ask again with tags."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace

import httpx

from tests.soak.judge import NOT_MODIFIED, judge
from tests.soak.truth import Truths, send
from tests.soak.wishes import Wish

CODINGS = ("identity", "gzip", "br", "gzip, br;q=0.5")
# How often a client that holds an answer asks whether it is still the same.
CONDITIONAL = 0.4
PATIENCE = 30
REST = 0.05
WRONG_KEPT = 200


@dataclass
class Tally:
    """What all clients saw together."""

    statuses: Counter[str] = field(default_factory=Counter)
    releases: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    wrong: int = 0
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: str, release: str | None, spent: float, fault: str | None) -> None:
        """Count one answer."""
        with self.lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, spent)
            if fault is not None:
                self.blame(fault)
            elif release:
                self.releases[release] += 1

    def blame(self, fault: str) -> None:
        """Keep a violation."""
        self.wrong += 1
        if len(self.violations) < WRONG_KEPT:
            self.violations.append(fault)


class Client(threading.Thread):
    """One client, with a connection that it keeps, and the tags of what it was given."""

    def __init__(
        self, number: int, address: str, wishes: list[Wish], truths: Truths, tally: Tally,
        ended: threading.Event,
    ) -> None:  # fmt: skip
        super().__init__(name=f"client {number}", daemon=True)
        self.address, self.wishes, self.truths = address, wishes, truths
        self.tally, self.ended = tally, ended
        self.random = random.Random(number)
        self.tags: dict[str, str] = {}
        # Each is another program, so that limits by client hold for each alone.
        self.headers = {"User-Agent": f"soak/{number}"}

    def run(self) -> None:
        """Ask until the end."""
        with httpx.Client(
            base_url=self.address, timeout=PATIENCE, trust_env=False, headers=self.headers
        ) as client:
            while not self.ended.is_set():
                self.ask(client, self.random.choice(self.wishes))

    def ask(self, client: httpx.Client, wish: Wish) -> None:
        """Send one request and judge the answer."""
        if wish.varied:
            wish = replace(wish, body={"query": f"{wish.query}\n# {self.random.random()}"})
        coding = "identity" if wish.method == "HEAD" else self.random.choice(CODINGS)
        headers, known = {"Accept-Encoding": coding}, None
        if wish.method != "POST" and self.random.random() < CONDITIONAL:
            known = self.tags.get(wish.name)
        if known:
            headers["If-None-Match"] = known
        start = time.monotonic()
        try:
            answer = send(client, wish, headers)
            fault = judge(self.truths, wish, answer, known)
        except (httpx.HTTPError, ValueError) as error:
            spent = time.monotonic() - start
            fault = f"{wish.name} after {spent:.1f} s: {type(error).__name__}: {error}"
            self.tally.note(type(error).__name__, None, spent, fault)
            return
        release = answer.headers.get("x-release")
        told = fault and f"{wish.name} [{coding}] of {release}: {fault}"
        self.tally.note(str(answer.status_code), release, time.monotonic() - start, told)
        if entity := answer.headers.get("etag"):
            self.tags[wish.name] = entity
        if answer.status_code not in (httpx.codes.OK, NOT_MODIFIED):
            self.ended.wait(REST)
