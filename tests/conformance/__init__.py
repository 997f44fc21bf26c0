"""The W3C SPARQL tests, run against a real server and against the engine alone."""
