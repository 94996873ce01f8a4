"""Stations, readings and rain windows. Opened by a later landing; the floor is kept."""
