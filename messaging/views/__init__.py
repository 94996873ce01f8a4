"""Doors of messaging, a file each."""
