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
KNOWN = [f"{number:04d}" for number in range(301)]
STATES = some.dictionaries(KEYS, CONTENTS, max_size=120)


def written(folder: Path, name: str, state: dict[str, bytes]) -> packets.PacketFile:
    return packets.write(folder / name, sorted(state.items()))


def content(file: packets.PacketFile) -> bytes:
    return b"".join(content for _, content in file.contents())


@given(STATES, STATES)
def test_a_spliced_file_is_the_one_written_at_once(
    before: dict[str, bytes], changed: dict[str, bytes]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        former = written(folder, "former", before)
        spliced = packets.splice(former, folder / "spliced", changed)
        whole = written(folder, "whole", before | changed)
        assert content(spliced) == whole.file.read_bytes()
        assert spliced.blocks == whole.blocks
        assert spliced.places.keys() == whole.places.keys()
        assert all(spliced.packet(key) == whole.packet(key) for key in KNOWN)
        assert packets.opened(spliced.file).blocks == whole.blocks
        assert whole.triples == whole.file.read_bytes().count(b"\n")
        assert whole.straight


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


@given(STATES, some.lists(STATES, max_size=6))
def test_files_of_many_states_share_what_did_not_change(
    first: dict[str, bytes], later: list[dict[str, bytes]]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        state, file = first, written(folder, "0", first)
        for number, changed in enumerate(later, 1):
            state = state | changed
            file = packets.splice(file, folder / str(number), changed)
            whole = written(folder, f"whole-{number}", state)
            assert file.blocks == whole.blocks
            assert content(file) == whole.file.read_bytes()
            held = sum(one.stat().st_size for one in file.files)
            assert held <= packets.SLACK * whole.file.stat().st_size
        packets.link(file.file, folder / "linked")
        linked = packets.opened(folder / "linked")
        assert content(linked) == content(file)
        plain = packets.plain(linked, folder / "plain")
        assert plain.read_bytes() == content(file)
        assert (plain == linked.file) == linked.straight


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    state = {key: f"<{key}> .\n".encode() * 50 for key in KNOWN}
    former = written(tmp_path, "former", state)
    spliced = packets.splice(former, tmp_path / "spliced", {"0007": b"<a> .\n"})
    assert spliced.file.samefile(former.file)
    assert len(spliced.files) == 2
    assert spliced.files[1].stat().st_size < former.file.stat().st_size / 4
    assert not spliced.straight
    assert spliced.packet("0007") == b"<a> .\n"
