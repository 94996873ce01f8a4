"""Tests that read the code base."""
