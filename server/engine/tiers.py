"""The pool that answers a caller who may see more than the public: opened when a route asks."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from queries.release import Tier
from server.engine.archive import Archive
from server.engine.pool import Pool


@dataclass
class OwnPool:
    """The release being served as one tier sees it, held until the answer has been sent."""

    tier: Tier
    served: Pool
    archive: Archive
    found: Pool | None = None
    _held: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        """Hold nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give back what was opened."""
        await self._held.__aexit__(kind, error, trace)

    async def pool(self) -> Pool:
        """Return the pool, the same one for the whole request."""
        if self.found is None:
            release = self.served.snapshot.release
            if self.tier not in release.manifest.tiers:
                return self.served
            opening = self.archive.opened(release, self.tier)
            self.found = await self._held.enter_async_context(opening)
        return self.found
