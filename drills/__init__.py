"""Exercises through the live path: plans with injects, runs with a clock, measured answers, what is to be mended."""
