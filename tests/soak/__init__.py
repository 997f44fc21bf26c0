"""Minutes of mixed load while releases are swapped, workers killed and hostile queries sent."""
