"""Central Balance Sheet Office of the National Bank of Belgium: annual accounts as filed."""
