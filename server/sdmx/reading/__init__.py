"""Messages of SDMX read back into cubes, in every version that is written here."""
