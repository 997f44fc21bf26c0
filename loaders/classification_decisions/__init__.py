"""What people decided on organisations that the rules leave open, as a journal of the home."""
