"""The annotations by which messages of SDMX say what SDMX itself has no place for."""

from __future__ import annotations

# Of a dataflow: where its licence is, what it was made from, when, and that it was invented.
LICENCE, SOURCE, INVENTED, UPDATED = "LICENSE", "SOURCE", "SYNTHETIC", "UPDATED"
# Of a dataflow, what is said of all its observations in several languages: the attribute is the
# title. Messages of data in XML and some in CSV have room for one language only.
SAID = "DATASET_ATTRIBUTE"
# Of a list, the day on which it was issued.
ISSUED = "ISSUED"
# Of a code, the code above it where the schemas do not take its name.
PARENT = "PARENT"
