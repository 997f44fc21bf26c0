"""The floor of a build: the store's own bulk load of the same statements."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, Store

from queries.release import Release


def floor(release: Release) -> float:
    """Seconds that pyoxigraph alone takes to load a release's public quads once, from disk."""
    with TemporaryDirectory(prefix="maillage-floor-") as folder:
        quads = Path(folder) / "public.nq"
        with gzip.open(release.dumps / "public.nq.gz") as dump:
            quads.write_bytes(dump.read())
        store = Store(str(Path(folder) / "store"))
        start = time.perf_counter()
        store.bulk_load(path=str(quads), format=RdfFormat.N_QUADS)
        store.flush()
        return time.perf_counter() - start
