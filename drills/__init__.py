"""Exercises through the live path. Opened by a later landing; the floor is kept."""
