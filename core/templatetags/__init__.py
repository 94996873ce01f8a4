"""How values look on every screen: moments, durations, states, icons."""
