"""The doors to notices on screens."""
