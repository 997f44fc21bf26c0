"""The SPARQL 1.1 protocol, and the judgement of a query before it runs."""
