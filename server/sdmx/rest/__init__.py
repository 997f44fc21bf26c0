"""The words of a request to the web services, read into what is wanted."""
