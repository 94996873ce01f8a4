"""Set-up screens: what areas and households there are, and imports with a check first."""
