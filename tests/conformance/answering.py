"""A real server that looks for a new release many times a second instead of once."""

import sys

from server import watch
from server.__main__ import main

if __name__ == "__main__":
    watch.INTERVAL = 0.05
    sys.exit(main())
