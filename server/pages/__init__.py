"""What people see: pages, labels and tables, made on the server."""
