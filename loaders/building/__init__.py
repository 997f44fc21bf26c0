"""From named graphs to a published release: assembled, judged, counted, stored, recorded."""
