"""Parts of dumps: a download that broke off goes on, and never mixes two releases."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import httpx
import pytest

from queries.release import Home
from tests.server.releases import make, point
from tests.server.running import serving

DUMP = "/dumps/public.nq.gz"


@pytest.fixture(scope="module")
def content(client: httpx.Client) -> bytes:
    return client.get(DUMP).content


def test_the_tag_is_the_checksum(client: httpx.Client, content: bytes) -> None:
    answer = client.get(DUMP)
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers
    again = client.get(DUMP, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None),
     ("bytes=10-99999999", 10, None), ("bytes=-99999999", 0, None)],
)  # fmt: skip
def test_a_part_is_that_part(
    client: httpx.Client, content: bytes, asked: str, first: int, last: int | None
) -> None:
    answer = client.get(DUMP, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == content[first:last]
    start = first % len(content)
    end = start + len(answer.content) - 1
    assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(content)}"
    assert answer.headers["x-release"] == "r1"


def test_a_broken_download_goes_on(client: httpx.Client, content: bytes) -> None:
    half = len(content) // 2
    tag = client.head(DUMP).headers["etag"]
    rest = client.get(DUMP, headers={"Range": f"bytes={half}-", "If-Range": tag})
    assert rest.status_code == 206
    assert gzip.decompress(content[:half] + rest.content)


@pytest.mark.parametrize("tag", ['"other"', 'W/"other"', "Mon, 01 Jan 2001 00:00:00 GMT"])
def test_a_part_of_another_file_is_not_given(
    client: httpx.Client, content: bytes, tag: str
) -> None:
    for asked in ("bytes=5-9", "bytes=99999999-"):
        answer = client.get(DUMP, headers={"Range": asked, "If-Range": tag})
        assert (answer.status_code, answer.content) == (200, content)


def test_several_parts_come_together(client: httpx.Client, content: bytes) -> None:
    answer = client.get(DUMP, headers={"Range": "bytes=0-3, 20-29"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert content[20:30] in answer.content


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=0-1,99999999-"])
def test_beyond_the_end_there_is_nothing(client: httpx.Client, content: bytes, asked: str) -> None:
    answer = client.get(DUMP, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(content)}"
    assert answer.json()["size"] == len(content)


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-5", "bytes=", "bytes=a-b", "items=0-1", "bytes", f"bytes={'9' * 5000}-",
     "bytes=" + ",".join(["0-1"] * 50)],
)  # fmt: skip
def test_what_cannot_be_read_is_ignored(client: httpx.Client, content: bytes, asked: str) -> None:
    answer = client.get(DUMP, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, content)


def test_the_tag_changes_with_the_file(tmp_path: Path) -> None:
    tags = []
    for name, filler in (("r1", 0), ("r2", 1)):
        home = Home(tmp_path / name)
        make(home, name, filler=filler)
        point(home, name)
        with serving(home) as site, site.client() as client:
            tags.append(client.head(DUMP).headers["etag"])
    assert tags[0] != tags[1]
