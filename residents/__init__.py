"""What the public sees: the notice in force, and the answer to it."""
