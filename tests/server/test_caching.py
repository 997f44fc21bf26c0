"""An entity tag names the release that answered, not the one that was served when it was asked."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from queries.release import Home, read_release
from server.answers.caching import headers, tag, unchanged
from server.engine.published import Snapshot
from tests.server.releases import make


def opened(home: Home, name: str) -> Snapshot:
    """A release as the server knows it, as far as tags are concerned."""
    return Snapshot(read_release(make(home, name)), {}, {}, {}, {})


def asked(entity: str) -> Request:
    """A request of a client that holds an answer."""
    given = [(b"if-none-match", entity.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": given})


def test_a_tag_made_before_a_swap_is_that_of_the_release_that_answers(tmp_path: Path) -> None:
    home = Home(tmp_path)
    former, following = opened(home, "r1"), opened(home, "r2")
    entity = tag(former, "quality", "fr")
    sent = headers(following, entity)
    assert sent["X-Release"] == "r2"
    assert sent["ETag"] == headers(following, tag(following, "quality", "fr"))["ETag"]
    assert sent["ETag"] != headers(former, entity)["ETag"]
    assert unchanged(asked(sent["ETag"]), following, entity) is not None
    assert unchanged(asked(sent["ETag"]), former, entity) is None


def test_a_tag_in_quotes_holds_in_every_release(tmp_path: Path) -> None:
    home = Home(tmp_path)
    digest = '"0123"'
    for snapshot in (opened(home, "r1"), opened(home, "r2")):
        assert headers(snapshot, digest)["ETag"] == digest
        assert unchanged(asked(digest), snapshot, digest) is not None
