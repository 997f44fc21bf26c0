"""How an answer is given: formats, weights, caching, releases in time."""
