"""Code lists of the French registers: legal categories and bands of headcount."""
