"""Everything over HTTP: a published release, read and never written."""
