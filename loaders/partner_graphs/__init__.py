"""Graphs of partners: deliveries that are RDF already, read strictly as their senders' own."""
