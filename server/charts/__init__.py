"""Charts as SVG that the server draws: the same figures give the same bytes."""
