"""What the platform says of itself: service, catalogue, OpenAPI and metrics."""
