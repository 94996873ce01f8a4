"""Posts, rosters and shifts. Opened by a later landing; the floor is kept."""
