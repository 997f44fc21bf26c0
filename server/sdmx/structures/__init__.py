"""Structures as messages: SDMX-ML and SDMX-JSON, with names in all languages."""
