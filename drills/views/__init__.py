"""Doors of the drills."""
