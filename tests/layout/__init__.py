"""Tests that read the code base: what imports alone cannot show."""
