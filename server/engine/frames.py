"""How the server and a worker talk: a small JSON head and raw bytes, each with its length."""

import json
import struct
from socket import socket
from typing import Any, BinaryIO

Head = dict[str, Any]
Frame = tuple[Head, bytes]
_LENGTHS = struct.Struct(">II")


def pack(head: Head) -> bytes:
    """Return a frame without a body."""
    text = json.dumps(head).encode()
    return _LENGTHS.pack(len(text), 0) + text


def send(channel: socket, head: Head, body: bytearray) -> None:
    """Send a frame; the body is not copied."""
    text = json.dumps(head).encode()
    start = _LENGTHS.pack(len(text), len(body)) + text
    sent = channel.sendmsg([start, body])
    for part in (start, body):
        if sent < len(part):
            channel.sendall(memoryview(part)[sent:])
        sent = max(0, sent - len(part))


def read(stream: BinaryIO) -> Head | None:
    """Wait for the head of a frame that has no body; None once the other side has left."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    length, _body = _LENGTHS.unpack(lengths)
    text = stream.read(length)
    return json.loads(text) if len(text) == length else None


def unpack(received: bytearray) -> Frame | None:
    """Return the frame that was received; None while a part of it is missing."""
    if len(received) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(received)
    start = _LENGTHS.size + head
    if len(received) < start + body:
        return None
    with memoryview(received) as view:
        return json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start : start + body])
