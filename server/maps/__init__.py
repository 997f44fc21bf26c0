"""Pictures of maps, and the files that hold the same things and ties."""
