"""API keys as one file of the home keeps them: never a key itself, only what tells it."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from queries.release import Digest, Home, Tier

KeyClass = Literal["key", "internal"]
FORMAT: Literal[1] = 1
BEGINNING = "maillage"
SECRET_BYTES = 32
MODE = 0o600
LONGEST_NAME = 200


class KeysError(Exception):
    """Keys that cannot be read or changed: what is wrong, where, and what to do about it."""

    def __init__(self, what: str, where: Path, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {remedy}")


class Key(BaseModel):
    """What is kept of a key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    use: KeyClass
    tier: Tier
    sha256: Digest
    created: AwareDatetime
    expires: date | None = None
    revoked: AwareDatetime | None = None

    def state(self, today: date) -> Literal["valid", "expired", "revoked"]:
        """Tell whether the key opens anything on a day; the day of its end is its last one."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires < today else "valid"


class KeyFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    keys: tuple[Key, ...]


def place_of(home: Home) -> Path:
    """Return the file that holds the keys of a home."""
    return home.path / "keys.json"


def digest(secret: str) -> str:
    """Return what is kept of a secret, which is random and long enough for a plain hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split(text: str) -> tuple[str, str]:
    """Return the public number of a key and its secret; empty texts for what is no key.

    >>> split("maillage_0123456789ab_se_cret"), split("nonsense")
    (('0123456789ab', 'se_cret'), ('', ''))
    """
    beginning, _line, rest = text.partition("_")
    number, _line, secret = rest.partition("_")
    return (number, secret) if beginning == BEGINNING else ("", "")


def read_keys(home: Home) -> list[Key]:
    """Return all keys of a home, oldest first; none where there is no file yet."""
    where = place_of(home)
    remedy = "put back a copy, or remove the file and create the keys again"
    try:
        text = where.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise KeysError(f"the keys cannot be read ({error})", where, remedy) from error
    try:
        return list(KeyFile.model_validate(json.loads(text)).keys)
    except json.JSONDecodeError as error:
        what = f"not valid JSON, line {error.lineno}: {error.msg}"
        raise KeysError(what, where, remedy) from error
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise KeysError(f"{field}: {fault['msg']}", where, remedy) from error


def create(
    home: Home, name: str, use: KeyClass, tier: Tier, expires: date | None
) -> tuple[Key, str]:
    """Add a key; return what is kept of it, and the key itself, which nobody can show again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with changing(home) as keys:
        taken = {key.id for key in keys}
        number = next(one for one in iter(lambda: secrets.token_hex(6), "") if one not in taken)
        key = Key(
            id=number, name=name, use=use, tier=tier, sha256=digest(secret),
            created=datetime.now(UTC).replace(microsecond=0), expires=expires,
        )  # fmt: skip
        keys.append(key)
    return key, f"{BEGINNING}_{number}_{secret}"


def revoke(home: Home, number: str) -> Key:
    """End a key; one that was revoked before keeps the moment of then."""
    with changing(home) as keys:
        for place, key in enumerate(keys):
            if key.id == number:
                moment = key.revoked or datetime.now(UTC).replace(microsecond=0)
                keys[place] = key.model_copy(update={"revoked": moment})
                return keys[place]
        raise KeysError(f"no key {number!r}", place_of(home), "list them: maillage keys list")


def check_home(home: Home) -> None:
    """Refuse a home that is not there: a mistyped one would get keys that open nothing."""
    if not home.path.is_dir():
        raise KeysError("there is no home here", home.path, "name another with --home")


@contextmanager
def changing(home: Home) -> Iterator[list[Key]]:
    """Give the keys to be changed, and write them at the end; one at a time does so."""
    check_home(home)
    with (home.path / ".keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = read_keys(home)
        yield keys
        write(place_of(home), keys)


def write(where: Path, keys: list[Key]) -> None:
    """Replace the file in one step; only its owner may read it."""
    content = KeyFile(keys=tuple(keys)).model_dump_json(indent=2)
    partial = where.with_name(f".keys-{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(where)
