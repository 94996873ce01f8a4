"""Tools with no domain word: base models, clock, the bell after commit, HTTP client, permissions, audit."""
