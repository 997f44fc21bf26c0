"""Data as messages: SDMX-ML, SDMX-JSON and SDMX-CSV, made by the engine that reads them."""
