"""The demo district: the public facts as they are, everything else invented from a seed and marked as such.

Areas and their official codes are real; grids, borders, sites, people and households are not. The same seed gives
the same district, so that figures may be quoted in tests and runbooks.
"""
