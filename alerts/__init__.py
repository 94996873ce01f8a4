"""Notices to every household: drafted, signed by a second person, sent, counted, knocked."""
