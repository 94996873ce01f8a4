"""Response levels, dangers and orders. Opened by a later landing; the floor is kept."""
