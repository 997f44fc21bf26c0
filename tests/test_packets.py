"""Files of packets: the same packets make the same file, whatever changes led there."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as some

from loaders.description import packets

KEYS = some.integers(min_value=0, max_value=300).map(lambda number: f"{number:04d}")
CONTENTS = some.lists(some.sampled_from("abcdef"), max_size=4, unique=True).map(
    lambda letters: "".join(f"<{letter}> .\n" for letter in sorted(letters)).encode()
)
STATES = some.dictionaries(KEYS, CONTENTS, max_size=120)


def written(folder: Path, name: str, state: dict[str, bytes]) -> packets.PacketFile:
    return packets.write(folder / name, sorted(state.items()))


@given(STATES, STATES)
def test_a_spliced_file_is_the_one_written_at_once(
    before: dict[str, bytes], changed: dict[str, bytes]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        former = written(folder, "former", before)
        spliced = packets.splice(former, folder / "spliced", changed)
        whole = written(folder, "whole", before | changed)
        assert spliced.file.read_bytes() == whole.file.read_bytes()
        assert spliced.blocks == whole.blocks
        assert packets.opened(spliced.file).blocks == whole.blocks
        assert whole.triples == whole.file.read_bytes().count(b"\n")


@given(STATES, STATES)
def test_changes_lead_from_one_file_to_the_other(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    with TemporaryDirectory() as name:
        old, new = written(Path(name), "old", before), written(Path(name), "new", after)
        keys = packets.differing(old, new)
        assert keys >= {
            key for key in before.keys() | after.keys()
            if before.get(key, b"") != after.get(key, b"")
        }  # fmt: skip
        removed, added = packets.changes(old, new, keys)
        for key in keys:
            was, now = (set(one.packet(key).decode().splitlines()) for one in (old, new))
            assert now <= was | set(added)
            assert was <= now | set(removed)
