"""Runs the server alone: `python -m server`, set by MAILLAGE_… variables."""

import sys

from server.run import serve
from server.settings import SettingsError, read_settings

USAGE_ERROR = 2


def main() -> int:
    """Serve with the settings of the environment."""
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.stderr.write(f"error: {error}\n")
        return USAGE_ERROR
    return serve(settings)


if __name__ == "__main__":
    raise SystemExit(main())
