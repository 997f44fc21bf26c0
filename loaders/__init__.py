"""Loading: from deliveries to checked named graphs, and from these to a published release."""
