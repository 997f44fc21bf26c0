"""Records of sources, strictly read: tables to rows, rows to triples, codes and numbers."""
