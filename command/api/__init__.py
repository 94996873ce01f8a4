"""The command over HTTP."""
