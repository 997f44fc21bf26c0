"""Files of ours that pages load: kept for long where the address changes with the content."""

import os
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

LASTING = "public, max-age=31536000, immutable"
# Modules name each other without what changes, and so are asked for again, which costs little.
ASKED_AGAIN = "no-cache"


class Files(StaticFiles):
    """Static files that say how long they can be kept."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result,
        scope: Mapping[str, Any], status_code: int = 200,
    ) -> Response:  # fmt: skip
        """Return a file, or that it has not changed."""
        found = super().file_response(full_path, stat_result, dict(scope), status_code)
        lasting = scope["query_string"].startswith(b"v=")
        found.headers["Cache-Control"] = LASTING if lasting else ASKED_AGAIN
        return found
