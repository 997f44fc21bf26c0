"""`python -m server.assets` fetches what the pages load from others, unless it is there."""

import sys

from server.assets import VENDOR, AssetError, build, fresh


def main() -> int:
    """Fetch; 0 when all is there, 3 when it cannot be had, with one line that says why."""
    if fresh():
        return 0
    try:
        build()
    except AssetError as error:
        sys.stderr.write(
            f"the SPARQL editor and maps of points are not built: {error}; /sparql serves its "
            "plain form. To get both: install npm, then run python -m server.assets\n"
        )
        return 3
    sys.stderr.write(f"the SPARQL editor and maps of points are built in {VENDOR}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
