"""Named questions over HTTP: their parameters, forms, pages and answers."""
