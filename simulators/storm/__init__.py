"""A storm played on the live stack, by the same actions that people's pages call, and counted at the end."""
