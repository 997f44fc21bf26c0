"""Counters of the callers that came last, kept in memory and bounded in number."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

# A few megabytes; who comes after so many others is counted anew.
MOST_CALLERS = 10_000


@dataclass(slots=True)
class Window:
    """What was counted in the window that runs, and in the one before."""

    number: int
    current: int = 0
    before: int = 0


class Recent(Storage, SlidingWindowCounterSupport):
    """A storage of the library `limits` for costs that are known when the work is done.

    What was spent is counted even beyond the limit, and no thread cleans up behind: the caller
    that was counted longest ago is forgotten when there are too many.
    """

    STORAGE_SCHEME = None

    def __init__(self, most: int = MOST_CALLERS) -> None:
        super().__init__()
        self.most = most
        self._windows: OrderedDict[str, Window] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong: nothing but a defect."""
        return RuntimeError

    def __len__(self) -> int:
        """Return how many counters are kept."""
        return len(self._windows)

    def __contains__(self, key: str) -> bool:
        """Tell whether a counter is kept."""
        return key in self._windows

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count an amount in the window that runs; return its count."""
        number = int(time.time() // expiry)
        window = self._windows.pop(key, None) or Window(number)
        if number != window.number:
            before = window.current if number == window.number + 1 else 0
            window = Window(number, before=before)
        window.current += amount
        self._windows[key] = window
        if len(self._windows) > self.most:
            self._windows.popitem(last=False)
        return window.current

    def get(self, key: str) -> int:
        """Return what was counted last."""
        window = self._windows.get(key)
        return window.current if window else 0

    def get_expiry(self, key: str) -> float:
        """Return the end of a counter of fixed windows, which are not kept here."""
        raise NotImplementedError(key)

    def check(self) -> bool:
        """Tell that memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything; return how much that was."""
        number = len(self._windows)
        self._windows.clear()
        return number

    def clear(self, key: str) -> None:
        """Forget a counter."""
        self._windows.pop(key, None)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count an amount, whatever the limit; tell whether it was kept."""
        self.incr(key, expiry, amount)
        before, left, current, _end = self.get_sliding_window(key, expiry)
        return before * left / expiry + current <= limit

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return two counts, each with the seconds until it weighs no more.

        They are those of the window before and of the window that runs.
        """
        window = self._windows.get(key)
        if window is None:
            return 0, 0.0, 0, 0.0
        now = time.time()
        left = expiry - now % expiry
        match int(now // expiry) - window.number:
            case 0:
                return window.before, left, window.current, left + expiry
            case 1:
                return window.current, left, 0, 0.0
        return 0, 0.0, 0, 0.0

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002
        """Forget a counter."""
        self.clear(key)
