"""Statistical cubes of a release: their structure, and their observations."""
