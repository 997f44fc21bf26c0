"""Accreditations, as the administration that grants them lists them."""
