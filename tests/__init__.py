"""Sentences about the cast, and what watches the layout."""
