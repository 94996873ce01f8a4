"""The doors to duties on screens."""
