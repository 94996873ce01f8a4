"""Main paths through the real stack."""
