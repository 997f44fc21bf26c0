"""Codes of the Crossroads Bank for Enterprises: legal forms, joint committees, functions."""
