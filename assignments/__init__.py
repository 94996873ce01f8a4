"""Who owes what by when: duties with clocks, acknowledged, reported, verified, reminded."""
