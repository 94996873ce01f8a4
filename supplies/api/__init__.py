"""Stores, stock and readiness for programs and phones."""
