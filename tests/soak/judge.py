"""Whether an answer is the right one, or a refusal that is declared."""

from __future__ import annotations

import json

import httpx

from tests.soak.truth import Right, Truths
from tests.soak.wishes import Wish

# What a well-behaved client may be told instead of an answer: to come back.
DECLARED = {503: ("overloaded",), 429: ("rate-limited",)}
NOT_MODIFIED = 304
SHOWN = 200


def judge(truths: Truths, wish: Wish, answer: httpx.Response, known: str | None) -> str | None:
    """Return what is wrong with an answer; None when nothing is.

    ``known`` is the entity tag that the client sent as If-None-Match.
    """
    status = answer.status_code
    if status in DECLARED:
        return judge_refusal(answer)
    if status not in (httpx.codes.OK, NOT_MODIFIED):
        return f"status {status}: {excerpt(answer)}"
    if (cut := judge_length(wish, answer)) is not None:
        return cut
    release = answer.headers.get("x-release")
    if wish.release not in (None, release):
        return f"release {release} instead of {wish.release}"
    right = truths.get((str(release), wish.name))
    if right is None:
        return f"unknown release {release}"
    if status == NOT_MODIFIED:
        return judge_unchanged(right, answer, known)
    return judge_answer(wish, right, answer)


def judge_answer(wish: Wish, right: Right, answer: httpx.Response) -> str | None:
    """Judge a whole answer."""
    entity = answer.headers.get("etag")
    if not wish.varied and plain(entity) != plain(right.entity):
        return f"entity tag {entity} instead of {right.entity}"
    if (media := answer.headers["content-type"].partition(";")[0]) != right.media:
        return f"{media} instead of {right.media}"
    if wish.method == "HEAD":
        length = answer.headers.get("content-length")
        return None if length == right.length else f"HEAD says {length}, not {right.length} bytes"
    if not right.agrees(answer.content):
        return f"other content than the release has: {excerpt(answer)}"
    return None


def judge_unchanged(right: Right, answer: httpx.Response, known: str | None) -> str | None:
    """Judge a 304: the client must hold the very answer of the release that is named."""
    if known is None or plain(known) != plain(right.entity):
        return f"304 to {known}, while the release has {right.entity}"
    return "a body after 304" if answer.content else None


def judge_length(wish: Wish, answer: httpx.Response) -> str | None:
    """Compare the length that was announced with what came."""
    announced = answer.headers.get("content-length")
    if announced is None or wish.method == "HEAD" or answer.status_code == NOT_MODIFIED:
        return None
    came = answer.num_bytes_downloaded
    return None if int(announced) == came else f"{announced} bytes announced, {came} came"


def judge_refusal(answer: httpx.Response) -> str | None:
    """Judge a refusal: it must be one that asks to come back, and say when."""
    slug = problem(answer)
    if slug not in DECLARED[answer.status_code]:
        return f"status {answer.status_code} {slug}"
    return None if answer.headers.get("retry-after", "").isdigit() else f"{slug}: no Retry-After"


def problem(answer: httpx.Response) -> str:
    """Return the name of the problem that an error tells; in a page, where it links to it."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        said: str = json.loads(answer.content)["type"]
        return said.rpartition("/")[2]
    for slugs in DECLARED.values():
        for slug in slugs:
            if f"/problems/{slug}" in answer.text or f"#{slug}" in answer.text:
                return slug
    return f"in a page or text: {excerpt(answer)}"


def plain(entity: str | None) -> str:
    """Return an entity tag without its weakness, which compressing on the way adds."""
    return (entity or "").removeprefix("W/")


def excerpt(answer: httpx.Response) -> str:
    """Return the beginning of an answer, on one line."""
    return " ".join(answer.text[:SHOWN].split())
