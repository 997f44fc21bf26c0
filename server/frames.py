"""How the server and a worker talk: a small JSON head and raw bytes, each with its length."""

import json
import struct
from asyncio import StreamReader
from typing import Any, BinaryIO

Head = dict[str, Any]
_LENGTHS = struct.Struct(">II")


def pack(head: Head, body: bytes = b"") -> bytes:
    """Return one frame as bytes."""
    text = json.dumps(head).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def read(stream: BinaryIO) -> tuple[Head, bytes] | None:
    """Wait for one frame; None once the other side has left."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    text, content = stream.read(head), stream.read(body)
    return (json.loads(text), content) if len(content) == body else None


async def receive(reader: StreamReader) -> tuple[Head, bytes]:
    """Wait for one frame; raises IncompleteReadError once the other side has left."""
    head, body = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    text = await reader.readexactly(head)
    return json.loads(text), await reader.readexactly(body)
