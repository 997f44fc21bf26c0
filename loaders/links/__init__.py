"""The identity decisions of a home: which records of lists are which enterprises."""
