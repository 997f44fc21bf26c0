"""Lists that partners send: recognised, judged row by row, and reported on to their senders."""
