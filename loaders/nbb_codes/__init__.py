"""Code lists of the Central Balance Sheet Office: rubrics and models of annual accounts."""
