"""Recognises the keys that clients send, and notices within a second what commands change."""

import hmac
import logging
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from queries.release import Home
from server.access.keys import Key, KeysError, digest, place_of, read_keys, split
from server.errors import ProblemError
from server.language import mark as _

INTERVAL: Final = 1.0
# Compared with where there is no key of a number: an unknown one takes as long as a wrong one.
NONE: Final = digest("")
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Maillage", error="invalid_token"'}
Stamp = tuple[int, int, int]
log = logging.getLogger("maillage.server")


class Keyring:
    """The keys of a home, read again when their file changes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._keys: dict[str, Key] = {}
        self._stamp: Stamp | None = None
        self._looked = -INTERVAL

    def recognise(self, text: str) -> Key:
        """Return the key that a client sent; raises ProblemError for one that opens nothing."""
        self._refresh()
        number, secret = split(text)
        key = self._keys.get(number)
        same = hmac.compare_digest(digest(secret), key.sha256 if key else NONE)
        if key is None or not same:
            raise refused(_("This key does not exist here."))
        match key.state(datetime.now(UTC).date()):
            case "revoked":
                raise refused(_("This key was revoked."))
            case "expired":
                raise refused(_("This key has expired."))
        return key

    def _refresh(self) -> None:
        now = monotonic()
        if now - self._looked < INTERVAL:
            return
        self._looked = now
        stamp = self._stamp_of()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = {key.id: key for key in read_keys(self.home)}
        except KeysError as error:
            log.error("the keys of before stay in use: %s", error)

    def _stamp_of(self) -> Stamp | None:
        try:
            found = place_of(self.home).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def refused(detail: str) -> ProblemError:
    """Return the refusal of a key."""
    return ProblemError("key-refused", detail, headers=CHALLENGE)
