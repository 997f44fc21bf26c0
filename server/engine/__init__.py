"""What answers: worker processes or a service elsewhere, the pool before them, and what is kept."""
