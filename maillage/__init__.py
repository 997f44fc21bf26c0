"""The command line: thin, and the only thing that knows both loading and serving."""
