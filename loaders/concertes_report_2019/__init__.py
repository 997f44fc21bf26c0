"""The activity report of ConcertES for 2019, transcribed into tables."""
