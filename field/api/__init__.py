"""The phone's intake over HTTP."""
