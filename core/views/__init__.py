"""The doors with no domain word: permission marks, health."""
