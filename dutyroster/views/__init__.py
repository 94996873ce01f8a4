"""The doors to the roster on screens."""
