"""``python -m maillage``."""

from maillage.cli import main

main()
